"""Every kind of object in every state, and who may have it: what the rights tests walk over."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from apps.accounts import permissions as account_rules
from apps.accounts import selectors as account_rows
from apps.accounts.models import (
    Agreement,
    Company,
    CompanyCapacity,
    CompanyMerger,
    Enrolment,
    Erasure,
    HistoryEntry,
    IdentityProvider,
    ImportSchedule,
    Job,
    KeptAnswer,
    MassMail,
    Note,
    Notice,
    ProvisionedGroup,
    SavedView,
    ServiceToken,
    SignOnEvent,
    SiteSettings,
    StaffProfile,
    TokenFamily,
    Webhook,
)
from apps.accounts.services.mergers import merge_companies
from apps.accounts.sso import selectors as signon_rows
from apps.accounts.states import CompanyState, ErasureState, JobState, MassMailState
from apps.ai import permissions as ai_rules
from apps.ai import selectors as ai_rows
from apps.ai.models import AiCall
from apps.applications import permissions as application_rules
from apps.applications import selectors as application_rows
from apps.applications.models import Agreement as Paper
from apps.applications.models import (
    AllocationOffer,
    AllocationRound,
    AllocationRun,
    Allotment,
    Application,
    Criterion,
    HostFeedback,
    HostRating,
    IntroductionLetter,
    Placement,
    PlacementAmendment,
    PriorityCase,
    Ranking,
    Resume,
    Review,
)
from apps.applications.states import (
    AgreementState,
    AllocationState,
    AmendmentState,
    ApplicationState,
    LetterState,
    PlacementState,
    SupervisorKind,
)
from apps.logbook import permissions as logbook_rules
from apps.logbook import selectors as logbook_rows
from apps.logbook.models import (
    ArrivalNote,
    Assessment,
    DailyLog,
    DayReceipt,
    MarkRule,
    PlaceConsent,
    PlacementCount,
    Reminder,
    ReminderRule,
    Rubric,
    Snippet,
    Visit,
    WeekCount,
    WeeklyReport,
)
from apps.logbook.services.counts import recount_days
from apps.logbook.states import ArrivalState, AssessmentKind, AssessmentState, ChainState
from apps.reporting import permissions as reporting_rules
from apps.reporting import selectors as reporting_rows
from apps.reporting.models import Credential, DocumentTemplate, GeneralReport, IssuedDocument, Portfolio
from apps.reporting.selectors import credentials as credential_rows
from apps.reporting.selectors import portfolios as portfolio_rows
from apps.reporting.states import CredentialState, GeneralReportState, IssuedState, TemplateState
from apps.vacancies import permissions as vacancy_rules
from apps.vacancies import selectors as vacancy_rows
from apps.vacancies.models import Bookmark, SavedSearch, Vacancy
from apps.vacancies.states import VacancyState
from tests.factories.accounts import (
    AgreementFactory,
    CohortFactory,
    CompanyCapacityFactory,
    CompanyFactory,
    EnrolmentFactory,
    ErasureFactory,
    ImportScheduleFactory,
    JobFactory,
    KeptAnswerFactory,
    MassMailFactory,
    NoteFactory,
    ProvisionedGroupFactory,
    SavedViewFactory,
    ServiceTokenFactory,
    SignOnEventFactory,
    StaffProfileFactory,
    TokenFamilyFactory,
    WebhookFactory,
)
from tests.factories.ai import AiCallFactory
from tests.factories.applications import AgreementFactory as PaperFactory
from tests.factories.applications import (
    AllocationRunFactory,
    AllotmentFactory,
    ApplicationFactory,
    CriterionFactory,
    HostFeedbackFactory,
    HostRatingFactory,
    IntroductionLetterFactory,
    PlacementAmendmentFactory,
    PlacementFactory,
    PlacementSupervisorFactory,
    PriorityCaseFactory,
    RankingFactory,
    ResumeFactory,
    ReviewFactory,
)
from tests.factories.logbook import (
    ArrivalNoteFactory,
    AssessmentFactory,
    DailyLogFactory,
    DayReceiptFactory,
    MarkRuleFactory,
    PlaceConsentFactory,
    ReminderFactory,
    ReminderRuleFactory,
    RubricFactory,
    SnippetFactory,
    VisitFactory,
    WeeklyReportFactory,
)
from tests.factories.reporting import (
    CredentialFactory,
    DocumentTemplateFactory,
    GeneralReportFactory,
    IssuedDocumentFactory,
    PortfolioFactory,
)
from tests.factories.vacancies import BookmarkFactory, SavedSearchFactory, VacancyFactory
from tests.factories.world import World


@dataclass(frozen=True)
class Kind:
    """A model with its selector and the predicate that must say the same."""

    model: type[Model]
    selector: Callable[[Any], Any]
    predicate: Callable[[Any, Any], bool]


KINDS = [
    Kind(Company, account_rows.companies_visible_to, account_rules.can_view_company),
    Kind(Agreement, account_rows.agreements_visible_to, account_rules.can_view_agreement),
    Kind(CompanyCapacity, account_rows.capacities_visible_to, account_rules.can_view_capacity),
    Kind(CompanyMerger, account_rows.mergers_visible_to, account_rules.can_view_merger),
    Kind(Enrolment, account_rows.enrolments_visible_to, account_rules.can_view_enrolment),
    Kind(Job, account_rows.jobs_visible_to, account_rules.can_view_job),
    Kind(Note, account_rows.notes_visible_to, account_rules.can_view_note),
    Kind(Notice, account_rows.notices_visible_to, account_rules.can_view_notice),
    Kind(TokenFamily, account_rows.token_families_visible_to, account_rules.is_own_program),
    Kind(KeptAnswer, account_rows.kept_answers_visible_to, account_rules.is_own_program),
    Kind(MassMail, account_rows.mass_mails_visible_to, account_rules.can_view_mass_mail),
    Kind(SiteSettings, account_rows.site_settings_visible_to, account_rules.only_superuser),
    Kind(HistoryEntry, account_rows.history_visible_to, account_rules.can_view_history_entry),
    Kind(IdentityProvider, signon_rows.identity_providers_visible_to, account_rules.only_superuser),
    Kind(SignOnEvent, signon_rows.signon_events_visible_to, account_rules.only_superuser),
    Kind(Erasure, account_rows.erasures_visible_to, account_rules.only_superuser),
    Kind(StaffProfile, account_rows.staff_managed_by, account_rules.can_view_staff),
    Kind(ServiceToken, account_rows.service_tokens_visible_to, account_rules.only_superuser),
    Kind(SavedView, account_rows.saved_views_visible_to, account_rules.can_view_saved_view),
    Kind(ImportSchedule, account_rows.import_schedules_visible_to, account_rules.can_view_import_schedule),
    Kind(Webhook, account_rows.webhooks_visible_to, account_rules.only_superuser),
    Kind(ProvisionedGroup, account_rows.groups_of_the_directory_visible_to, account_rules.only_superuser),
    Kind(AiCall, ai_rows.calls_visible_to, ai_rules.can_view_call),
    Kind(Vacancy, vacancy_rows.vacancies_visible_to, vacancy_rules.can_view_vacancy),
    Kind(Bookmark, vacancy_rows.bookmarks_of, vacancy_rules.is_own),
    Kind(SavedSearch, vacancy_rows.saved_searches_of, vacancy_rules.is_own),
    Kind(Application, application_rows.applications_visible_to, application_rules.can_view_application),
    Kind(Resume, application_rows.resumes_visible_to, application_rules.can_view_resume),
    Kind(Criterion, application_rows.criteria_visible_to, application_rules.can_view_criterion),
    Kind(Review, application_rows.reviews_visible_to, application_rules.can_view_review),
    Kind(Placement, application_rows.placements_visible_to, application_rules.can_view_placement),
    Kind(Paper, application_rows.agreements_visible_to, application_rules.can_view_agreement),
    Kind(IntroductionLetter, application_rows.letters_visible_to, application_rules.can_view_letter),
    Kind(AllocationRound, application_rows.rounds_visible_to, application_rules.can_view_round),
    Kind(AllocationOffer, application_rows.offers_visible_to, application_rules.can_view_offer),
    Kind(Ranking, application_rows.rankings_visible_to, application_rules.can_view_ranking),
    Kind(PriorityCase, application_rows.priority_cases_visible_to, application_rules.can_view_priority),
    Kind(AllocationRun, application_rows.runs_visible_to, application_rules.can_view_run),
    Kind(Allotment, application_rows.allotments_visible_to, application_rules.can_view_allotment),
    Kind(PlacementAmendment, application_rows.amendments_visible_to, application_rules.can_view_amendment),
    Kind(HostRating, application_rows.host_ratings_visible_to, application_rules.can_view_host_rating),
    Kind(HostFeedback, application_rows.host_feedback_visible_to, application_rules.can_view_host_feedback),
    Kind(DailyLog, logbook_rows.logs_visible_to, logbook_rules.can_view_entry),
    Kind(WeeklyReport, logbook_rows.weeks_visible_to, logbook_rules.can_view_entry),
    Kind(ArrivalNote, logbook_rows.arrivals_visible_to, logbook_rules.can_view_arrival),
    Kind(Assessment, logbook_rows.assessments_visible_to, logbook_rules.can_view_assessment),
    Kind(Rubric, logbook_rows.rubrics_visible_to, logbook_rules.can_view_rubric),
    Kind(MarkRule, logbook_rows.mark_rules_visible_to, logbook_rules.can_view_mark_rule),
    Kind(Snippet, logbook_rows.snippets_visible_to, logbook_rules.can_view_snippet),
    Kind(DayReceipt, logbook_rows.day_receipts_visible_to, logbook_rules.can_view_receipt),
    Kind(PlaceConsent, logbook_rows.place_consents_visible_to, logbook_rules.can_view_place_consent),
    Kind(Reminder, logbook_rows.reminders_visible_to, logbook_rules.can_view_reminder),
    Kind(ReminderRule, logbook_rows.reminder_rules_visible_to, logbook_rules.can_view_reminder_rule),
    Kind(WeekCount, logbook_rows.week_counts_visible_to, logbook_rules.can_view_week_count),
    Kind(PlacementCount, logbook_rows.placement_counts_visible_to, logbook_rules.can_view_placement_count),
    Kind(Visit, logbook_rows.visits_visible_to, logbook_rules.can_view_visit),
    Kind(GeneralReport, reporting_rows.general_reports_visible_to, reporting_rules.can_view_report),
    Kind(Credential, credential_rows.credentials_visible_to, reporting_rules.can_view_credential),
    Kind(Portfolio, portfolio_rows.portfolios_visible_to, reporting_rules.can_view_portfolio),
    Kind(IssuedDocument, reporting_rows.issued_documents_visible_to, reporting_rules.can_view_issued),
    Kind(DocumentTemplate, reporting_rows.templates_visible_to, reporting_rules.can_manage_template),
]


def _placement(world: World, **values: Any) -> Placement:
    """Another placement of the world's student with the same two supervisors."""
    placement = PlacementFactory.create(enrolment=world.enrolment, company=world.company, **values)
    PlacementSupervisorFactory.create(placement=placement, user=world.industrial_supervisor)
    PlacementSupervisorFactory.create(
        placement=placement, user=world.university_supervisor, kind=SupervisorKind.UNIVERSITY
    )
    return placement


