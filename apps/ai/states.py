"""For what help is asked, and what became of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Purpose(models.TextChoices):
    """What is asked for; the value is the name of the prompt's file."""

    GRAMMAR = "text_grammar", _("Correct spelling and grammar")
    IMPROVE = "text_improve", _("Improve the wording")
    EXPAND = "text_expand", _("Write it out")
    SUMMARISE = "text_summarise", _("Shorten")
    SUGGEST = "text_suggest", _("What could be better?")
    WEEK = "logbook_week", _("Write the summary from the days")
    MAIN_JOB = "logbook_main_job", _("Find the main job in the days")
    FEEDBACK = "logbook_feedback", _("Draft a comment from the days")
    COMPLETE = "reporting_complete", _("Fill the empty fields from the weeks")
    RESUME = "applications_resume", _("Read the resume")
    MATCH = "applications_match", _("Say why it fits")
    VACANCY = "vacancies_polish", _("Improve the vacancy's text")
    EMBED = "embed", _("Compare by meaning")

    @classmethod
    def for_text(cls) -> "list[Purpose]":
        """Those that work on one text of a person, in the order of the buttons."""
        return [cls.GRAMMAR, cls.IMPROVE, cls.EXPAND, cls.SUMMARISE, cls.SUGGEST]


class Outcome(models.TextChoices):
    """What became of a call."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    ANSWERED = "answered", _("Answered")
    UNAVAILABLE = "unavailable", _("Not available")
    CANCELLED = "cancelled", _("Cancelled")

    @classmethod
    def unfinished(cls) -> "list[Outcome]":
        """Those that a page still waits for."""
        return [cls.WAITING, cls.RUNNING]


class Decision(models.TextChoices):
    """What the person did with a draft. Nothing is stored before it is accepted."""

    OPEN = "open", _("Not decided")
    ACCEPTED = "accepted", _("Accepted")
    DISMISSED = "dismissed", _("Not taken")
    UNDONE = "undone", _("Undone")
