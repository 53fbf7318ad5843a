"""Figures about trainings: counted from what is there when somebody asks, stored nowhere, changing nothing."""