def _enrolment(world: World) -> Enrolment:
    """Another enrolment of the world's student in another cohort of the department, with a place."""
    enrolment = EnrolmentFactory.create(student=world.student, cohort=CohortFactory.create(department=world.department))
    placement = PlacementFactory.create(enrolment=enrolment, company=world.company)
    PlacementSupervisorFactory.create(
        placement=placement, user=world.university_supervisor, kind=SupervisorKind.UNIVERSITY
    )
    return enrolment


def _run(world: World, state: AllocationState) -> AllocationRun:
    """A run that gives the world's student a place, in a round of its own."""
    run = AllocationRunFactory.create(cohort=world.cohort, state=state)
    AllotmentFactory.create(run=run, enrolment=world.enrolment, offer__company=world.company)
    RankingFactory.create(round=run.round, enrolment=world.enrolment)
    PriorityCaseFactory.create(round=run.round, enrolment=world.enrolment)
    return run


def _programs(world: World) -> None:
    """Let programs come: one of the student's, which was answered, and one without a person."""
    TokenFamilyFactory.create(user=world.student)
    KeptAnswerFactory.create(user=world.student)
    ServiceTokenFactory.create()
    WebhookFactory.create()
    ImportScheduleFactory.create(owner=world.coordinator, cohort=world.cohort)
    ImportScheduleFactory.create(owner=world.coordinator, cohort=None, kind="accounts.companies")


