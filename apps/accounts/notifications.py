"""What accounts tells people."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import CompanyMember, ImportBatch, User
from apps.accounts.services.imports import page_of_import, sentence_of_import
from apps.accounts.services.invitations import target_of
from apps.accounts.services.notice_kinds import EVERYBODY, name_subject
from apps.accounts.services.notices import LinkWish, NoticeKind, declare_notice, tell
from apps.accounts.states import ImportState, LinkPurpose, Role

name_subject("accounts", _("Account and company"))

COMPANY_APPROVED = declare_notice(
    NoticeKind(
        kind="accounts.company_approved",
        subject=_("%(company)s is approved"),
        sentence=_("%(company)s is approved: students see it, and its vacancies may be published."),
        button=_("Open the portal"),
        why=_("You get this because you entered the company or represent it."),
        label=_("A company of yours was approved"),
        to=(Role.STUDENT, Role.COMPANY_REPRESENTATIVE),
    )
)
COMPANY_REJECTED = declare_notice(
    NoticeKind(
        kind="accounts.company_rejected",
        subject=_("%(company)s was not accepted"),
        sentence=_("%(company)s was not accepted. The reason: %(reason)s"),
        button=_("Open the portal"),
        why=_("You get this because you entered the company or represent it."),
        label=_("A company of yours was not accepted"),
        to=(Role.STUDENT, Role.COMPANY_REPRESENTATIVE),
    )
)
SIGN_IN_CHANGED = declare_notice(
    NoticeKind(
        kind="accounts.sign_in_changed",
        subject=_("How you sign in was changed"),
        sentence=_(
            "Your password or second factor was changed. If it was not you, choose a new password at once and tell "
            "your coordinator."
        ),
        button=_("Look at it"),
        why=_("You get this whenever a door to your account is changed."),
        urgent=True,
        binding=True,
        label=_("How you sign in was changed"),
        to=EVERYBODY,
    )
)
PERSON_INVITED = declare_notice(
    NoticeKind(
        kind="accounts.person_invited",
        subject=_("Your access to the practical training portal of %(university)s"),
        sentence=_(
            "%(university)s manages its practical training in this portal, and you have an account there: "
            "%(account)s. Choose a password to begin. The button works once, for 14 days."
        ),
        button=_("Choose a password"),
        why=_("You get this because your university has entered you."),
        urgent=True,
        label=_("Your access to the portal"),
        to=EVERYBODY,
    )
)
MEMBER_INVITED = declare_notice(
    NoticeKind(
        kind="accounts.member_invited",
        subject=_("Join %(company)s in the practical training portal of %(university)s"),
        sentence=_(
            "%(inviter)s asks you to join %(company)s in the portal in which %(university)s manages its practical "
            "training. The button works once, for 14 days. If you do not know what this is about, do nothing."
        ),
        button=_("Look at the invitation"),
        why=_("You get this because somebody has entered your address as a colleague's."),
        urgent=True,
        label=_("An invitation to join a company"),
        to=(Role.COMPANY_REPRESENTATIVE, Role.INDUSTRIAL_SUPERVISOR),
    )
)
IMPORT_DONE = declare_notice(
    NoticeKind(
        kind="accounts.import_done",
        subject=_("%(file)s was imported"),
        sentence=_("%(file)s came by a schedule and was imported. %(counts)s"),
        button=_("Look at it"),
        why=_("You get this because you have entered a scheduled import."),
        label=_("A table that came by a schedule was imported"),
        to=(Role.COORDINATOR,),
    )
)
IMPORT_WAITS = declare_notice(
    NoticeKind(
        kind="accounts.import_waits",
        subject=_("%(file)s waits for you"),
        sentence=_("%(file)s came by a schedule and was not imported yet: look at it and decide. %(counts)s"),
        button=_("Look at it"),
        why=_("You get this because you have entered a scheduled import."),
        urgent=True,
        label=_("A table that came by a schedule waits for you"),
        to=(Role.COORDINATOR,),
    )
)


def tell_of_import(batch: ImportBatch) -> None:
    """Tell the owner what became of a table that came by a schedule."""
    kind = IMPORT_DONE if batch.state == ImportState.APPLIED else IMPORT_WAITS
    with translation.override(batch.owner.language or settings.LANGUAGE_CODE):
        facts = {"file": batch.file_name, "counts": str(batch.said or sentence_of_import(batch))}
    tell(batch.owner, kind, facts=facts, url=page_of_import(batch), dedupe_key=f"import:{batch.pk}:{batch.state}")


def tell_invited(person: User, *, member: CompanyMember | None, inviter: User | None, batch: str) -> None:
    """Send the link by which a person joins the portal, or the company of a membership."""
    link = LinkWish(LinkPurpose.JOIN, target_of(person, member))
    facts = {"university": settings.UNIVERSITY_NAME, "account": person.username}
    if member is not None:
        known = inviter is not None and inviter.pk != person.pk
        facts |= {"company": member.company.name, "inviter": str(inviter) if known else member.company.name}
    kind = PERSON_INVITED if member is None else MEMBER_INVITED
    tell(person, kind, facts=facts, link=link, dedupe_key=f"invited:{batch}:{person.pk}")
