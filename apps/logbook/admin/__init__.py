"""Logs, weeks, arrivals, assessments and visits in the coordinators' workspace; what is silent or flagged."""

from apps.logbook.admin import assessments, cards, entries, phones, reminders, trends

__all__ = ["assessments", "cards", "entries", "phones", "reminders", "trends"]
