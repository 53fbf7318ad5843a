"""The vacancies, applications with their PDF resumes, and placements of the demo."""

import datetime as dt
import hashlib
import io
from dataclasses import asdict, dataclass, field

from django.core.files.base import ContentFile
from django.utils import timezone
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from apps.accounts.models import Company, Enrolment, User
from apps.accounts.states import CompanyState
from apps.applications.extraction.facts import find_facts
from apps.applications.models import (
    Application,
    Criterion,
    Placement,
    PlacementSupervisor,
    Resume,
    Review,
    ReviewScore,
)
from apps.applications.states import (
    ApplicationState,
    ExtractionState,
    PlacementOrigin,
    PlacementState,
    SupervisorKind,
)
from apps.logbook.models import ArrivalNote
from apps.logbook.states import ArrivalState
from apps.vacancies.models import Vacancy
from apps.vacancies.services.vacancies import search_text_of
from apps.vacancies.states import VacancyState, WorkMode, WorkType
from portal.management.demo.content import COVER, FIELDS, Field
from portal.management.demo.people import University

VACANCIES, APPLICATIONS = 40, 120
LOOKED_AT = (("Skills that we need", 3), ("Letter and manner", 1), ("Can begin on the first day", 1))
WITHOUT_A_PLACE, SELF_FOUND, NOT_ARRIVED = 24, 8, 12


@dataclass
class Places:
    """What the logs of the demo refer to."""

    vacancies: list[Vacancy] = field(default_factory=list)
    placements: list[Placement] = field(default_factory=list)
    industrial: dict[int, User] = field(default_factory=dict)
    academic: dict[int, User] = field(default_factory=dict)


def make_places(u: University) -> Places:
    """Offer vacancies, apply for them, and place nine students of ten."""
    places = Places()
    _vacancies(u, places)
    accepted = _applications(u, places)
    _placements(u, places, accepted)
    return places


def _open_companies(u: University) -> list[Company]:
    return [company for company in u.companies if company.state == CompanyState.APPROVED]


def _vacancies(u: University, places: Places) -> None:
    companies = _open_companies(u)
    rows = []
    for n in range(VACANCIES):
        words, company = FIELDS[n % len(FIELDS)], companies[n % len(companies)]
        state = VacancyState.DRAFT if n % 10 == 9 else VacancyState.CLOSED if n % 10 == 8 else VacancyState.ACTIVE
        past = state == VacancyState.CLOSED
        rows.append(
            Vacancy(
                company=company,
                title=f"{words.name.split()[0]} trainee, {words.skills[n % len(words.skills)]}",
                short_description=words.jobs[n % len(words.jobs)][0] + " and more in a small team.",
                description=" ".join(words.tasks[:3]),
                location=company.region,
                deadline=u.today + dt.timedelta(days=-5 if past else 10 + n),
                work_mode=WorkMode.HYBRID if words.code == "comp" and n % 2 else WorkMode.ON_SITE,
                work_type=WorkType.FULL_TIME,
                places=8,
                skills=list(words.skills[:3]),
                posted_by=u.representatives[company.pk],
                published_at=timezone.now() if state != VacancyState.DRAFT else None,
                state=state,
            )
        )
        rows[-1].search_text = search_text_of(rows[-1])
    places.vacancies = Vacancy.objects.bulk_create(rows)
    through = Vacancy.programmes.through
    links = []
    for n, vacancy in enumerate(places.vacancies):
        programmes = u.programmes[FIELDS[n % len(FIELDS)].code] if n % 4 else []
        links += [through(vacancy=vacancy, programme=programme) for programme in programmes]
    through.objects.bulk_create(links)


def resume_pdf(student: User, words: Field, programme: str) -> tuple[bytes, str]:
    """Draw a one-page resume; return the PDF and the lines in it."""
    lines = [
        student.get_full_name(),
        programme,
        f"E-mail: {student.email}",
        f"Registration number: {student.username}",
        "",
        "Skills: " + ", ".join(words.skills),
        "Experience: two months as a helper in a family workshop; school project on water pumps.",
        "Languages: Swahili, English",
        "Interests: football, radio repair",
    ]
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    canvas.setTitle("Resume")
    for n, line in enumerate(lines):
        canvas.setFont("Helvetica-Bold" if n == 0 else "Helvetica", 18 if n == 0 else 11)
        canvas.drawString(72, 770 - 24 * n, line)
    canvas.save()
    return buffer.getvalue(), "\n".join(lines)


def make_resume(u: University, enrolment: Enrolment) -> Resume:
    """Return a resume that was uploaded and read, not stored yet."""
    words = u.field_of(enrolment.cohort)
    content, text = resume_pdf(enrolment.student, words, enrolment.student.student_profile.programme.name)
    resume = Resume(
        owner=enrolment.student,
        original_name=f"{enrolment.student.last_name}-resume.pdf",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        text=text,
        page_count=1,
        method="pypdfium2",
        quality="good",
        facts=asdict(find_facts(text)),
        extraction=ExtractionState.READ,
        stored_at=timezone.now(),
    )
    resume.file.save("resume.pdf", ContentFile(content), save=False)
    return resume


