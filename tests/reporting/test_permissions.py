import pytest

from apps.reporting import permissions
from apps.reporting.selectors import published_template, templates_visible_to
from apps.reporting.states import GeneralReportState, TemplateKind, TemplateState
from tests.factories.reporting import DocumentTemplateFactory, GeneralReportFactory
from tests.factories.world import World, build_world


@pytest.fixture
def world(db) -> World:
    return build_world()


def holders(world, predicate, row) -> set[str]:
    return {name for name, person in world.personas().items() if predicate(row, person)}


@pytest.mark.parametrize("state", GeneralReportState.values)
def test_who_has_and_changes_a_report(world, state):
    report = GeneralReportFactory.create(enrolment=world.enrolment, state=state)
    others = set() if state == "draft" else {"university_supervisor", "coordinator", "superuser"}
    assert holders(world, permissions.can_view_report, report) == others | {"student"}
    writes = {"student"} if state in ("draft", "revision_requested") else set()
    assert holders(world, permissions.can_change_report, report) == writes
    assert holders(world, permissions.approves_report, report) == {"university_supervisor"}


@pytest.mark.parametrize(("own", "expected"), [(True, {"coordinator", "superuser"}), (False, {"superuser"})])
def test_who_has_a_template(world, own, expected):
    template = DocumentTemplateFactory.create(department=world.department if own else None)
    assert holders(world, permissions.can_manage_template, template) == expected
    people = world.personas().items()
    assert {n for n, p in people if templates_visible_to(p).filter(pk=template.pk).exists()} == expected


def test_the_departments_template_wins_over_the_installations(world):
    assert published_template(TemplateKind.WEEK, world.cohort) is None
    general = DocumentTemplateFactory.create(department=None, state=TemplateState.PUBLISHED)
    assert published_template(TemplateKind.WEEK, world.cohort) == general
    own = DocumentTemplateFactory.create(department=world.department, state=TemplateState.PUBLISHED)
    assert published_template(TemplateKind.WEEK, world.cohort) == own
    assert published_template(TemplateKind.WEEK, world.other_cohort) == general
    assert published_template(TemplateKind.LOGBOOK, world.cohort) is None
