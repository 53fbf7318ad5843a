"""The university's own Word templates: uploaded and checked, tried with a student, published, retired."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Cohort, Department, User
from apps.reporting.builders import docx
from apps.reporting.models import DocumentTemplate, template_path
from apps.reporting.permissions import can_delete_template, can_manage_template
from apps.reporting.states import TemplateKind, TemplateState
from portal.kernel.documents import MAX_TEMPLATE, check_docx
from portal.kernel.errors import NotAllowed, RuleViolation, WrongState
from portal.kernel.fsm import announce_created, perform

if TYPE_CHECKING:
    from django.core.files import File

LAYOUTS: Final[Mapping[str, Any]] = {
    "": _("East African"),
    "european": _("European, plain"),
    "malaysian_saudi": _("Malaysian and Saudi"),
}
WITH_LAYOUTS: Final = (TemplateKind.WEEK, TemplateKind.LOGBOOK)
PAPERS: Final = (TemplateKind.LETTER, TemplateKind.TRIPARTITE)


def shipped_layouts(kind: TemplateKind) -> dict[str, Any]:
    """Return our own layouts of a kind: the name of the file without its ending, and what it is called."""
    base = "paper" if kind in PAPERS else kind.value
    names = LAYOUTS if kind in WITH_LAYOUTS else {"": _("Our own")}
    found = {f"{base}_{name}" if name else base: label for name, label in names.items()}
    return {
        **found,
        **{f"{file}_rtl": _("%(layout)s, right to left") % {"layout": label} for file, label in found.items()},
    }


def upload_template(
    kind: TemplateKind,
    name: str,
    content: bytes,
    *,
    actor: User,
    department: Department | None = None,
    cohort: Cohort | None = None,
) -> DocumentTemplate:
    """Keep a Word file as the next version for a cohort, a department or (without both) the whole installation.

    What the file asks for is stored with it; unknown fields are no reason to refuse it here, trying it will show them.
    Raises ``NotAllowed`` for a scope that is not the actor's and ``RuleViolation`` ``one_scope``, ``too_large`` or
    ``template_refused`` with all that is wrong.
    """
    if department is not None and cohort is not None:
        raise RuleViolation("one_scope", _("Name a department or a cohort, not both."), field="cohort")
    template = DocumentTemplate(kind=kind, name=name, department=department, cohort=cohort)
    if not can_manage_template(template, actor):
        if department is None and cohort is None:
            raise RuleViolation("scope_needed", _("Name the department or cohort that uses it."), field="department")
        raise NotAllowed
    template.fields = checked_fields(content)
    with transaction.atomic():
        template.number = _next_number(template)
        template.file.save(template_path(template, name), ContentFile(content), save=False)
        template.save()
        announce_created(template, actor=actor)
    return template


def checked_fields(content: bytes) -> list[str]:
    """Return the fields and loops that a Word file asks for. Raises as ``upload_template``."""
    if len(content) > MAX_TEMPLATE:
        raise RuleViolation("too_large", _("The file is larger than 10 MB."), field="file")
    found = check_docx(content)
    if found.problems:
        said = " ".join(problem.message for problem in found.problems)
        raise RuleViolation("template_refused", said, field="file")
    return sorted({*found.fields, *found.loops})


def add_template(values: Mapping[str, Any], *, actor: User) -> DocumentTemplate:
    """Enter a version from a form: from its file, or from one of our layouts where it names one in ``layout``.

    Raises ``RuleViolation`` ``file_missing`` or ``layout_of_other_kind`` and what ``upload_template`` does.
    """
    kind, layout, file = TemplateKind(values["kind"]), values.get("layout") or "", values.get("file")
    return upload_template(
        kind,
        values["name"],
        _content_of(kind, file, layout),
        actor=actor,
        department=values.get("department"),
        cohort=values.get("cohort"),
    )


def _content_of(kind: TemplateKind, file: "File[bytes] | None", layout: str) -> bytes:
    if file:
        if (file.size or 0) > MAX_TEMPLATE:
            raise RuleViolation("too_large", _("The file is larger than 10 MB."), field="file")
        content: bytes = file.read()
        return content
    if not layout:
        raise RuleViolation("file_missing", _("Choose a Word file, or take one of our layouts."), field="file")
    if layout not in shipped_layouts(kind):
        raise RuleViolation("layout_of_other_kind", _("This layout is for another kind of document."), field="layout")
    return docx.layout(layout)


def _same_scope(template: DocumentTemplate) -> QuerySet[DocumentTemplate]:
    rows = DocumentTemplate.objects.filter(kind=template.kind)
    return rows.filter(department=template.department_id, cohort=template.cohort_id)


def _next_number(template: DocumentTemplate) -> int:
    last: int = _same_scope(template).aggregate(last=Max("number"))["last"] or 0
    return last + 1


def note_trial(template: DocumentTemplate, *, actor: User) -> None:
    """Write down that a document was made with it for a student. Raises ``NotAllowed``."""
    if not can_manage_template(template, actor):
        raise NotAllowed
    template.tried_at = timezone.now()
    template.save(update_fields=["tried_at", "updated_at"])


def publish_template(
    template: DocumentTemplate, *, actor: User, expected_version: int | None = None
) -> DocumentTemplate:
    """Make documents with it from now on; the version that was published for the same scope is retired with it.

    Raises what ``perform`` raises; ``not_tried`` before a document was made with it.
    """
    with transaction.atomic():
        before = _same_scope(template).filter(state=TemplateState.PUBLISHED).exclude(pk=template.pk)
        for old in before.select_for_update(of=("self",)):
            perform(old, "retire", actor=actor)
        return perform(template, "publish", actor=actor, expected_version=expected_version)


def discard_template(template: DocumentTemplate, *, actor: User) -> None:
    """Throw a version away with which no document was made. Raises ``NotAllowed`` or ``WrongState``."""
    with transaction.atomic():
        row = DocumentTemplate.objects.select_for_update(of=("self",)).get(pk=template.pk)
        if not can_manage_template(row, actor):
            raise NotAllowed
        if not can_delete_template(row, actor):
            raise WrongState("was_published", _("Documents were made with it. Retire it instead."))
        storage, name = row.file.storage, str(row.file.name)
        row.delete()
        transaction.on_commit(lambda: storage.delete(name))