def _applications(u: University, places: Places) -> dict[int, Application]:
    active = [v for v in places.vacancies if v.state == VacancyState.ACTIVE]
    cycle = [
        ApplicationState.ACCEPTED,
        ApplicationState.REJECTED,
        ApplicationState.PENDING,
        ApplicationState.UNDER_REVIEW,
        ApplicationState.SHORTLISTED,
        ApplicationState.INTERVIEW_SCHEDULED,
    ]
    resumes: dict[int, Resume] = {}
    rows: list[Application] = []
    accepted: dict[int, Application] = {}
    now = timezone.now()
    for n in range(APPLICATIONS):
        enrolment = u.enrolments[n * 2 % len(u.enrolments) + n * 2 // len(u.enrolments)]
        words = u.field_of(enrolment.cohort)
        mine = [v for v in active if FIELDS[places.vacancies.index(v) % len(FIELDS)].code == words.code]
        vacancy, state = mine[n % len(mine)], cycle[n % len(cycle)]
        if enrolment.pk not in resumes:
            resumes[enrolment.pk] = make_resume(u, enrolment)
        rows.append(
            Application(
                vacancy=vacancy,
                student=enrolment.student,
                enrolment=enrolment,
                resume=resumes[enrolment.pk],
                cover_letter=COVER.format(
                    programme=enrolment.student.student_profile.programme.name,
                    year=enrolment.student.student_profile.year_of_study,
                    title=vacancy.title,
                ),
                decided_at=now if state in (ApplicationState.ACCEPTED, ApplicationState.REJECTED) else None,
                decided_by=u.representatives[vacancy.company_id],
                interview_at=now + dt.timedelta(days=3) if state == ApplicationState.INTERVIEW_SCHEDULED else None,
                interview_place="Main office" if state == ApplicationState.INTERVIEW_SCHEDULED else "",
                interview_sequence=1 if state == ApplicationState.INTERVIEW_SCHEDULED else 0,
                reason="All places for this term are given." if state == ApplicationState.REJECTED else "",
                state=state,
            )
        )
        if state == ApplicationState.ACCEPTED and vacancy.places_left > 0:
            vacancy.places_taken += 1
            accepted[enrolment.pk] = rows[-1]
    Resume.objects.bulk_create(resumes.values())
    Application.objects.bulk_create(rows)
    Vacancy.objects.bulk_update(active, ["places_taken"])
    _reviews(u, rows)
    return accepted


def _reviews(u: University, applications: list[Application]) -> None:
    """Give every company three things to look at, and a review to those whom it reads."""
    companies = {row.vacancy.company_id: row.vacancy.company for row in applications}
    criteria = [
        Criterion(company=company, name=name, weight=weight, position=position)
        for company in companies.values()
        for position, (name, weight) in enumerate(LOOKED_AT)
    ]
    Criterion.objects.bulk_create(criteria)
    read = [row for row in applications if row.state in (ApplicationState.SHORTLISTED, ApplicationState.UNDER_REVIEW)]
    reviews = [Review(application=row, reviewer=u.representatives[row.vacancy.company_id]) for row in read]
    Review.objects.bulk_create(reviews)
    ReviewScore.objects.bulk_create(
        ReviewScore(review=review, criterion=criterion, value=2 + (review.application_id + criterion.position) % 4)
        for review in reviews
        for criterion in criteria
        if criterion.company_id == review.application.vacancy.company_id
    )


def _placements(u: University, places: Places, accepted: dict[int, Application]) -> None:
    companies = _open_companies(u)
    rows: list[Placement] = []
    for n, enrolment in enumerate(u.enrolments):
        application = accepted.get(enrolment.pk)
        if application is None and n >= len(u.enrolments) - WITHOUT_A_PLACE:
            continue
        code = enrolment.cohort.department.code
        fitting = [c for c in companies if c.proposed_for_id == u.departments[code].pk]
        waits = application is None and n >= len(u.enrolments) - WITHOUT_A_PLACE - SELF_FOUND
        late = not waits and n % (len(u.enrolments) // NOT_ARRIVED) == 7
        found = PlacementOrigin.SELF_FOUND if waits else PlacementOrigin.ALLOCATED
        origin = PlacementOrigin.APPLIED if application else found
        state = PlacementState.PROPOSED if waits else PlacementState.CONFIRMED if late else PlacementState.ACTIVE
        company = application.vacancy.company if application else fitting[n // 3 % len(fitting)]
        rows.append(
            Placement(
                enrolment=enrolment,
                company=company,
                application=application,
                origin=origin,
                start=enrolment.cohort.start,
                end=enrolment.cohort.end,
                site_address=company.address,
                arrived_on=enrolment.cohort.start if state == PlacementState.ACTIVE else None,
                confirmed_at=None if waits else timezone.now(),
                state=state,
            )
        )
    places.placements = Placement.objects.bulk_create(rows)
    name_supervisors(u, places, places.placements)


def name_supervisors(u: University, places: Places, placements: list[Placement]) -> None:
    """Name a supervisor at the company and one of the university, and note who has arrived."""
    rows, notes = [], []
    for n, placement in enumerate(placements):
        hosts = u.host_supervisors.get(placement.company_id) or next(iter(u.host_supervisors.values()))
        academics = u.academics[placement.enrolment.cohort.department.code]
        industrial, academic = hosts[n % len(hosts)], academics[n % len(academics)]
        places.industrial[placement.pk], places.academic[placement.pk] = industrial, academic
        rows += [
            PlacementSupervisor(placement=placement, user=industrial, kind=SupervisorKind.INDUSTRIAL),
            PlacementSupervisor(placement=placement, user=academic, kind=SupervisorKind.UNIVERSITY),
        ]
        if placement.arrived_on:
            notes.append(
                ArrivalNote(
                    placement=placement,
                    arrived_on=placement.arrived_on,
                    supervisor_name=industrial.get_full_name(),
                    supervisor_email=industrial.email,
                    decided_at=timezone.now(),
                    state=ArrivalState.CONFIRMED,
                )
            )
    PlacementSupervisor.objects.bulk_create(rows)
    ArrivalNote.objects.bulk_create(notes)
