"""What accounts tells people."""

from django.utils.translation import gettext_lazy as _

from apps.accounts.services.notices import NoticeKind, declare_notice

COMPANY_APPROVED = declare_notice(
    NoticeKind(
        kind="accounts.company_approved",
        subject=_("%(company)s is approved"),
        sentence=_("%(company)s is approved: students see it, and its vacancies may be published."),
        button=_("Open the portal"),
        why=_("You get this because you entered the company or represent it."),
    )
)
COMPANY_REJECTED = declare_notice(
    NoticeKind(
        kind="accounts.company_rejected",
        subject=_("%(company)s was not accepted"),
        sentence=_("%(company)s was not accepted. The reason: %(reason)s"),
        button=_("Open the portal"),
        why=_("You get this because you entered the company or represent it."),
    )
)
