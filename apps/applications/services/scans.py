"""Papers that come back with ink on them: the code says which one it is."""

import re
from typing import TYPE_CHECKING, Final

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.services.history import note_history
from apps.applications.extraction.codes import codes_in
from apps.applications.models import Agreement
from apps.applications.permissions import coordinates_agreement
from apps.applications.selectors import agreements_visible_to
from apps.applications.services.agreements import accept_scan
from apps.applications.states import AgreementState
from portal.kernel.errors import RuleViolation
from portal.kernel.pictures import clean_picture, picture_type
from portal.kernel.tasks import enqueue

if TYPE_CHECKING:
    from apps.accounts.models import User

CODE: Final = re.compile(r"/(?:check|agreements/code)/([0-9A-Z]{4,5}-[0-9A-Z]{4,5})/")
ENDINGS: Final = {"image/png": "png", "image/jpeg": "jpg"}


def file_scan(data: bytes, *, actor: "User") -> Agreement:
    """File a scan or photo of a signed paper under the paper whose code it shows; returns that paper.

    A coordinator's word is in the upload: all who were missing have signed on paper. From anybody else it waits for a
    coordinator's look. Raises ``RuleViolation`` ``scan_too_large``, ``scan_unreadable``, ``no_code``,
    ``several_papers``, ``not_yours`` (unknown codes alike) or ``paper_closed``.
    """
    codes = {found[1] for text in codes_in(data) if (found := CODE.search(text))}
    if not codes:
        raise RuleViolation(
            "no_code",
            _("No code of ours is to be seen. Take the whole page, flat and in good light, with its corner."),
            field="file",
        )
    if len(codes) > 1:
        raise RuleViolation("several_papers", _("These are pages of several papers. Send one by one."), field="file")
    agreement = agreements_visible_to(actor).filter(code=codes.pop()).first()
    if agreement is None:
        raise RuleViolation("not_yours", _("There is no paper of yours with this code."), field="file")
    kind = picture_type(data)
    content = clean_picture(data) if kind else data
    ending = ENDINGS.get(picture_type(content), "pdf")
    with transaction.atomic():
        row = Agreement.objects.select_for_update(of=("self",)).select_related("placement__enrolment__cohort")
        fresh = row.get(pk=agreement.pk)
        if fresh.state not in AgreementState.waiting():
            raise RuleViolation("paper_closed", _("This paper waits for no signature."), field="file")
        fresh.scan.save(f"scan.{ending}", ContentFile(content), save=False)
        fresh.scanned_by, fresh.scanned_at = actor, timezone.now()
        fresh.version += 1
        fresh.save()
        note_history(fresh, "file_scan", actor=actor, department_id=fresh.anchor_department_id)
        if coordinates_agreement(fresh, actor):
            accept_scan(fresh, actor=actor)
        else:
            enqueue("applications.tell_scan_received", {"agreement_id": fresh.pk, "version": fresh.version})
    agreement.refresh_from_db()
    return agreement
