"""What the record of help holds about people."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from portal.kernel.privacy import Holding, declare, declare_nothing

declare_nothing(["ai.AiBackendHealth"], _("Whether an AI service answers."))
declare(
    Holding(
        "ai.AiCall",
        _("What a person asked AI help for, the text before and after, and what was made of it."),
        ("user", "subject"),
        delete=True,
        hidden=("facts", "partial", "cancel_asked"),
        # As long as marks can be contested.
        keep=dt.timedelta(days=3 * 365),
        since="created_at",
    ),
    Holding("ai.AiConsent", _("That a person agreed to AI help, or withdrew it."), ("user",), delete=True),
    Holding(
        "ai.AiBudget",
        _("How often help was asked for on a day."),
        ("user",),
        delete=True,
        keep=dt.timedelta(days=60),
        since="day",
    ),
)