def _snippets(world: World) -> None:
    """A sentence of each circle: one's own, of a company, of a department."""
    SnippetFactory.create(owner=world.university_supervisor)
    SnippetFactory.create(owner=world.industrial_supervisor, company=world.company)
    SnippetFactory.create(owner=world.university_supervisor, department=world.department)


def _views(world: World) -> None:
    """Make a view of one's own and one shared with each department."""
    for department in (None, world.department, world.other_department):
        SavedViewFactory.create(owner=world.coordinator, department=department)


def _notes(world: World) -> None:
    """Note something about each anchor: the student, a company of the department, one that came by itself."""
    NoteFactory.create(enrolment=world.enrolment)
    NoteFactory.create()
    for department in (world.department, world.other_department, None):
        NoteFactory.create(enrolment=None, company=CompanyFactory.create(proposed_for=department))


def build_everything(world: World) -> dict[str, list[Any]]:
    """Make one object of the world's student, company or coordinator in every state; keyed by model label."""
    made: dict[str, list[Any]] = {
        "accounts.Company": [
            CompanyFactory.create(state=state, proposed_by=world.student, proposed_for=world.department)
            for state in CompanyState
        ],
        "accounts.Job": [JobFactory.create(owner=world.coordinator, state=state) for state in JobState],
        "accounts.MassMail": [MassMailFactory.create(author=world.coordinator, state=state) for state in MassMailState],
        "accounts.Erasure": [ErasureFactory.create(state=state) for state in ErasureState],
        "vacancies.Vacancy": [VacancyFactory.create(company=world.company, state=state) for state in VacancyState],
        "applications.Application": [
            ApplicationFactory.create(vacancy__company=world.company, enrolment=world.enrolment, state=state)
            for state in ApplicationState
        ],
        "applications.Placement": [_placement(world, state=state) for state in PlacementState],
        "applications.Agreement": [
            PaperFactory.create(placement=_placement(world), state=state) for state in AgreementState
        ],
        "applications.IntroductionLetter": [
            IntroductionLetterFactory.create(enrolment=world.enrolment, state=state) for state in LetterState
        ],
        "applications.PlacementAmendment": [
            PlacementAmendmentFactory.create(placement=_placement(world), state=state) for state in AmendmentState
        ],
        "logbook.DailyLog": [DailyLogFactory.create(placement=_placement(world), state=state) for state in ChainState],
        "logbook.WeeklyReport": [
            WeeklyReportFactory.create(placement=_placement(world), state=state) for state in ChainState
        ],
        "logbook.ArrivalNote": [
            ArrivalNoteFactory.create(placement=_placement(world, state=PlacementState.CONFIRMED), state=state)
            for state in ArrivalState
        ],
    }
    for company in (world.company, CompanyFactory.create(proposed_for=world.department)):
        AgreementFactory.create(company=company)
        CompanyCapacityFactory.create(company=company, cohort=world.cohort)
        merge_companies(company, CompanyFactory.create(proposed_for=world.department), actor=world.coordinator)
    over = _placement(world, state=PlacementState.COMPLETED)
    HostRatingFactory.create(placement=over)
    HostFeedbackFactory.create(placement=over)
    criterion = CriterionFactory.create(company=world.company)
    for application in made["applications.Application"]:
        ReviewFactory.create(application=application, reviewer=world.representative, scores={criterion: 3})
    ResumeFactory.create(owner=world.student, stored_at=None)
    BookmarkFactory.create(user=world.student, vacancy=world.vacancy)
    SavedSearchFactory.create(user=world.student)
    Notice.objects.create(recipient=world.student, kind="accounts.company_approved", facts={"company": "Njia Works"})
    AiCallFactory.create(user=world.student, subject=world.student, cohort=world.cohort)
    AiCallFactory.create(user=world.representative)
    # Not in the table of moves: neither has a machine.
    SignOnEventFactory.create()
    StaffProfileFactory.create(department=world.department)
    _programs(world)
    _views(world)
    _notes(world)
    ProvisionedGroupFactory.create()
    rubrics = {
        kind: RubricFactory.create(cohort=world.cohort, kind=kind)
        for kind in (AssessmentKind.INDUSTRY, AssessmentKind.ACADEMIC)
    }
    full = {rubric.pk: {str(one.pk): "3" for one in rubric.criteria.all()} for rubric in rubrics.values()}
    made["logbook.Assessment"] = [
        AssessmentFactory.create(placement=_placement(world), rubric=rubric, state=state, answers=full[rubric.pk])
        for rubric in rubrics.values()
        for state in AssessmentState
    ]
    made["reporting.GeneralReport"] = [
        GeneralReportFactory.create(enrolment=_enrolment(world), state=state) for state in GeneralReportState
    ]
    made["reporting.Credential"] = [
        CredentialFactory.create(
            placement=PlacementFactory.create(enrolment=world.enrolment, company=world.company, state="completed"),
            state=state,
        )
        for state in CredentialState
    ]
    made["reporting.IssuedDocument"] = [
        IssuedDocumentFactory.create(placement=world.placement, state=state) for state in IssuedState
    ]
    made["reporting.DocumentTemplate"] = [
        DocumentTemplateFactory.create(**scope, state=state)
        for scope in (
            {"department": world.department},
            {"department": None, "cohort": world.cohort},
            {"department": None},
        )
        for state in TemplateState
    ]
    made["applications.AllocationRun"] = [_run(world, state) for state in AllocationState]
    MarkRuleFactory.create(cohort=world.cohort)
    PortfolioFactory.create(enrolment=world.enrolment)
    _snippets(world)
    ReminderRuleFactory.create(cohort=world.cohort)
    ReminderFactory.create(placement=world.placement)
    DayReceiptFactory.create(log__placement=world.placement)
    recount_days()
    PlaceConsentFactory.create(enrolment=world.enrolment)
    VisitFactory.create(placement=_placement(world), visitor=world.university_supervisor)
    return made
