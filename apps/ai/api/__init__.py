"""Help in the dialects; the upper apps say what is asked for."""
