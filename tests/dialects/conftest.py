"""The scenes of the dialects, built once for a module; what a row writes is taken back."""

import base64
import datetime as dt

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.db import transaction
from django.utils import timezone

from apps.accounts.api.internsync import INTERNSYNC
from apps.accounts.api.report_generator import REPORT_GENERATOR
from apps.accounts.models import StudentProfile
from apps.accounts.services.codes import _window, code_of
from apps.accounts.services.token_pairs import issue_pair
from apps.applications.models import Placement
from apps.applications.states import PlacementState
from apps.vacancies.states import VacancyState
from portal.kernel.dates import monday_of
from tests.clients import RESUMES
from tests.dialects.contract import Stage
from tests.factories.accounts import CompanyFactory, EnrolmentFactory, ProgrammeFactory, UserFactory
from tests.factories.applications import ApplicationFactory, PlacementFactory, ResumeFactory
from tests.factories.logbook import DailyLogFactory, OperationFactory, WeeklyReportFactory
from tests.factories.reporting import GeneralReportFactory
from tests.factories.vacancies import VacancyFactory
from tests.factories.world import build_world
from tests.matrix.ai import allow_help

RESUME = (RESUMES / "libreoffice-writer.pdf").read_bytes()
CV = base64.b64encode(RESUME).decode()
TITLE = 'Fitter <b> & "turner"'


@pytest.fixture(scope="module")
def internsync(django_db_setup, django_db_blocker):
    """One company with a vacancy in each state, and a student who has applied for one of them; built once."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = build_world()
        Placement.objects.filter(enrolment=world.enrolment).update(state=PlacementState.CANCELLED)
        draft = VacancyFactory.create(company=world.company, state=VacancyState.DRAFT, title="Draft")
        vacancy = VacancyFactory.create(company=world.company, title=TITLE, short_description="One line")
        other = VacancyFactory.create(company=world.company)
        foreign = VacancyFactory.create(company=world.rival)
        resume = ResumeFactory.create(owner=world.student, content=RESUME, method="pypdfium2")
        application = ApplicationFactory.create(vacancy=vacancy, enrolment=world.enrolment, resume=resume)
        ours = {"student": world.student, "company": world.representative, "rival": world.rival_representative}
        keys = {"job": vacancy.pk, "draft": draft.pk, "open": other.pk, "foreign": foreign.pk, "missing": 99_999_999}
        names = {"taken": world.student.username, "staff": world.coordinator.username}
        people = {**ours, "coordinator": world.coordinator}
        yield Stage(people, {**keys, "app": application.pk, "cv": CV, **names}, INTERNSYNC, world)
        transaction.set_rollback(True)


def working_day(back: int) -> dt.date:
    """Return the n-th day back from yesterday, past Sundays."""
    day = timezone.localdate() - dt.timedelta(days=1 + back)
    return day - dt.timedelta(days=1) if day.weekday() == 6 else day


@pytest.fixture(scope="module")
def report_generator(django_db_setup, django_db_blocker):
    """A placed student with a day, a week and a report, one with nothing yet, and a fellow student; built once."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = build_world()
        allow_help(world)
        day = working_day(3)
        log = DailyLogFactory.create(
            placement=world.placement, day=day, week_start=monday_of(day), text="I has turned a shaft."
        )
        monday = monday_of(day)
        number = (monday - monday_of(world.placement.start)).days // 7 + 1
        week = WeeklyReportFactory.create(
            placement=world.placement, week_start=monday, number=number, summary="I has repaired shafts."
        )
        step = OperationFactory.create(report=week, number=1)
        report = GeneralReportFactory.create(
            enrolment=world.enrolment, title="Shafts", introduction="I has been at the works."
        )
        other = PlacementFactory.create(enrolment=EnrolmentFactory.create(cohort=world.cohort), company=world.company)
        far = DailyLogFactory.create(placement=other, day=day, week_start=monday)
        far_week = WeeklyReportFactory.create(placement=other, week_start=monday)
        lone = EnrolmentFactory.create(cohort=world.cohort).student
        program = ProgrammeFactory.create(
            department=world.department, code="MECHANICAL", name="BSc. Mechanical Engineering"
        )
        stranger = UserFactory.create()
        proposed = CompanyFactory.create(name="Njia Works", proposed_by=world.student, state="proposed")
        people = {
            "student": world.student,
            "lone": lone,
            "coordinator": world.coordinator,
            "host": world.industrial_supervisor,
            "stranger": stranger,
        }
        pair = issue_pair(world.student, audience=REPORT_GENERATOR)
        keys = {
            "log": log.pk,
            "day": day,
            "free": working_day(0),
            "week": week.pk,
            "number": number,
            "step": step.pk,
            "report": report.pk,
            "far": far.pk,
            "far_week": far_week.pk,
            "missing": 99_999_999,
            "company": world.company.pk,
            "proposed": proposed.pk,
            "monday": monday,
            "refresh": pair.refresh,
            "access": pair.access,
            "username": world.student.username,
            "email": world.student.email,
            "future": timezone.localdate() + dt.timedelta(days=2),
            "uid": user_pk_to_url_str(lone),
            "key": default_token_generator.make_token(lone),
            "program": program.name,
            "reg_no": StudentProfile.objects.get(user=world.student).reg_no,
            "code": code_of("mail:asha@uni.example", _window()),
            "phone_code": code_of("phone:+255712345678", _window()),
        }
        yield Stage(people, keys, REPORT_GENERATOR, world)
        transaction.set_rollback(True)
