"""Written by ``make golden`` from the API's description; whatever is changed is gone next time."""

from typing import Any, Literal, NotRequired, TypedDict

from portal.client.transport import Day, File, Moment, Page, Transport, Upload


type AboutEnum = Literal["application", "company", "enrolment", "placement"]
type AgreementKindEnum = Literal["letter", "tripartite"]
type AgreementStateEnum = Literal["draft", "sent", "signed", "complete", "withdrawn"]
type AllocationStateEnum = Literal["draft", "solved", "published", "discarded"]
type AllocationWayEnum = Literal["stable", "fewest"]
type AmendmentKindEnum = Literal["extension", "terms", "host", "supervisor"]
type AmendmentStateEnum = Literal["in_force", "superseded"]
type ApplicationStateEnum = Literal[
    "pending",
    "under_review",
    "shortlisted",
    "interview_scheduled",
    "accepted",
    "rejected",
    "withdrawn",
]
type ArrivalStateEnum = Literal["submitted", "confirmed", "disputed"]
type AssessmentKindEnum = Literal["industry", "academic", "logbook", "report", "presentation"]
type AssessmentStateEnum = Literal["open", "submitted", "released"]
type AudienceEnum = Literal[
    "accounts.students",
    "accounts.companies",
    "accounts.staff",
    "applications.trainees",
    "applications.hosts",
    "applications.university",
]
type BlankEnum = Literal[""]
type ChainStateEnum = Literal[
    "draft",
    "submitted",
    "revision_requested",
    "verified_industry",
    "flagged",
    "verified_academic",
]
type CommentHelpFieldEnum = Literal["comment"]
type CommentHelpPurposeEnum = Literal["logbook_feedback", "text_grammar"]
type CompanyStateEnum = Literal["proposed", "approved", "rejected", "archived"]
type CredentialStateEnum = Literal["issued", "revoked"]
type DaysEnum = Literal[7, 30, 90]
type DecisionEnum = Literal["open", "accepted", "dismissed", "undone"]
type DisclosureWayEnum = Literal["text", "download"]
type EncodingEnum = Literal[
    "utf-8",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "windows-1252",
    "windows-1256",
    "windows-1250",
    "windows-1251",
    "windows-1253",
    "windows-1254",
    "windows-1255",
    "iso-8859-1",
    "iso-8859-6",
    "iso-8859-7",
    "macintosh",
    "ibm850",
]
type ErasureStateEnum = Literal["waiting", "held", "withdrawn", "done"]
type EventsEnum = Literal[
    "company.proposed",
    "company.approved",
    "vacancy.published",
    "vacancy.closed",
    "application.received",
    "application.accepted",
    "application.rejected",
    "application.withdrawn",
    "placement.proposed",
    "placement.confirmed",
    "placement.begun",
    "placement.completed",
    "placement.cancelled",
    "arrival.confirmed",
    "log.submitted",
    "log.verified",
    "log.validated",
    "log.flagged",
    "week.submitted",
    "week.verified",
    "week.validated",
    "assessment.released",
    "report.submitted",
    "report.approved",
]
type ExportKindEnum = Literal[
    "accounts.staff",
    "accounts.companies",
    "vacancies.vacancies",
    "applications.placements",
    "logbook.marks",
    "accounts.students",
    "accounts.enrolments",
    "accounts.supervisors",
]
type ExtractionEnum = Literal["waiting", "read", "unreadable"]
type FormatEnum = Literal["csv", "xlsx"]
type FormatsEnum = Literal["docx", "pdf"]
type GenderEnum = Literal["F", "M", "X"]
type HelpDraftPurposeEnum = Literal[
    "text_grammar",
    "text_improve",
    "text_expand",
    "text_summarise",
    "text_suggest",
    "logbook_week",
    "logbook_main_job",
    "logbook_feedback",
    "reporting_complete",
    "applications_resume",
    "applications_match",
    "vacancies_polish",
    "embed",
]
type ImportRowStatusEnum = Literal["new", "changed", "unchanged", "error"]
type ImportStateEnum = Literal["uploaded", "staged", "refused", "applied", "discarded", "undone"]
type IndustryTypeEnum = Literal[
    "MANUFACTURING",
    "CONSTRUCTION",
    "TECHNOLOGY",
    "AUTOMOTIVE",
    "ENERGY",
    "TELECOMMUNICATIONS",
    "OTHER",
]
type IssuedKindEnum = Literal[
    "week",
    "logbook",
    "report",
    "letter",
    "tripartite",
    "arrival",
    "assessment",
    "certificate",
    "portfolio",
]
type IssuedStateEnum = Literal["issued", "withdrawn"]
type JobStateEnum = Literal["queued", "running", "done", "failed", "cancelled"]
type KindsEnum = Literal["logbook", "week", "report"]
type LanguageEnum = Literal["en", "sw", "ar"]
type LetterStateEnum = Literal["requested", "issued", "refused", "withdrawn"]
type LogHelpFieldEnum = Literal["text"]
type LogHelpPurposeEnum = Literal["text_grammar", "text_improve", "text_expand", "text_summarise", "text_suggest"]
type MarkRuleKindEnum = Literal["zero_hours", "incomplete_hours", "incomplete_visits", "incomplete_days"]
type MarksStatusEnum = Literal["final", "zero", "incomplete"]
type MassMailStateEnum = Literal["draft", "sending", "sent", "stopped"]
type MemberKindEnum = Literal["representative", "supervisor"]
type NoticeFrequencyEnum = Literal["at_once", "daily", "weekly", "never"]
type OriginEnum = Literal["applied", "self_found", "allocated", "matched"]
type OutboxTaskStateEnum = Literal["waiting", "running", "done", "dead"]
type OutcomeEnum = Literal["waiting", "running", "answered", "unavailable", "cancelled"]
type PartyEnum = Literal["student", "host", "university"]
type PlacementStateEnum = Literal["proposed", "confirmed", "active", "completed", "cancelled", "ended_early"]
type PriorityKindEnum = Literal["disability", "care", "need", "other"]
type PriorityStateEnum = Literal["asked", "granted", "refused"]
type QuestionKindEnum = Literal["points", "scale", "text"]
type ReasonEnum = Literal["sick", "family", "university", "host_closed", "other"]
type ReportHelpFieldEnum = Literal[
    "acknowledgements",
    "introduction",
    "company_overview",
    "objectives",
    "methodology",
    "achievements",
    "skills",
    "challenges",
    "recommendations",
    "conclusion",
    "all",
]
type ReportHelpPurposeEnum = Literal[
    "text_grammar",
    "text_improve",
    "text_summarise",
    "text_suggest",
    "reporting_complete",
]
type ReportStateEnum = Literal["draft", "submitted", "revision_requested", "approved"]
type ResumeHelpFieldEnum = Literal["skills"]
type ResumeHelpPurposeEnum = Literal["applications_resume"]
type RhythmEnum = Literal["hour", "day", "week"]
type ScopesEnum = Literal["scim_read", "scim_write", "api_read"]
type SigningWayEnum = Literal["electronic", "paper"]
type SupervisorKindEnum = Literal["industrial", "university"]
type TemplateKindEnum = Literal[
    "week",
    "logbook",
    "report",
    "letter",
    "tripartite",
    "arrival",
    "assessment",
    "certificate",
]
type TemplateStateEnum = Literal["draft", "published", "retired"]
type VacancyHelpFieldEnum = Literal["description"]
type VacancyHelpPurposeEnum = Literal["vacancies_polish"]
type VacancyStateEnum = Literal["draft", "active", "closed"]
type VerdictStatusEnum = Literal[
    "approved",
    "flagged",
    "rejected",
    "revision",
    "revision_requested",
    "validated",
    "verified",
]
type WeekHelpFieldEnum = Literal["summary", "main_job_detail"]
type WeekHelpPurposeEnum = Literal[
    "logbook_week",
    "logbook_main_job",
    "text_grammar",
    "text_improve",
    "text_expand",
    "text_summarise",
    "text_suggest",
]
type WorkModeEnum = Literal["On-Site", "Remote", "Hybrid"]
type WorkTypeEnum = Literal["Full-Time", "Part-Time"]
type YearsEnum = Literal[1, 2, 3, 4, 5, 6, 7, 8]


class Absence(TypedDict):
    id: int
    enrolment: int
    placement: int
    day: str
    reason: ReasonEnum
    note: str
    hours_to_make_up: float


class Address(TypedDict):
    address: str


class Signature(TypedDict):
    party: PartyEnum
    name: str
    way: SigningWayEnum
    signed_at: str
    sha256: str


class Agreement(TypedDict):
    id: int
    placement: int
    student_name: str
    company_name: str
    kind: AgreementKindEnum
    language: str
    code: str
    sha256: str
    problem: str
    signatures: list[Signature]
    missing: list[PartyEnum]
    sign_as: str
    has_scan: bool
    scanned_at: str | None
    sent_at: str | None
    completed_at: str | None
    reason: str
    state: AgreementStateEnum
    version: int


class Alike(TypedDict):
    id: int
    name: str
    state: str


class Allotment(TypedDict):
    id: int
    run: int
    enrolment: int
    student_name: str
    offer: int | None
    company_name: str
    rank: int | None
    waiting: int | None
    sentences: list[str]
    by_hand: bool
    placement: int | None
    problem: str


class Amendment(TypedDict):
    id: int
    placement: int
    number: int
    kind: AmendmentKindEnum
    before: dict[str, Any]
    after: dict[str, Any]
    successor: int | None
    reason: str
    created_at: str
    state: AmendmentStateEnum


class AnswersRequest(TypedDict):
    answers: NotRequired[dict[str, str]]
    comment: NotRequired[str]


class Application(TypedDict):
    id: int
    vacancy: int
    vacancy_title: str
    student_name: str
    cover_letter: str
    interview_at: str | None
    interview_place: str
    created_at: str
    decided_at: str | None
    reason: str
    state: ApplicationStateEnum
    version: int


class ArrivalNote(TypedDict):
    id: int
    student_name: str
    placement: int
    arrived_on: str
    supervisor_name: str
    reason: str
    state: ArrivalStateEnum
    version: int


class AskRequest(TypedDict):
    kind: PriorityKindEnum
    reason: str


class Asked(TypedDict):
    asked: int


class AskedIdsRequest(TypedDict):
    ids: list[int]


class Assessment(TypedDict):
    id: int
    placement: int
    student_name: str
    rubric: int
    title: str
    kind: str
    answers: dict[str, str]
    comment: str
    mark: float | None
    submitted_at: str | None
    state: AssessmentStateEnum
    version: int


class Attachment(TypedDict):
    id: int
    log: int
    original_name: str
    content_type: str
    size: int
    sha256: str
    created_at: str


class Audience(TypedDict):
    audience: str
    places: dict[str, str]


class BatchRequest(TypedDict):
    cohort: NotRequired[int]
    department: NotRequired[int]
    only: NotRequired[list[int]]
    kinds: NotRequired[list[KindsEnum]]
    formats: NotRequired[list[FormatsEnum]]


class WordsRequest(TypedDict):
    subject: str
    text: str


class BegunMailRequest(TypedDict):
    audience: AudienceEnum
    ids: list[int]
    subject: str
    text: str
    translations: NotRequired[dict[str, WordsRequest]]


class Behind(TypedDict):
    count: int
    placements: list[int]


class Bookmark(TypedDict):
    id: int
    vacancy: int
    title: str
    company_name: str
    deadline: str
    state: str
    created_at: str


class Calendar(TypedDict):
    address: str


class Places(TypedDict):
    cohort: int
    places: int


class Capacities(TypedDict):
    cohorts: list[Places]


class PlacesRequest(TypedDict):
    cohort: int
    places: int


class CapacitiesRequest(TypedDict):
    cohorts: list[PlacesRequest]


class Card(TypedDict):
    title: str
    count: int
    url: str


class NoticeKind(TypedDict):
    kind: str
    label: str
    frequency: NoticeFrequencyEnum
    binding: bool


class Choices(TypedDict):
    usual: NoticeFrequencyEnum
    kinds: list[NoticeKind]


class Cohort(TypedDict):
    id: int
    department: int
    name: str
    phase: str
    start: str
    end: str
    working_days: list[int]
    country: str
    required_hours: int
    latest_day_back: int
    min_hours: float
    max_hours: float
    is_open: bool
    ai_enabled: bool
    location_hint: bool
    self_found_allowed: bool
    publication_date: str | None
    one_place_closes_others: bool
    letters_at_once: bool
    deputy_after_days: int
    coordinator_after_days: int


class CohortBodyRequest(TypedDict):
    department: int
    name: str
    phase: str
    start: Day
    end: Day
    working_days: NotRequired[list[int]]
    country: NotRequired[str]
    required_hours: NotRequired[int]
    latest_day_back: NotRequired[int]
    min_hours: NotRequired[float]
    max_hours: NotRequired[float]
    deputy_after_days: NotRequired[int]
    coordinator_after_days: NotRequired[int]
    is_open: NotRequired[bool]
    self_found_allowed: NotRequired[bool]
    letters_at_once: NotRequired[bool]
    one_place_closes_others: NotRequired[bool]
    ai_enabled: NotRequired[bool]
    location_hint: NotRequired[bool]
    publication_date: NotRequired[Day | None]


class CohortUse(TypedDict):
    calls: int
    answered: int
    accepted: int
    failed: int
    people: int
    tokens: int
    cost: int
    cohort: int | None
    name: str | None


class ColumnsRequest(TypedDict):
    columns: dict[str, str]


class CommentHelpRequest(TypedDict):
    field: NotRequired[CommentHelpFieldEnum]
    purpose: CommentHelpPurposeEnum
    comment: NotRequired[str]


class Company(TypedDict):
    id: int
    name: str
    industry_type: IndustryTypeEnum
    description: str
    address: str
    region: str
    country: str
    website: str
    state: CompanyStateEnum
    version: int


class CompanyAgreement(TypedDict):
    id: int
    company: int
    company_name: str
    number: str
    signed_on: str
    expires_on: str
    days_left: int
    has_file: bool


class ComposedRequest(TypedDict):
    enrolment: int
    title: NotRequired[str]
    about: NotRequired[str]
    shows_hours: NotRequired[bool]
    weeks: NotRequired[list[int]]
    assessments: NotRequired[list[int]]
    files: NotRequired[list[int]]
    skills: NotRequired[list[str]]


class Contact(TypedDict):
    contact_person: str
    phone: str
    email: str
    hr_email: str


class Count(TypedDict):
    offers: int


class Credential(TypedDict):
    id: int
    placement: int
    student_name: str
    status_index: int
    revoked_at: str | None
    reason: str
    state: CredentialStateEnum
    version: int


class CredentialToken(TypedDict):
    token: str


class LineRequest(TypedDict):
    name: str
    weight: NotRequired[int]


class CriteriaRequest(TypedDict):
    criteria: list[LineRequest]
    for_all: NotRequired[bool]


class Criterion(TypedDict):
    id: int
    company: int
    vacancy: int | None
    name: str
    weight: int
    position: int
    is_active: bool


class DailyLog(TypedDict):
    id: int
    enrolment: int
    student_name: str
    placement: int | None
    day: str
    week_start: str
    text: str
    hours: float
    skills: list[str]
    host_comment: str
    reason: str
    submitted_at: str | None
    verified_at: str | None
    validated_at: str | None
    state: ChainStateEnum
    status: str
    version: int


class Dashboard(TypedDict):
    enrolled: int
    placed: int
    arrived: int
    logs: dict[str, int]
    waiting: list[Card]


class Department(TypedDict):
    id: int
    code: str
    name: str
    faculty: str


class DepartmentBodyRequest(TypedDict):
    code: str
    name: str
    faculty: NotRequired[str]


class Place(TypedDict):
    path: str
    write: str
    meaning: str
    example: str
    is_loop: bool


class Layout(TypedDict):
    layout: str
    name: str


class Dictionary(TypedDict):
    places: list[Place]
    layouts: list[Layout]


class Disclosure(TypedDict):
    id: int
    application: int
    resume: int
    viewer_name: str
    company_name: str
    way: DisclosureWayEnum
    at: str


class DraftRequest(TypedDict):
    enrolment: int
    weeks: list[int]


class EncodingRequest(TypedDict):
    encoding: EncodingEnum


class Studies(TypedDict):
    reg_no: str
    programme: str
    year_of_study: int | None


class Enrolment(TypedDict):
    id: int
    student: int
    student_name: str
    studies: Studies | None
    cohort: int
    cohort_name: str
    is_active: bool


class Erasure(TypedDict):
    id: int
    person: int
    person_name: str
    due_at: str
    asked_by: int | None
    hold_reason: str
    done_at: str | None
    state: ErasureStateEnum
    version: int


class ExportRequest(TypedDict):
    kind: ExportKindEnum
    format: FormatEnum
    cohort: NotRequired[int]


class Facts(TypedDict):
    skills: NotRequired[list[str]]
    degrees: NotRequired[list[str]]
    experience: NotRequired[list[str]]
    emails: NotRequired[list[str]]
    phones: NotRequired[list[str]]
    links: NotRequired[list[str]]


class FeedbackBodyRequest(TypedDict):
    again: bool
    places: NotRequired[int | None]
    comment: NotRequired[str]


class Figure(TypedDict):
    name: str
    unit: str
    value: float | None
    hidden: bool


class FigureLine(TypedDict):
    label: str
    is_group: bool
    count: int | None
    figures: list[Figure]


class Measure(TypedDict):
    measure: str
    title: str
    definition: str
    lines: list[FigureLine]
    skills: list[FigureLine]


class Figures(TypedDict):
    said: list[str]
    measures: list[Measure]


class Found(TypedDict):
    text: str
    url: str


class FoundGroup(TypedDict):
    title: str
    all_url: str
    rows: list[Found]


class FoundGroups(TypedDict):
    groups: list[FoundGroup]


class FoundPlaceRequest(TypedDict):
    enrolment: int
    company_name: str
    address: str
    supervisor_name: str
    supervisor_email: str
    supervisor_phone: NotRequired[str]
    start: Day
    end: Day
    task: str


class FreeDay(TypedDict):
    day: str
    name: str


class FreeDayRequest(TypedDict):
    day: Day
    name: str


class FreeDays(TypedDict):
    days: list[FreeDay]


class FreeDaysRequest(TypedDict):
    days: list[FreeDayRequest]


class GeneralReport(TypedDict):
    id: int
    enrolment: int
    student_name: str
    title: str
    acknowledgements: str
    introduction: str
    company_overview: str
    objectives: str
    methodology: str
    achievements: str
    skills: str
    challenges: str
    recommendations: str
    conclusion: str
    completeness: int
    reason: str
    submitted_at: str | None
    approved_at: str | None
    state: ReportStateEnum
    version: int


class Going(TypedDict):
    title: str
    moving: int
    staying: int


class HandOverRequest(TypedDict):
    email: str
    name: NotRequired[str]
    reason: str


class Help(TypedDict):
    consented: bool
    offered: bool
    leaves: bool
    model: str
    used_today: int
    most_a_day: int


class HelpDraft(TypedDict):
    id: int
    purpose: HelpDraftPurposeEnum
    place: str
    key: int | None
    title: str
    outcome: OutcomeEnum
    decision: DecisionEnum
    why: str
    before: dict[str, str]
    after: dict[str, str]
    notes: list[str]
    partial: str
    tokens_in: int
    tokens_out: int
    created_at: str
    finished_at: str | None


class History(TypedDict):
    id: int
    target_label: str
    target_id: int
    action: str
    source: str
    target: str
    actor_name: str
    via: str
    reason: str
    department: int | None
    at: str


class HostBodyRequest(TypedDict):
    company: int
    first_day: Day
    reason: str


class HostFeedback(TypedDict):
    id: int
    placement: int
    company: int
    again: bool
    places: int | None
    comment: str
    updated_at: str


class HostRating(TypedDict):
    id: int
    placement: int
    company: int
    stars: int
    would_recommend: bool
    comment: str
    updated_at: str


class Import(TypedDict):
    id: int
    kind: str
    cohort: int | None
    file_name: str
    sha256: str
    encoding: str
    headers: list[str]
    counts: dict[str, int]
    message: str
    refusal_code: str
    job: int | None
    created_at: str
    applied_at: str | None
    state: ImportStateEnum


class LineProblem(TypedDict):
    column: str
    message: str


class ImportRow(TypedDict):
    id: int
    batch: int
    line: int
    values: dict[str, str]
    status: ImportRowStatusEnum
    problems: list[LineProblem]
    changes: dict[str, list[str]]


class ImportSchedule(TypedDict):
    id: int
    kind: str
    cohort: int | None
    place: str
    rhythm: RhythmEnum
    applies: bool
    is_active: bool
    looked_at: str | None
    next_at: str
    message: str
    created_at: str


class InterviewRequest(TypedDict):
    at: Moment
    place: str
    minutes: NotRequired[int]


class IntoRequest(TypedDict):
    into: int


class InvitedRequest(TypedDict):
    email: str
    kind: MemberKindEnum
    full_name: NotRequired[str]
    title: NotRequired[str]


class Issued(TypedDict):
    id: int
    code: str
    kind: IssuedKindEnum
    form: str
    enrolment: int
    student_name: str
    placement: int | None
    week_start: str | None
    sha256: str
    confirmed_at: str | None
    entry_count: int
    validated_count: int
    created_at: str
    withdrawn_at: str | None
    reason: str
    state: IssuedStateEnum
    version: int


class Job(TypedDict):
    id: int
    kind: str
    title: str
    state: JobStateEnum
    done_count: int
    total_count: int
    message: str
    error: str
    created_at: str
    finished_at: str | None


class KeepRequest(TypedDict):
    keep: NotRequired[bool]


class KeptNotes(TypedDict):
    notes: str


class Letter(TypedDict):
    id: int
    enrolment: int
    student_name: str
    company_name: str
    address: str
    language: str
    code: str
    sha256: str
    problem: str
    issued_at: str | None
    reason: str
    created_at: str
    state: LetterStateEnum
    version: int


class LogHelpRequest(TypedDict):
    field: NotRequired[LogHelpFieldEnum]
    purpose: LogHelpPurposeEnum


class Logbook(TypedDict):
    id: int
    student_name: str
    company_name: str
    start: str
    end: str
    state: PlacementStateEnum


class LoginRequest(TypedDict):
    email: NotRequired[str]
    username: NotRequired[str]
    password: str
    code: NotRequired[str]


class MadeVisitRequest(TypedDict):
    done_on: Day
    report: str


class Sample(TypedDict):
    person: str
    subject: str
    text: str


class MailPreview(TypedDict):
    total: int
    counts: dict[str, int]
    samples: list[Sample]


class Refused(TypedDict):
    id: int
    code: str
    message: str


class ManyMoved(TypedDict):
    moved: list[int]
    refused: list[Refused]


class ManyRequest(TypedDict):
    ids: list[int]
    reason: NotRequired[str]


class MarkRule(TypedDict):
    id: int
    cohort: int
    kind: MarkRuleKindEnum
    limit: float


class Part(TypedDict):
    title: str
    weight: int
    mark: float | None
    is_required: bool


class Work(TypedDict):
    hours: float
    required_hours: int
    visits: int
    open_days: int


class Marks(TypedDict):
    id: int
    student_name: str
    cohort: int
    parts: list[Part]
    work: Work
    status: MarksStatusEnum
    mark: float | None
    reasons: list[str]


class MarksExportRequest(TypedDict):
    cohort: int
    format: NotRequired[FormatEnum]


class Words(TypedDict):
    subject: str
    text: str


class MassMail(TypedDict):
    id: int
    author: int
    audience: str
    subject: str
    text: str
    translations: dict[str, Words]
    job: int | None
    created_at: str
    sent_at: str | None
    state: MassMailStateEnum
    version: int


class Matched(TypedDict):
    id: int
    enrolment: int
    company: int
    start: str
    end: str
    state: PlacementStateEnum


class Me(TypedDict):
    id: int
    username: str
    first_name: str
    last_name: str
    full_name: str
    email: str
    phone: str
    language: str
    notice_frequency: NoticeFrequencyEnum
    roles: list[str]
    studies: Studies | None


class Member(TypedDict):
    id: int
    company: int
    name: str
    email: str
    kind: MemberKindEnum
    title: str
    is_active: bool
    invited_at: str | None


class Merger(TypedDict):
    id: int
    kept: int
    kept_name: str
    merged: int
    merged_name: str
    source: CompanyStateEnum
    created_at: str
    undone_at: str | None


class MoveRequest(TypedDict):
    reason: NotRequired[str]
    version: NotRequired[int]


class NewAbsenceRequest(TypedDict):
    enrolment: NotRequired[int]
    day: Day
    reason: ReasonEnum
    note: NotRequired[str]
    hours_to_make_up: NotRequired[float]


class NewAgreementRequest(TypedDict):
    number: NotRequired[str]
    signed_on: Day
    expires_on: Day
    note: NotRequired[str]
    file: NotRequired[Upload]
    company: int


class NewApplicationRequest(TypedDict):
    resume: int
    cover_letter: NotRequired[str]
    vacancy: int


class NewArrivalRequest(TypedDict):
    arrived_on: Day
    supervisor_name: str
    supervisor_email: NotRequired[str]
    supervisor_phone: NotRequired[str]


class NewAttachmentRequest(TypedDict):
    file: Upload


class NewCaseRequest(TypedDict):
    kind: PriorityKindEnum
    reason: str
    round: int
    enrolment: int


class NewCompanyRequest(TypedDict):
    name: str
    registration_no: NotRequired[str]
    industry_type: NotRequired[IndustryTypeEnum]
    description: NotRequired[str]
    address: NotRequired[str]
    region: NotRequired[str]
    country: NotRequired[str]
    contact_person: NotRequired[str]
    phone: NotRequired[str]
    email: NotRequired[str]
    hr_email: NotRequired[str]
    website: NotRequired[str]
    established_year: NotRequired[int | None]
    department: NotRequired[int]


class NewDayRequest(TypedDict):
    text: NotRequired[str]
    hours: NotRequired[float]
    skills: NotRequired[list[str]]
    enrolment: NotRequired[int]
    placement: NotRequired[int]
    day: NotRequired[Day]
    log_date: NotRequired[Day]
    content: NotRequired[str]
    attachment: NotRequired[Upload]
    location_data: NotRequired[str]
    submit: NotRequired[bool | None]


class NewEnrolmentRequest(TypedDict):
    first_name: str
    middle_name: NotRequired[str]
    last_name: str
    gender: NotRequired[GenderEnum | BlankEnum]
    email: NotRequired[str]
    phone: NotRequired[str]
    programme: int
    year_of_study: NotRequired[int | None]
    region_preference: NotRequired[str]
    special_need: NotRequired[str]
    cohort: int
    reg_no: str


class NewErasureRequest(TypedDict):
    person: int


class NewImportRequest(TypedDict):
    kind: ExportKindEnum
    cohort: NotRequired[int | None]
    file: Upload


class NewImportScheduleRequest(TypedDict):
    kind: ExportKindEnum
    cohort: NotRequired[int | None]
    rhythm: NotRequired[RhythmEnum]
    applies: NotRequired[bool]


class NewLetterRequest(TypedDict):
    enrolment: int
    company_name: NotRequired[str]
    address: NotRequired[str]
    language: NotRequired[LanguageEnum]


class NewMarkRuleRequest(TypedDict):
    limit: float
    cohort: int
    kind: MarkRuleKindEnum


class NewNoteRequest(TypedDict):
    about: AboutEnum
    key: int
    text: str


class NewOfferRequest(TypedDict):
    round: int
    company: int
    vacancy: NotRequired[int | None]
    places: int


class NewPlacementRequest(TypedDict):
    start: NotRequired[Day]
    end: NotRequired[Day]
    share: NotRequired[int]
    site_address: NotRequired[str]
    task: NotRequired[str]
    enrolment: int
    company: int


class NewQuestionRequest(TypedDict):
    kind: NotRequired[QuestionKindEnum]
    label: str
    label_sw: NotRequired[str]
    label_ar: NotRequired[str]
    steps: NotRequired[list[str]]
    most: NotRequired[int]
    weight: NotRequired[int]
    is_required: NotRequired[bool]


class NewReportRequest(TypedDict):
    title: NotRequired[str]
    enrolment: int
    acknowledgements: NotRequired[str]
    introduction: NotRequired[str]
    company_overview: NotRequired[str]
    objectives: NotRequired[str]
    methodology: NotRequired[str]
    achievements: NotRequired[str]
    skills: NotRequired[str]
    challenges: NotRequired[str]
    recommendations: NotRequired[str]
    conclusion: NotRequired[str]


class NewResumeRequest(TypedDict):
    file: Upload


class NewRoundRequest(TypedDict):
    title: str
    opens_on: Day
    closes_on: Day
    publish_on: NotRequired[Day | None]
    most_wishes: NotRequired[int]
    host_cap: NotRequired[int | None]
    department_cap: NotRequired[int | None]
    fills_up: NotRequired[bool]
    uses_meaning: NotRequired[bool]
    students_confirm: NotRequired[bool]
    allows_pairs: NotRequired[bool]
    cohort: int


class NewRubricRequest(TypedDict):
    title: str
    weight: NotRequired[int]
    is_required: NotRequired[bool]
    zero_below: NotRequired[float | None]
    days_before_end: NotRequired[int]
    cohort: int
    kind: AssessmentKindEnum


class NewRunRequest(TypedDict):
    way: NotRequired[AllocationWayEnum]
    seed: NotRequired[int]


class NewSearchRequest(TypedDict):
    words: NotRequired[str]
    work_mode: NotRequired[WorkModeEnum | BlankEnum]
    work_type: NotRequired[WorkTypeEnum | BlankEnum]
    sector: NotRequired[IndustryTypeEnum | BlankEnum]


class NewSnippetRequest(TypedDict):
    text: str
    circle: NotRequired[str]


class NewTemplateRequest(TypedDict):
    kind: TemplateKindEnum
    name: str
    department: NotRequired[int | None]
    cohort: NotRequired[int | None]
    file: NotRequired[Upload]
    layout: NotRequired[str]


class NewTokenRequest(TypedDict):
    name: str
    scopes: list[ScopesEnum]
    expires_at: Moment


class NewVacancyRequest(TypedDict):
    title: str
    short_description: NotRequired[str]
    description: str
    location: str
    deadline: Day
    work_mode: NotRequired[WorkModeEnum]
    work_type: NotRequired[WorkTypeEnum]
    places: NotRequired[int]
    skills: NotRequired[list[str]]
    programmes: NotRequired[list[int]]
    years: NotRequired[list[YearsEnum]]
    phase: NotRequired[str]
    company: int


class NewVisitRequest(TypedDict):
    placement: int
    planned_on: Day
    visitor: NotRequired[int]


class NewWebhookRequest(TypedDict):
    name: str
    url: str
    events: list[EventsEnum]


class StepRequest(TypedDict):
    description: str
    tools: NotRequired[str]


class NewWeekRequest(TypedDict):
    summary: NotRequired[str]
    main_job_title: NotRequired[str]
    main_job_detail: NotRequired[str]
    operations: NotRequired[list[StepRequest]]
    enrolment: NotRequired[int]
    week_start: Day


class Note(TypedDict):
    id: int
    about: str
    key: int
    enrolment: int | None
    company: int | None
    text: str
    author: int | None
    author_name: str
    created_at: str
    may_delete: bool


class NotesRequest(TypedDict):
    notes: str


class Notice(TypedDict):
    id: int
    kind: str
    sentence: str
    url: str
    created_at: str
    read_at: str | None


class Offer(TypedDict):
    id: int
    round: int
    company: int
    company_name: str
    vacancy: int | None
    vacancy_title: str
    places: int


class Operation(TypedDict):
    id: int
    number: int
    description: str
    tools: str


class OutboxTask(TypedDict):
    id: int
    kind: str
    state: OutboxTaskStateEnum
    attempts: int
    not_before: str
    last_error: str
    created_at: str
    done_at: str | None


class Person(TypedDict):
    id: int
    username: str
    full_name: str
    email: str
    phone: str
    is_active: bool


class Placement(TypedDict):
    id: int
    enrolment: int
    student_name: str
    company: int
    company_name: str
    origin: OriginEnum
    start: str
    end: str
    share: int
    site_address: str
    arrived_on: str | None
    state: PlacementStateEnum
    version: int


class Portfolio(TypedDict):
    id: int
    enrolment: int
    title: str
    about: str
    shows_hours: bool
    skills: list[str]
    weeks: list[int]
    assessments: list[int]
    files: list[int]


class PriorityCase(TypedDict):
    id: int
    round: int
    enrolment: int
    student_name: str
    kind: PriorityKindEnum
    reason: str
    state: PriorityStateEnum
    answered_at: str | None


class Programme(TypedDict):
    id: int
    department: int
    code: str
    name: str


class Ranking(TypedDict):
    id: int
    round: int
    enrolment: int
    student_name: str
    wishes: list[int]
    draft: list[int]
    region: str
    confirmed_at: str | None


class Resume(TypedDict):
    id: int
    original_name: str
    size: int
    sha256: str
    page_count: int
    extraction: ExtractionEnum
    quality: str
    created_at: str


class Round(TypedDict):
    id: int
    cohort: int
    title: str
    opens_on: str
    closes_on: str
    publish_on: str | None
    most_wishes: int
    host_cap: int | None
    department_cap: int | None
    fills_up: bool
    uses_meaning: bool
    students_confirm: bool
    allows_pairs: bool
    is_open: bool


class Question(TypedDict):
    id: int
    number: int
    kind: QuestionKindEnum
    question: str
    steps: list[str]
    best: int
    weight: int
    is_required: bool


class Rubric(TypedDict):
    id: int
    cohort: int
    kind: AssessmentKindEnum
    title: str
    weight: int
    is_required: bool
    zero_below: float | None
    days_before_end: int
    questions: list[Question]


class Run(TypedDict):
    id: int
    round: int
    cohort: int
    title: str
    way: AllocationWayEnum
    seed: int
    rules: dict[str, Any]
    digest: str
    result: dict[str, Any]
    job: int | None
    publish_on: str | None
    solved_at: str | None
    published_at: str | None
    state: AllocationStateEnum
    version: int


class SavedSearch(TypedDict):
    id: int
    title: str
    words: str
    work_mode: WorkModeEnum | BlankEnum
    work_type: WorkTypeEnum | BlankEnum
    sector: IndustryTypeEnum | BlankEnum
    seen_until: str
    created_at: str


class ServiceToken(TypedDict):
    id: int
    name: str
    scopes: list[str]
    hint: str
    created_by: int | None
    created_at: str
    expires_at: str
    last_used_at: str | None
    revoked_at: str | None


class Snippet(TypedDict):
    id: int
    owner_name: str
    text: str
    circle: str


class Staff(TypedDict):
    id: int
    user: int
    staff_no: str
    name: str
    email: str
    department: int
    supervises: bool


class Template(TypedDict):
    id: int
    department: int | None
    cohort: int | None
    kind: TemplateKindEnum
    name: str
    number: int
    places: list[str]
    tried_at: str | None
    published_at: str | None
    state: TemplateStateEnum
    version: int


class Vacancy(TypedDict):
    id: int
    company: int
    company_name: str
    title: str
    short_description: str
    description: str
    location: str
    deadline: str
    work_mode: WorkModeEnum
    work_type: WorkTypeEnum
    places: int
    places_left: int
    state: VacancyStateEnum
    version: int


class Visit(TypedDict):
    id: int
    placement: int
    student_name: str
    visitor: int
    planned_on: str
    done_on: str | None
    report: str


class Webhook(TypedDict):
    id: int
    name: str
    url: str
    events: list[str]
    is_active: bool
    created_by: int | None
    created_at: str
    last_sent_at: str | None
    last_problem: str


class WeeklyReport(TypedDict):
    id: int
    enrolment: int
    student_name: str
    placement: int | None
    number: int
    week_start: str
    summary: str
    main_job_title: str
    main_job_detail: str
    operations: list[Operation]
    host_comment: str
    reason: str
    state: ChainStateEnum
    version: int


class PaperBodyRequest(TypedDict):
    kind: AgreementKindEnum
    language: NotRequired[LanguageEnum]
    send: NotRequired[bool]


class PartiesRequest(TypedDict):
    parties: NotRequired[list[PartyEnum]]


class PatchedAgreementBodyRequest(TypedDict):
    number: NotRequired[str]
    signed_on: NotRequired[Day]
    expires_on: NotRequired[Day]
    note: NotRequired[str]
    file: NotRequired[Upload]


class PatchedAnswersRequest(TypedDict):
    answers: NotRequired[dict[str, str]]
    comment: NotRequired[str]


class PatchedApplicationBodyRequest(TypedDict):
    resume: NotRequired[int]
    cover_letter: NotRequired[str]


class PatchedChangedAllotmentRequest(TypedDict):
    offer: NotRequired[int | None]
    reason: NotRequired[str]


class PatchedChangedOfferRequest(TypedDict):
    places: NotRequired[int]


class PatchedChangedPlacementRequest(TypedDict):
    start: NotRequired[Day]
    end: NotRequired[Day]
    share: NotRequired[int]
    site_address: NotRequired[str]
    task: NotRequired[str]
    reason: NotRequired[str]


class PatchedChosenRequest(TypedDict):
    usual: NotRequired[NoticeFrequencyEnum]
    kinds: NotRequired[dict[str, Literal["at_once", "daily", "weekly", "never", ""]]]


class PatchedCohortBodyRequest(TypedDict):
    department: NotRequired[int]
    name: NotRequired[str]
    phase: NotRequired[str]
    start: NotRequired[Day]
    end: NotRequired[Day]
    working_days: NotRequired[list[int]]
    country: NotRequired[str]
    required_hours: NotRequired[int]
    latest_day_back: NotRequired[int]
    min_hours: NotRequired[float]
    max_hours: NotRequired[float]
    deputy_after_days: NotRequired[int]
    coordinator_after_days: NotRequired[int]
    is_open: NotRequired[bool]
    self_found_allowed: NotRequired[bool]
    letters_at_once: NotRequired[bool]
    one_place_closes_others: NotRequired[bool]
    ai_enabled: NotRequired[bool]
    location_hint: NotRequired[bool]
    publication_date: NotRequired[Day | None]


class PatchedCompanyBodyRequest(TypedDict):
    name: NotRequired[str]
    registration_no: NotRequired[str]
    industry_type: NotRequired[IndustryTypeEnum]
    description: NotRequired[str]
    address: NotRequired[str]
    region: NotRequired[str]
    country: NotRequired[str]
    contact_person: NotRequired[str]
    phone: NotRequired[str]
    email: NotRequired[str]
    hr_email: NotRequired[str]
    website: NotRequired[str]
    established_year: NotRequired[int | None]


class PatchedDayBodyRequest(TypedDict):
    text: NotRequired[str]
    hours: NotRequired[float]
    skills: NotRequired[list[str]]


class PatchedDepartmentBodyRequest(TypedDict):
    code: NotRequired[str]
    name: NotRequired[str]
    faculty: NotRequired[str]


class PatchedEnrolmentBodyRequest(TypedDict):
    first_name: NotRequired[str]
    middle_name: NotRequired[str]
    last_name: NotRequired[str]
    gender: NotRequired[GenderEnum | BlankEnum]
    email: NotRequired[str]
    phone: NotRequired[str]
    programme: NotRequired[int]
    year_of_study: NotRequired[int | None]
    region_preference: NotRequired[str]
    special_need: NotRequired[str]
    is_active: NotRequired[bool]


class PatchedFactsRequest(TypedDict):
    skills: NotRequired[list[str]]
    degrees: NotRequired[list[str]]
    experience: NotRequired[list[str]]
    emails: NotRequired[list[str]]
    phones: NotRequired[list[str]]
    links: NotRequired[list[str]]


class PatchedMarkRuleBodyRequest(TypedDict):
    limit: NotRequired[float]


class PatchedMeBodyRequest(TypedDict):
    first_name: NotRequired[str]
    last_name: NotRequired[str]
    phone: NotRequired[str]
    language: NotRequired[LanguageEnum]
    notice_frequency: NotRequired[NoticeFrequencyEnum]


class PatchedMovedVisitRequest(TypedDict):
    planned_on: NotRequired[Day]
    visitor: NotRequired[int]


class PatchedNewSnippetRequest(TypedDict):
    text: NotRequired[str]
    circle: NotRequired[str]


class PatchedPersonChangesRequest(TypedDict):
    first_name: NotRequired[str]
    last_name: NotRequired[str]
    email: NotRequired[str]
    phone: NotRequired[str]
    language: NotRequired[LanguageEnum]
    notice_frequency: NotRequired[NoticeFrequencyEnum]


class PatchedProgrammeBodyRequest(TypedDict):
    department: NotRequired[int]
    code: NotRequired[str]
    name: NotRequired[str]


class PatchedReportBodyRequest(TypedDict):
    title: NotRequired[str]
    acknowledgements: NotRequired[str]
    introduction: NotRequired[str]
    company_overview: NotRequired[str]
    objectives: NotRequired[str]
    methodology: NotRequired[str]
    achievements: NotRequired[str]
    skills: NotRequired[str]
    challenges: NotRequired[str]
    recommendations: NotRequired[str]
    conclusion: NotRequired[str]


class PatchedRoundBodyRequest(TypedDict):
    title: NotRequired[str]
    opens_on: NotRequired[Day]
    closes_on: NotRequired[Day]
    publish_on: NotRequired[Day | None]
    most_wishes: NotRequired[int]
    host_cap: NotRequired[int | None]
    department_cap: NotRequired[int | None]
    fills_up: NotRequired[bool]
    uses_meaning: NotRequired[bool]
    students_confirm: NotRequired[bool]
    allows_pairs: NotRequired[bool]


class PatchedRubricBodyRequest(TypedDict):
    title: NotRequired[str]
    weight: NotRequired[int]
    is_required: NotRequired[bool]
    zero_below: NotRequired[float | None]
    days_before_end: NotRequired[int]


class PatchedVacancyBodyRequest(TypedDict):
    title: NotRequired[str]
    short_description: NotRequired[str]
    description: NotRequired[str]
    location: NotRequired[str]
    deadline: NotRequired[Day]
    work_mode: NotRequired[WorkModeEnum]
    work_type: NotRequired[WorkTypeEnum]
    places: NotRequired[int]
    skills: NotRequired[list[str]]
    programmes: NotRequired[list[int]]
    years: NotRequired[list[YearsEnum]]
    phase: NotRequired[str]


class PatchedVerdictRequest(TypedDict):
    status: NotRequired[VerdictStatusEnum]
    comments: NotRequired[str]
    skills_demonstrated: NotRequired[list[str]]


class PatchedWeekBodyRequest(TypedDict):
    summary: NotRequired[str]
    main_job_title: NotRequired[str]
    main_job_detail: NotRequired[str]
    operations: NotRequired[list[StepRequest]]


class PatchedWrittenMailRequest(TypedDict):
    subject: NotRequired[str]
    text: NotRequired[str]
    translations: NotRequired[dict[str, WordsRequest]]


class PersonBodyRequest(TypedDict):
    first_name: str
    last_name: str
    email: NotRequired[str]
    phone: NotRequired[str]


class PossibleMove(TypedDict):
    name: str
    label: str
    help: str
    danger: str
    needs_reason: bool
    target: str


class ProgrammeBodyRequest(TypedDict):
    department: int
    code: str
    name: str


class PublicationRequest(TypedDict):
    day: NotRequired[Day | None]


class PurposeUse(TypedDict):
    calls: int
    answered: int
    accepted: int
    failed: int
    people: int
    tokens: int
    cost: int
    purpose: str


class QuestionsRequest(TypedDict):
    questions: list[NewQuestionRequest]


class RatingBodyRequest(TypedDict):
    stars: int
    would_recommend: bool
    comment: NotRequired[str]


class Read(TypedDict):
    read: int


class ReadText(TypedDict):
    text: str
    facts: Facts


class ReasonRequest(TypedDict):
    reason: str


class RefreshRequest(TypedDict):
    refresh_token: str


class ReopenRequest(TypedDict):
    deadline: Day


class ReportHelpRequest(TypedDict):
    field: NotRequired[ReportHelpFieldEnum]
    purpose: ReportHelpPurposeEnum


class ResumeHelpRequest(TypedDict):
    field: NotRequired[ResumeHelpFieldEnum]
    purpose: ResumeHelpPurposeEnum


class Score(TypedDict):
    criterion: int
    name: str
    value: int


class Review(TypedDict):
    id: int
    application: int
    reviewer_name: str
    scores: list[Score]
    comment: str
    updated_at: str


class ReviewBodyRequest(TypedDict):
    scores: dict[str, int]
    comment: NotRequired[str]


class ScanRequest(TypedDict):
    file: Upload


class SharedRequest(TypedDict):
    days: DaysEnum
    label: NotRequired[str]


class SignRequest(TypedDict):
    name: str
    sha256: str


class Supervisor(TypedDict):
    id: int
    name: str
    kind: SupervisorKindEnum
    is_deputy: bool
    is_active: bool


class SupervisorBodyRequest(TypedDict):
    kind: SupervisorKindEnum
    email: str
    name: NotRequired[str]
    is_deputy: NotRequired[bool]


class TakenDay(TypedDict):
    id: int
    enrolment: int
    student_name: str
    placement: int | None
    day: str
    week_start: str
    text: str
    hours: float
    skills: list[str]
    host_comment: str
    reason: str
    submitted_at: str | None
    verified_at: str | None
    validated_at: str | None
    state: ChainStateEnum
    status: str
    version: int
    why_not: str


class TakenFieldsRequest(TypedDict):
    fields_taken: NotRequired[list[str]]


class Token(TypedDict):
    access_token: str
    token_type: str
    expires_in: int
    refresh_token: str


class TokenWithSecret(TypedDict):
    id: int
    name: str
    scopes: list[str]
    hint: str
    created_by: int | None
    created_at: str
    expires_at: str
    last_used_at: str | None
    revoked_at: str | None
    secret: str


class TriedRequest(TypedDict):
    placement: int


class Uses(TypedDict):
    days: int
    cohorts: list[CohortUse]
    purposes: list[PurposeUse]


class VacancyHelpRequest(TypedDict):
    field: NotRequired[VacancyHelpFieldEnum]
    purpose: VacancyHelpPurposeEnum


class WebhookWithKey(TypedDict):
    id: int
    name: str
    url: str
    events: list[str]
    is_active: bool
    created_by: int | None
    created_at: str
    last_sent_at: str | None
    last_problem: str
    key: str


class WeekHelpRequest(TypedDict):
    field: NotRequired[WeekHelpFieldEnum]
    purpose: WeekHelpPurposeEnum


class WishesRequest(TypedDict):
    wishes: list[int]
    region: NotRequired[str]
    companion: NotRequired[str]
    confirm: NotRequired[bool]


class Client(Transport):
    """Every operation of the API, by the name that the description gives it."""

    def absences_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        day_from: Day | None = None,
        day_until: Day | None = None,
        enrolment: int | None = None,
        fields: str | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
        placement: int | None = None,
    ) -> Page[Absence]:
        """List them."""
        found: Page[Absence] = self.ask(
            "GET",
            "/api/v1/absences/",
            query={
                "after": after,
                "before": before,
                "day_from": day_from,
                "day_until": day_until,
                "enrolment": enrolment,
                "fields": fields,
                "ordering": ordering,
                "page_size": page_size,
                "placement": placement,
            },
        )
        return found

    def absences_create(self, body: NewAbsenceRequest, *, idempotency_key: str | None = None) -> Absence:
        """Enter one."""
        found: Absence = self.ask("POST", "/api/v1/absences/", body=body, idempotency_key=idempotency_key)
        return found

    def absences_retrieve(self, id: int, *, fields: str | None = None) -> Absence:
        """Read one."""
        found: Absence = self.ask("GET", f"/api/v1/absences/{id}/", query={"fields": fields})
        return found

    def absences_destroy(self, id: int, *, if_match: int | str | None = None) -> None:
        """Throw it away."""
        self.ask("DELETE", f"/api/v1/absences/{id}/", if_match=if_match)

    def agreements_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        code: str | None = None,
        cohort: int | None = None,
        company: int | None = None,
        fields: str | None = None,
        kind: str | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
        placement: int | None = None,
        state: str | None = None,
    ) -> Page[Agreement]:
        """List them."""
        found: Page[Agreement] = self.ask(
            "GET",
            "/api/v1/agreements/",
            query={
                "after": after,
                "before": before,
                "code": code,
                "cohort": cohort,
                "company": company,
                "fields": fields,
                "kind": kind,
                "ordering": ordering,
                "page_size": page_size,
                "placement": placement,
                "state": state,
            },
        )
        return found

    def agreement_bulk_send(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Send to be signed (many)."""
        found: ManyMoved = self.ask("POST", "/api/v1/agreements/bulk/send/", body=body, idempotency_key=idempotency_key)
        return found

    def agreement_bulk_withdraw(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Withdraw (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/agreements/bulk/withdraw/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def agreements_file_scan(self, body: ScanRequest, *, idempotency_key: str | None = None) -> Agreement:
        """File a scan under the paper whose code it shows."""
        found: Agreement = self.ask(
            "POST",
            "/api/v1/agreements/scans/",
            body=body,
            form=True,
            idempotency_key=idempotency_key,
        )
        return found

    def agreements_to_sign(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        page_size: int | None = None,
    ) -> Page[Agreement]:
        """What waits for one's signature."""
        found: Page[Agreement] = self.ask(
            "GET",
            "/api/v1/agreements/to-sign/",
            query={"after": after, "before": before, "page_size": page_size},
        )
        return found

    def agreements_retrieve(self, id: int, *, fields: str | None = None) -> Agreement:
        """Read one."""
        found: Agreement = self.ask("GET", f"/api/v1/agreements/{id}/", query={"fields": fields})
        return found

    def agreement_accept_scan(
        self,
        id: int,
        body: PartiesRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Agreement:
        """Say who has signed on paper."""
        found: Agreement = self.ask(
            "POST",
            f"/api/v1/agreements/{id}/accept-scan/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def agreements_file(self, id: int) -> File:
        """The PDF."""
        return self.fetch(f"/api/v1/agreements/{id}/file/")

    def agreement_make_again(
        self,
        id: int,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Agreement:
        """Make the file again."""
        found: Agreement = self.ask(
            "POST",
            f"/api/v1/agreements/{id}/make-again/",
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def agreement_moves(self, id: int) -> list[PossibleMove]:
        """What can be done now."""
        found: list[PossibleMove] = self.ask("GET", f"/api/v1/agreements/{id}/moves/")
        return found

    def agreements_scan(self, id: int) -> File:
        """The scan of the signed paper."""
        return self.fetch(f"/api/v1/agreements/{id}/scan/")

    def agreement_send(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Agreement:
        """Send to be signed."""
        found: Agreement = self.ask(
            "POST",
            f"/api/v1/agreements/{id}/send/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def agreement_sign(
        self,
        id: int,
        body: SignRequest,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Agreement:
        """Sign."""
        found: Agreement = self.ask(
            "POST",
            f"/api/v1/agreements/{id}/sign/",
            body=body,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def agreement_withdraw(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Agreement:
        """Withdraw."""
        found: Agreement = self.ask(
            "POST",
            f"/api/v1/agreements/{id}/withdraw/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def allocation_offers_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        company: int | None = None,
        fields: str | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
        region: str | None = None,
        round: int | None = None,
        vacancy: int | None = None,
    ) -> Page[Offer]:
        """List them."""
        found: Page[Offer] = self.ask(
            "GET",
            "/api/v1/allocation-offers/",
            query={
                "after": after,
                "before": before,
                "company": company,
                "fields": fields,
                "ordering": ordering,
                "page_size": page_size,
                "region": region,
                "round": round,
                "vacancy": vacancy,
            },
        )
        return found

    def allocation_offers_create(self, body: NewOfferRequest, *, idempotency_key: str | None = None) -> Offer:
        """Enter one."""
        found: Offer = self.ask("POST", "/api/v1/allocation-offers/", body=body, idempotency_key=idempotency_key)
        return found

    def allocation_offers_retrieve(self, id: int, *, fields: str | None = None) -> Offer:
        """Read one."""
        found: Offer = self.ask("GET", f"/api/v1/allocation-offers/{id}/", query={"fields": fields})
        return found

    def allocation_offers_partial_update(
        self,
        id: int,
        body: PatchedChangedOfferRequest | None = None,
        *,
        if_match: int | str | None = None,
    ) -> Offer:
        """Change what is sent."""
        found: Offer = self.ask("PATCH", f"/api/v1/allocation-offers/{id}/", body=body or {}, if_match=if_match)
        return found

    def allocation_offers_destroy(self, id: int, *, if_match: int | str | None = None) -> None:
        """Throw it away."""
        self.ask("DELETE", f"/api/v1/allocation-offers/{id}/", if_match=if_match)

    def allocation_rounds_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        cohort: int | None = None,
        fields: str | None = None,
        open_from: Day | None = None,
        open_until: Day | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
    ) -> Page[Round]:
        """List them."""
        found: Page[Round] = self.ask(
            "GET",
            "/api/v1/allocation-rounds/",
            query={
                "after": after,
                "before": before,
                "cohort": cohort,
                "fields": fields,
                "open_from": open_from,
                "open_until": open_until,
                "ordering": ordering,
                "page_size": page_size,
            },
        )
        return found

    def allocation_rounds_create(self, body: NewRoundRequest, *, idempotency_key: str | None = None) -> Round:
        """Enter one."""
        found: Round = self.ask("POST", "/api/v1/allocation-rounds/", body=body, idempotency_key=idempotency_key)
        return found

    def allocation_rounds_retrieve(self, id: int, *, fields: str | None = None) -> Round:
        """Read one."""
        found: Round = self.ask("GET", f"/api/v1/allocation-rounds/{id}/", query={"fields": fields})
        return found

    def allocation_rounds_partial_update(
        self,
        id: int,
        body: PatchedRoundBodyRequest | None = None,
        *,
        if_match: int | str | None = None,
    ) -> Round:
        """Change what is sent."""
        found: Round = self.ask("PATCH", f"/api/v1/allocation-rounds/{id}/", body=body or {}, if_match=if_match)
        return found

    def allocation_rounds_destroy(self, id: int, *, if_match: int | str | None = None) -> None:
        """Throw it away."""
        self.ask("DELETE", f"/api/v1/allocation-rounds/{id}/", if_match=if_match)

    def rounds_ask_to_come_first(
        self,
        id: int,
        body: AskRequest,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> PriorityCase:
        """Ask to come before others."""
        found: PriorityCase = self.ask(
            "POST",
            f"/api/v1/allocation-rounds/{id}/ask-to-come-first/",
            body=body,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def rounds_run(
        self,
        id: int,
        body: NewRunRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Run:
        """Start a run."""
        found: Run = self.ask(
            "POST",
            f"/api/v1/allocation-rounds/{id}/run/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def rounds_take_capacities(
        self,
        id: int,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Count:
        """Offer what companies have told."""
        found: Count = self.ask(
            "POST",
            f"/api/v1/allocation-rounds/{id}/take-capacities/",
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def rounds_take_vacancies(
        self,
        id: int,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Count:
        """Offer what is left of active vacancies."""
        found: Count = self.ask(
            "POST",
            f"/api/v1/allocation-rounds/{id}/take-vacancies/",
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def rounds_wish(self, id: int, body: WishesRequest) -> Ranking:
        """Say where one wants to go."""
        found: Ranking = self.ask("PUT", f"/api/v1/allocation-rounds/{id}/wishes/", body=body)
        return found

    def allocation_runs_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        cohort: int | None = None,
        fields: str | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
        round: int | None = None,
        state: str | None = None,
        way: str | None = None,
    ) -> Page[Run]:
        """List them."""
        found: Page[Run] = self.ask(
            "GET",
            "/api/v1/allocation-runs/",
            query={
                "after": after,
                "before": before,
                "cohort": cohort,
                "fields": fields,
                "ordering": ordering,
                "page_size": page_size,
                "round": round,
                "state": state,
                "way": way,
            },
        )
        return found

    def allocationrun_bulk_discard(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Discard (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/allocation-runs/bulk/discard/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def allocation_runs_retrieve(self, id: int, *, fields: str | None = None) -> Run:
        """Read one."""
        found: Run = self.ask("GET", f"/api/v1/allocation-runs/{id}/", query={"fields": fields})
        return found

    def allocationrun_discard(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Run:
        """Discard."""
        found: Run = self.ask(
            "POST",
            f"/api/v1/allocation-runs/{id}/discard/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def allocationrun_moves(self, id: int) -> list[PossibleMove]:
        """What can be done now."""
        found: list[PossibleMove] = self.ask("GET", f"/api/v1/allocation-runs/{id}/moves/")
        return found

    def allocationrun_publish(
        self,
        id: int,
        body: PublicationRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Run:
        """Publish."""
        found: Run = self.ask(
            "POST",
            f"/api/v1/allocation-runs/{id}/publish/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def allotments_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        by_hand: bool | None = None,
        fields: str | None = None,
        is_waiting: bool | None = None,
        offer: int | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
        run: int | None = None,
    ) -> Page[Allotment]:
        """List them."""
        found: Page[Allotment] = self.ask(
            "GET",
            "/api/v1/allotments/",
            query={
                "after": after,
                "before": before,
                "by_hand": by_hand,
                "fields": fields,
                "is_waiting": is_waiting,
                "offer": offer,
                "ordering": ordering,
                "page_size": page_size,
                "run": run,
            },
        )
        return found

    def allotments_retrieve(self, id: int, *, fields: str | None = None) -> Allotment:
        """Read one."""
        found: Allotment = self.ask("GET", f"/api/v1/allotments/{id}/", query={"fields": fields})
        return found

    def allotments_partial_update(
        self,
        id: int,
        body: PatchedChangedAllotmentRequest | None = None,
        *,
        if_match: int | str | None = None,
    ) -> Allotment:
        """Change what is sent."""
        found: Allotment = self.ask("PATCH", f"/api/v1/allotments/{id}/", body=body or {}, if_match=if_match)
        return found

    def amendments_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        company: int | None = None,
        fields: str | None = None,
        kind: str | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
        placement: int | None = None,
        state: str | None = None,
    ) -> Page[Amendment]:
        """List them."""
        found: Page[Amendment] = self.ask(
            "GET",
            "/api/v1/amendments/",
            query={
                "after": after,
                "before": before,
                "company": company,
                "fields": fields,
                "kind": kind,
                "ordering": ordering,
                "page_size": page_size,
                "placement": placement,
                "state": state,
            },
        )
        return found

    def amendments_retrieve(self, id: int, *, fields: str | None = None) -> Amendment:
        """Read one."""
        found: Amendment = self.ask("GET", f"/api/v1/amendments/{id}/", query={"fields": fields})
        return found

    def analytics_coordinator_dashboard(self, *, cohort: int | None = None) -> Dashboard:
        """Figures of what one coordinates."""
        found: Dashboard = self.ask("GET", "/api/v1/analytics/coordinator-dashboard/", query={"cohort": cohort})
        return found

    def analytics_figures(
        self,
        *,
        by: Literal["cohort", "department", "region", "sector"] | None = None,
        cohort: int | None = None,
        compare: Literal["before", "year"] | None = None,
        department: int | None = None,
        end: Day | None = None,
        region: str | None = None,
        sector: Literal["AUTOMOTIVE", "CONSTRUCTION", "ENERGY", "MANUFACTURING", "OTHER", "TECHNOLOGY", "TELECOMMUNICATIONS"] | None = None,
        start: Day | None = None,
    ) -> Figures:
        """Every measure, by group."""
        found: Figures = self.ask(
            "GET",
            "/api/v1/analytics/figures/",
            query={
                "by": by,
                "cohort": cohort,
                "compare": compare,
                "department": department,
                "end": end,
                "region": region,
                "sector": sector,
                "start": start,
            },
        )
        return found

    def analytics_figures_file(
        self,
        ending: str,
        *,
        by: Literal["cohort", "department", "region", "sector"] | None = None,
        cohort: int | None = None,
        compare: Literal["before", "year"] | None = None,
        department: int | None = None,
        end: Day | None = None,
        region: str | None = None,
        sector: Literal["AUTOMOTIVE", "CONSTRUCTION", "ENERGY", "MANUFACTURING", "OTHER", "TECHNOLOGY", "TELECOMMUNICATIONS"] | None = None,
        start: Day | None = None,
    ) -> File:
        """The same as a file."""
        return self.fetch(
            f"/api/v1/analytics/figures/{ending}/",
            query={
                "by": by,
                "cohort": cohort,
                "compare": compare,
                "department": department,
                "end": end,
                "region": region,
                "sector": sector,
                "start": start,
            },
        )

    def analytics_behind(
        self,
        measure: Literal["again", "completion", "hours", "ratings", "recommended", "skills", "time-to-place", "verification", "ways-in"],
        *,
        by: Literal["cohort", "department", "region", "sector"] | None = None,
        cohort: int | None = None,
        compare: Literal["before", "year"] | None = None,
        department: int | None = None,
        end: Day | None = None,
        region: str | None = None,
        sector: Literal["AUTOMOTIVE", "CONSTRUCTION", "ENERGY", "MANUFACTURING", "OTHER", "TECHNOLOGY", "TELECOMMUNICATIONS"] | None = None,
        start: Day | None = None,
    ) -> Behind:
        """The placements that a measure counts."""
        found: Behind = self.ask(
            "GET",
            f"/api/v1/analytics/placements/{measure}/",
            query={
                "by": by,
                "cohort": cohort,
                "compare": compare,
                "department": department,
                "end": end,
                "region": region,
                "sector": sector,
                "start": start,
            },
        )
        return found

    def applications_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        cohort: int | None = None,
        company: int | None = None,
        fields: str | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
        since: Moment | None = None,
        state: str | None = None,
        student: int | None = None,
        vacancy: int | None = None,
    ) -> Page[Application]:
        """List them."""
        found: Page[Application] = self.ask(
            "GET",
            "/api/v1/applications/",
            query={
                "after": after,
                "before": before,
                "cohort": cohort,
                "company": company,
                "fields": fields,
                "ordering": ordering,
                "page_size": page_size,
                "since": since,
                "state": state,
                "student": student,
                "vacancy": vacancy,
            },
        )
        return found

    def applications_create(self, body: NewApplicationRequest, *, idempotency_key: str | None = None) -> Application:
        """Enter one."""
        found: Application = self.ask("POST", "/api/v1/applications/", body=body, idempotency_key=idempotency_key)
        return found

    def application_bulk_accept(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Accept (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/applications/bulk/accept/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def application_bulk_decline(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Decline the place (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/applications/bulk/decline/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def application_bulk_reject(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Reject (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/applications/bulk/reject/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def application_bulk_shortlist(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Shortlist (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/applications/bulk/shortlist/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def application_bulk_start_review(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Start review (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/applications/bulk/start-review/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def application_bulk_withdraw(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Withdraw (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/applications/bulk/withdraw/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def applications_retrieve(self, id: int, *, fields: str | None = None) -> Application:
        """Read one."""
        found: Application = self.ask("GET", f"/api/v1/applications/{id}/", query={"fields": fields})
        return found

    def applications_partial_update(
        self,
        id: int,
        body: PatchedApplicationBodyRequest | None = None,
        *,
        if_match: int | str | None = None,
    ) -> Application:
        """Change what is sent."""
        found: Application = self.ask("PATCH", f"/api/v1/applications/{id}/", body=body or {}, if_match=if_match)
        return found

    def application_accept(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Application:
        """Accept."""
        found: Application = self.ask(
            "POST",
            f"/api/v1/applications/{id}/accept/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def application_call_off_interview(
        self,
        id: int,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Application:
        """Call the interview off."""
        found: Application = self.ask(
            "POST",
            f"/api/v1/applications/{id}/call-off-interview/",
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def application_decline(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Application:
        """Decline the place."""
        found: Application = self.ask(
            "POST",
            f"/api/v1/applications/{id}/decline/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def applications_interview(self, id: int) -> File:
        """The interview for a calendar."""
        return self.fetch(f"/api/v1/applications/{id}/interview/")

    def application_match(
        self,
        id: int,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Matched:
        """Give an interviewed student the place."""
        found: Matched = self.ask(
            "POST",
            f"/api/v1/applications/{id}/match/",
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def application_moves(self, id: int) -> list[PossibleMove]:
        """What can be done now."""
        found: list[PossibleMove] = self.ask("GET", f"/api/v1/applications/{id}/moves/")
        return found

    def application_note(self, id: int, body: NotesRequest) -> KeptNotes:
        """Keep private notes of the company."""
        found: KeptNotes = self.ask("PUT", f"/api/v1/applications/{id}/notes/", body=body)
        return found

    def application_reject(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Application:
        """Reject."""
        found: Application = self.ask(
            "POST",
            f"/api/v1/applications/{id}/reject/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def application_resume_text(self, id: int) -> ReadText:
        """What was read from it."""
        found: ReadText = self.ask("GET", f"/api/v1/applications/{id}/resume-text/")
        return found

    def application_resume(self, id: int) -> File:
        """The applicant's PDF."""
        return self.fetch(f"/api/v1/applications/{id}/resume/")

    def application_review(self, id: int, body: ReviewBodyRequest) -> Review:
        """Keep one's own review."""
        found: Review = self.ask("PUT", f"/api/v1/applications/{id}/review/", body=body)
        return found

    def applications_reviews(self, id: int) -> list[Review]:
        """What the company's people say; to whom has not reviewed yet, nothing."""
        found: list[Review] = self.ask("GET", f"/api/v1/applications/{id}/reviews/")
        return found

    def application_schedule_interview(
        self,
        id: int,
        body: InterviewRequest,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Application:
        """Invite to an interview."""
        found: Application = self.ask(
            "POST",
            f"/api/v1/applications/{id}/schedule-interview/",
            body=body,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def application_shortlist(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Application:
        """Shortlist."""
        found: Application = self.ask(
            "POST",
            f"/api/v1/applications/{id}/shortlist/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def application_start_review(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Application:
        """Start review."""
        found: Application = self.ask(
            "POST",
            f"/api/v1/applications/{id}/start-review/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def application_withdraw(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Application:
        """Withdraw."""
        found: Application = self.ask(
            "POST",
            f"/api/v1/applications/{id}/withdraw/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def arrivals_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        company: int | None = None,
        fields: str | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
        placement: int | None = None,
        state: str | None = None,
    ) -> Page[ArrivalNote]:
        """List them."""
        found: Page[ArrivalNote] = self.ask(
            "GET",
            "/api/v1/arrivals/",
            query={
                "after": after,
                "before": before,
                "company": company,
                "fields": fields,
                "ordering": ordering,
                "page_size": page_size,
                "placement": placement,
                "state": state,
            },
        )
        return found

    def arrivalnote_bulk_allow_address(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Allow this supervisor (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/arrivals/bulk/allow-address/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def arrivalnote_bulk_confirm(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Confirm arrival (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/arrivals/bulk/confirm/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def arrivalnote_bulk_dispute(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """This is not right (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/arrivals/bulk/dispute/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def arrivalnote_bulk_refuse_address(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Refuse this supervisor (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/arrivals/bulk/refuse-address/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def arrivalnote_bulk_reopen(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Reopen (many)."""
        found: ManyMoved = self.ask("POST", "/api/v1/arrivals/bulk/reopen/", body=body, idempotency_key=idempotency_key)
        return found

    def arrivalnote_bulk_submit(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Send again (many)."""
        found: ManyMoved = self.ask("POST", "/api/v1/arrivals/bulk/submit/", body=body, idempotency_key=idempotency_key)
        return found

    def arrivals_retrieve(self, id: int, *, fields: str | None = None) -> ArrivalNote:
        """Read one."""
        found: ArrivalNote = self.ask("GET", f"/api/v1/arrivals/{id}/", query={"fields": fields})
        return found

    def arrivalnote_allow_address(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> ArrivalNote:
        """Allow this supervisor."""
        found: ArrivalNote = self.ask(
            "POST",
            f"/api/v1/arrivals/{id}/allow-address/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def arrivalnote_confirm(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> ArrivalNote:
        """Confirm arrival."""
        found: ArrivalNote = self.ask(
            "POST",
            f"/api/v1/arrivals/{id}/confirm/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def arrivalnote_dispute(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> ArrivalNote:
        """This is not right."""
        found: ArrivalNote = self.ask(
            "POST",
            f"/api/v1/arrivals/{id}/dispute/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def arrivals_document(self, id: int, *, format: Literal["docx", "pdf"] | None = None) -> File:
        """As a file."""
        return self.fetch(f"/api/v1/arrivals/{id}/document/", query={"format": format})

    def arrivalnote_moves(self, id: int) -> list[PossibleMove]:
        """What can be done now."""
        found: list[PossibleMove] = self.ask("GET", f"/api/v1/arrivals/{id}/moves/")
        return found

    def arrivalnote_refuse_address(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> ArrivalNote:
        """Refuse this supervisor."""
        found: ArrivalNote = self.ask(
            "POST",
            f"/api/v1/arrivals/{id}/refuse-address/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def arrivalnote_reopen(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> ArrivalNote:
        """Reopen."""
        found: ArrivalNote = self.ask(
            "POST",
            f"/api/v1/arrivals/{id}/reopen/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def arrivalnote_submit(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> ArrivalNote:
        """Send again."""
        found: ArrivalNote = self.ask(
            "POST",
            f"/api/v1/arrivals/{id}/submit/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def assessments_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        fields: str | None = None,
        kind: str | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
        placement: int | None = None,
        rubric: int | None = None,
        state: str | None = None,
    ) -> Page[Assessment]:
        """List them."""
        found: Page[Assessment] = self.ask(
            "GET",
            "/api/v1/assessments/",
            query={
                "after": after,
                "before": before,
                "fields": fields,
                "kind": kind,
                "ordering": ordering,
                "page_size": page_size,
                "placement": placement,
                "rubric": rubric,
                "state": state,
            },
        )
        return found

    def assessment_bulk_release(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Release (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/assessments/bulk/release/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def assessment_bulk_reopen(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Reopen (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/assessments/bulk/reopen/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def assessments_retrieve(self, id: int, *, fields: str | None = None) -> Assessment:
        """Read one."""
        found: Assessment = self.ask("GET", f"/api/v1/assessments/{id}/", query={"fields": fields})
        return found

    def assessments_partial_update(
        self,
        id: int,
        body: PatchedAnswersRequest | None = None,
        *,
        if_match: int | str | None = None,
    ) -> Assessment:
        """Change what is sent."""
        found: Assessment = self.ask("PATCH", f"/api/v1/assessments/{id}/", body=body or {}, if_match=if_match)
        return found

    def assessments_document(self, id: int, *, format: Literal["docx", "pdf"] | None = None) -> File:
        """As a file."""
        return self.fetch(f"/api/v1/assessments/{id}/document/", query={"format": format})

    def assessment_moves(self, id: int) -> list[PossibleMove]:
        """What can be done now."""
        found: list[PossibleMove] = self.ask("GET", f"/api/v1/assessments/{id}/moves/")
        return found

    def assessments_questions(self, id: int) -> list[Question]:
        """What is asked."""
        found: list[Question] = self.ask("GET", f"/api/v1/assessments/{id}/questions/")
        return found

    def assessment_release(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Assessment:
        """Release."""
        found: Assessment = self.ask(
            "POST",
            f"/api/v1/assessments/{id}/release/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def assessment_reopen(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Assessment:
        """Reopen."""
        found: Assessment = self.ask(
            "POST",
            f"/api/v1/assessments/{id}/reopen/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def assessment_submit(
        self,
        id: int,
        body: AnswersRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Assessment:
        """Send."""
        found: Assessment = self.ask(
            "POST",
            f"/api/v1/assessments/{id}/submit/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def attachments_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        day: Day | None = None,
        fields: str | None = None,
        log: int | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
    ) -> Page[Attachment]:
        """List them."""
        found: Page[Attachment] = self.ask(
            "GET",
            "/api/v1/attachments/",
            query={
                "after": after,
                "before": before,
                "day": day,
                "fields": fields,
                "log": log,
                "ordering": ordering,
                "page_size": page_size,
            },
        )
        return found

    def attachments_retrieve(self, id: int, *, fields: str | None = None) -> Attachment:
        """Read one."""
        found: Attachment = self.ask("GET", f"/api/v1/attachments/{id}/", query={"fields": fields})
        return found

    def attachments_destroy(self, id: int, *, if_match: int | str | None = None) -> None:
        """Throw it away."""
        self.ask("DELETE", f"/api/v1/attachments/{id}/", if_match=if_match)

    def attachments_file(self, id: int) -> File:
        """The file."""
        return self.fetch(f"/api/v1/attachments/{id}/file/")

    def auth_login(self, body: LoginRequest) -> Token:
        """Sign in."""
        found: Token = self.ask("POST", "/api/v1/auth/login/", body=body)
        return found

    def auth_logout_everywhere(self, *, idempotency_key: str | None = None) -> None:
        """Sign out everywhere."""
        self.ask("POST", "/api/v1/auth/logout-everywhere/", idempotency_key=idempotency_key)

    def auth_logout(self, *, idempotency_key: str | None = None) -> None:
        """Sign out."""
        self.ask("POST", "/api/v1/auth/logout/", idempotency_key=idempotency_key)

    def auth_refresh(self, body: RefreshRequest) -> Token:
        """Get the next tokens."""
        found: Token = self.ask("POST", "/api/v1/auth/refresh/", body=body)
        return found

    def batches_start(self, body: BatchRequest | None = None, *, idempotency_key: str | None = None) -> Job:
        """Start a zip of many students' documents."""
        found: Job = self.ask("POST", "/api/v1/batches/", body=body or {}, idempotency_key=idempotency_key)
        return found

    def bookmarks_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        deadline_from: Day | None = None,
        fields: str | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
        state: str | None = None,
    ) -> Page[Bookmark]:
        """List them."""
        found: Page[Bookmark] = self.ask(
            "GET",
            "/api/v1/bookmarks/",
            query={
                "after": after,
                "before": before,
                "deadline_from": deadline_from,
                "fields": fields,
                "ordering": ordering,
                "page_size": page_size,
                "state": state,
            },
        )
        return found

    def bookmarks_retrieve(self, id: int, *, fields: str | None = None) -> Bookmark:
        """Read one."""
        found: Bookmark = self.ask("GET", f"/api/v1/bookmarks/{id}/", query={"fields": fields})
        return found

    def bookmarks_destroy(self, id: int, *, if_match: int | str | None = None) -> None:
        """Throw it away."""
        self.ask("DELETE", f"/api/v1/bookmarks/{id}/", if_match=if_match)

    def cohorts_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        department: int | None = None,
        fields: str | None = None,
        ordering: Literal["-id", "id", "-start", "name"] | None = None,
        page_size: int | None = None,
        phase: str | None = None,
        runs_on_or_after: Day | None = None,
    ) -> Page[Cohort]:
        """List them."""
        found: Page[Cohort] = self.ask(
            "GET",
            "/api/v1/cohorts/",
            query={
                "after": after,
                "before": before,
                "department": department,
                "fields": fields,
                "ordering": ordering,
                "page_size": page_size,
                "phase": phase,
                "runs_on_or_after": runs_on_or_after,
            },
        )
        return found

    def cohorts_create(self, body: CohortBodyRequest, *, idempotency_key: str | None = None) -> Cohort:
        """Enter one."""
        found: Cohort = self.ask("POST", "/api/v1/cohorts/", body=body, idempotency_key=idempotency_key)
        return found

    def cohorts_retrieve(self, id: int, *, fields: str | None = None) -> Cohort:
        """Read one."""
        found: Cohort = self.ask("GET", f"/api/v1/cohorts/{id}/", query={"fields": fields})
        return found

    def cohorts_partial_update(
        self,
        id: int,
        body: PatchedCohortBodyRequest | None = None,
        *,
        if_match: int | str | None = None,
    ) -> Cohort:
        """Change what is sent."""
        found: Cohort = self.ask("PATCH", f"/api/v1/cohorts/{id}/", body=body or {}, if_match=if_match)
        return found

    def cohorts_destroy(self, id: int, *, if_match: int | str | None = None) -> None:
        """Throw it away."""
        self.ask("DELETE", f"/api/v1/cohorts/{id}/", if_match=if_match)

    def cohorts_copy(self, id: int, *, idempotency_key: str | None = None, if_match: int | str | None = None) -> Cohort:
        """Copy it to the next year."""
        found: Cohort = self.ask(
            "POST",
            f"/api/v1/cohorts/{id}/copy/",
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def cohorts_free_days(self, id: int) -> FreeDays:
        """Its own free days beside the public holidays."""
        found: FreeDays = self.ask("GET", f"/api/v1/cohorts/{id}/free-days/")
        return found

    def cohorts_save_free_days(self, id: int, body: FreeDaysRequest) -> FreeDays:
        """Put these in the place of its free days."""
        found: FreeDays = self.ask("PUT", f"/api/v1/cohorts/{id}/free-days/", body=body)
        return found

    def companies_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        fields: str | None = None,
        industry_type: str | None = None,
        ordering: Literal["-id", "id", "name", "-name"] | None = None,
        page_size: int | None = None,
        region: str | None = None,
        search: str | None = None,
        state: str | None = None,
    ) -> Page[Company]:
        """List them."""
        found: Page[Company] = self.ask(
            "GET",
            "/api/v1/companies/",
            query={
                "after": after,
                "before": before,
                "fields": fields,
                "industry_type": industry_type,
                "ordering": ordering,
                "page_size": page_size,
                "region": region,
                "search": search,
                "state": state,
            },
        )
        return found

    def companies_create(self, body: NewCompanyRequest, *, idempotency_key: str | None = None) -> Company:
        """Enter one."""
        found: Company = self.ask("POST", "/api/v1/companies/", body=body, idempotency_key=idempotency_key)
        return found

    def company_bulk_approve(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Approve (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/companies/bulk/approve/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def company_bulk_archive(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Archive (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/companies/bulk/archive/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def company_bulk_reject(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Reject (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/companies/bulk/reject/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def company_bulk_undo_merger_of_proposed(
        self,
        body: ManyRequest,
        *,
        idempotency_key: str | None = None,
    ) -> ManyMoved:
        """Undo the merger (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/companies/bulk/undo-merger-of-proposed/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def company_bulk_undo_merger(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Undo the merger (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/companies/bulk/undo-merger/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def companies_retrieve(self, id: int, *, fields: str | None = None) -> Company:
        """Read one."""
        found: Company = self.ask("GET", f"/api/v1/companies/{id}/", query={"fields": fields})
        return found

    def companies_partial_update(
        self,
        id: int,
        body: PatchedCompanyBodyRequest | None = None,
        *,
        if_match: int | str | None = None,
    ) -> Company:
        """Change what is sent."""
        found: Company = self.ask("PATCH", f"/api/v1/companies/{id}/", body=body or {}, if_match=if_match)
        return found

    def companies_destroy(self, id: int, *, if_match: int | str | None = None) -> None:
        """Throw it away."""
        self.ask("DELETE", f"/api/v1/companies/{id}/", if_match=if_match)

    def company_approve(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Company:
        """Approve."""
        found: Company = self.ask(
            "POST",
            f"/api/v1/companies/{id}/approve/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def company_archive(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Company:
        """Archive."""
        found: Company = self.ask(
            "POST",
            f"/api/v1/companies/{id}/archive/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def companies_contact(self, id: int) -> Contact:
        """How to reach it."""
        found: Contact = self.ask("GET", f"/api/v1/companies/{id}/contact/")
        return found

    def companies_look_alikes(self, id: int) -> list[Alike]:
        """Perhaps the same."""
        found: list[Alike] = self.ask("GET", f"/api/v1/companies/{id}/look-alikes/")
        return found

    def companies_members(self, id: int) -> list[Member]:
        """Its people."""
        found: list[Member] = self.ask("GET", f"/api/v1/companies/{id}/members/")
        return found

    def companies_invite_member(
        self,
        id: int,
        body: InvitedRequest,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Member:
        """Ask somebody to join the company."""
        found: Member = self.ask(
            "POST",
            f"/api/v1/companies/{id}/members/",
            body=body,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def companies_remove_member(self, id: int, row: str) -> None:
        """Take somebody out, or an invitation back."""
        self.ask("DELETE", f"/api/v1/companies/{id}/members/{row}/")

    def companies_merge(
        self,
        id: int,
        body: IntoRequest,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Merger:
        """Let another company stand for it too."""
        found: Merger = self.ask(
            "POST",
            f"/api/v1/companies/{id}/merge/",
            body=body,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def companies_preview_merger(self, id: int, row: str) -> list[Going]:
        """What would go over to another company."""
        found: list[Going] = self.ask("GET", f"/api/v1/companies/{id}/merge/{row}/")
        return found

    def company_moves(self, id: int) -> list[PossibleMove]:
        """What can be done now."""
        found: list[PossibleMove] = self.ask("GET", f"/api/v1/companies/{id}/moves/")
        return found

    def companies_places(self, id: int) -> Capacities:
        """Places for cohorts."""
        found: Capacities = self.ask("GET", f"/api/v1/companies/{id}/places/")
        return found

    def companies_save_places(self, id: int, body: CapacitiesRequest) -> Capacities:
        """Say how many trainees of which cohort it takes."""
        found: Capacities = self.ask("PUT", f"/api/v1/companies/{id}/places/", body=body)
        return found

    def company_reject(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Company:
        """Reject."""
        found: Company = self.ask(
            "POST",
            f"/api/v1/companies/{id}/reject/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def company_undo_merger_of_proposed(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Company:
        """Undo the merger."""
        found: Company = self.ask(
            "POST",
            f"/api/v1/companies/{id}/undo-merger-of-proposed/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def company_undo_merger(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Company:
        """Undo the merger."""
        found: Company = self.ask(
            "POST",
            f"/api/v1/companies/{id}/undo-merger/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def company_agreements_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        company: int | None = None,
        expires_by: Day | None = None,
        expires_from: Day | None = None,
        fields: str | None = None,
        ordering: Literal["-id", "id", "expires_on"] | None = None,
        page_size: int | None = None,
    ) -> Page[CompanyAgreement]:
        """List them."""
        found: Page[CompanyAgreement] = self.ask(
            "GET",
            "/api/v1/company-agreements/",
            query={
                "after": after,
                "before": before,
                "company": company,
                "expires_by": expires_by,
                "expires_from": expires_from,
                "fields": fields,
                "ordering": ordering,
                "page_size": page_size,
            },
        )
        return found

    def company_agreements_create(
        self,
        body: NewAgreementRequest,
        *,
        idempotency_key: str | None = None,
    ) -> CompanyAgreement:
        """Enter one."""
        found: CompanyAgreement = self.ask(
            "POST",
            "/api/v1/company-agreements/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def company_agreements_retrieve(self, id: int, *, fields: str | None = None) -> CompanyAgreement:
        """Read one."""
        found: CompanyAgreement = self.ask("GET", f"/api/v1/company-agreements/{id}/", query={"fields": fields})
        return found

    def company_agreements_partial_update(
        self,
        id: int,
        body: PatchedAgreementBodyRequest | None = None,
        *,
        if_match: int | str | None = None,
    ) -> CompanyAgreement:
        """Change what is sent."""
        found: CompanyAgreement = self.ask(
            "PATCH",
            f"/api/v1/company-agreements/{id}/",
            body=body or {},
            if_match=if_match,
        )
        return found

    def company_agreements_destroy(self, id: int, *, if_match: int | str | None = None) -> None:
        """Throw it away."""
        self.ask("DELETE", f"/api/v1/company-agreements/{id}/", if_match=if_match)

    def company_agreements_file(self, id: int) -> File:
        """The signed paper."""
        return self.fetch(f"/api/v1/company-agreements/{id}/file/")

    def credentials_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        cohort: int | None = None,
        fields: str | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
        placement: int | None = None,
        state: str | None = None,
    ) -> Page[Credential]:
        """List them."""
        found: Page[Credential] = self.ask(
            "GET",
            "/api/v1/credentials/",
            query={
                "after": after,
                "before": before,
                "cohort": cohort,
                "fields": fields,
                "ordering": ordering,
                "page_size": page_size,
                "placement": placement,
                "state": state,
            },
        )
        return found

    def credential_bulk_revoke(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Revoke (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/credentials/bulk/revoke/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def credentials_retrieve(self, id: int, *, fields: str | None = None) -> Credential:
        """Read one."""
        found: Credential = self.ask("GET", f"/api/v1/credentials/{id}/", query={"fields": fields})
        return found

    def credential_moves(self, id: int) -> list[PossibleMove]:
        """What can be done now."""
        found: list[PossibleMove] = self.ask("GET", f"/api/v1/credentials/{id}/moves/")
        return found

    def credential_revoke(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Credential:
        """Revoke."""
        found: Credential = self.ask(
            "POST",
            f"/api/v1/credentials/{id}/revoke/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def criteria_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        company: int | None = None,
        fields: str | None = None,
        is_active: bool | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
        vacancy: int | None = None,
    ) -> Page[Criterion]:
        """List them."""
        found: Page[Criterion] = self.ask(
            "GET",
            "/api/v1/criteria/",
            query={
                "after": after,
                "before": before,
                "company": company,
                "fields": fields,
                "is_active": is_active,
                "ordering": ordering,
                "page_size": page_size,
                "vacancy": vacancy,
            },
        )
        return found

    def criteria_retrieve(self, id: int, *, fields: str | None = None) -> Criterion:
        """Read one."""
        found: Criterion = self.ask("GET", f"/api/v1/criteria/{id}/", query={"fields": fields})
        return found

    def departments_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        fields: str | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
    ) -> Page[Department]:
        """List them."""
        found: Page[Department] = self.ask(
            "GET",
            "/api/v1/departments/",
            query={"after": after, "before": before, "fields": fields, "ordering": ordering, "page_size": page_size},
        )
        return found

    def departments_create(self, body: DepartmentBodyRequest, *, idempotency_key: str | None = None) -> Department:
        """Enter one."""
        found: Department = self.ask("POST", "/api/v1/departments/", body=body, idempotency_key=idempotency_key)
        return found

    def departments_retrieve(self, id: int, *, fields: str | None = None) -> Department:
        """Read one."""
        found: Department = self.ask("GET", f"/api/v1/departments/{id}/", query={"fields": fields})
        return found

    def departments_partial_update(
        self,
        id: int,
        body: PatchedDepartmentBodyRequest | None = None,
        *,
        if_match: int | str | None = None,
    ) -> Department:
        """Change what is sent."""
        found: Department = self.ask("PATCH", f"/api/v1/departments/{id}/", body=body or {}, if_match=if_match)
        return found

    def departments_destroy(self, id: int, *, if_match: int | str | None = None) -> None:
        """Throw it away."""
        self.ask("DELETE", f"/api/v1/departments/{id}/", if_match=if_match)

    def disclosures_list(
        self,
        *,
        after: str | None = None,
        application: int | None = None,
        before: str | None = None,
        fields: str | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
        resume: int | None = None,
        since: Moment | None = None,
        way: str | None = None,
    ) -> Page[Disclosure]:
        """List them."""
        found: Page[Disclosure] = self.ask(
            "GET",
            "/api/v1/disclosures/",
            query={
                "after": after,
                "application": application,
                "before": before,
                "fields": fields,
                "ordering": ordering,
                "page_size": page_size,
                "resume": resume,
                "since": since,
                "way": way,
            },
        )
        return found

    def disclosures_retrieve(self, id: int, *, fields: str | None = None) -> Disclosure:
        """Read one."""
        found: Disclosure = self.ask("GET", f"/api/v1/disclosures/{id}/", query={"fields": fields})
        return found

    def drafts_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        decision: str | None = None,
        fields: str | None = None,
        key: int | None = None,
        ordering: Literal["-id", "id"] | None = None,
        outcome: str | None = None,
        page_size: int | None = None,
        place: str | None = None,
        purpose: str | None = None,
    ) -> Page[HelpDraft]:
        """List them."""
        found: Page[HelpDraft] = self.ask(
            "GET",
            "/api/v1/drafts/",
            query={
                "after": after,
                "before": before,
                "decision": decision,
                "fields": fields,
                "key": key,
                "ordering": ordering,
                "outcome": outcome,
                "page_size": page_size,
                "place": place,
                "purpose": purpose,
            },
        )
        return found

    def drafts_retrieve(self, id: int, *, fields: str | None = None) -> HelpDraft:
        """Read one."""
        found: HelpDraft = self.ask("GET", f"/api/v1/drafts/{id}/", query={"fields": fields})
        return found

    def drafts_accept(
        self,
        id: int,
        body: TakenFieldsRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> HelpDraft:
        """Store it at its text."""
        found: HelpDraft = self.ask(
            "POST",
            f"/api/v1/drafts/{id}/accept/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def drafts_cancel(
        self,
        id: int,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> HelpDraft:
        """Stop waiting."""
        found: HelpDraft = self.ask(
            "POST",
            f"/api/v1/drafts/{id}/cancel/",
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def drafts_dismiss(
        self,
        id: int,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> HelpDraft:
        """Leave it."""
        found: HelpDraft = self.ask(
            "POST",
            f"/api/v1/drafts/{id}/dismiss/",
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def drafts_undo(
        self,
        id: int,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> HelpDraft:
        """Put the text back as it was."""
        found: HelpDraft = self.ask(
            "POST",
            f"/api/v1/drafts/{id}/undo/",
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def enrolments_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        cohort: int | None = None,
        fields: str | None = None,
        is_active: bool | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
        student: int | None = None,
    ) -> Page[Enrolment]:
        """List them."""
        found: Page[Enrolment] = self.ask(
            "GET",
            "/api/v1/enrolments/",
            query={
                "after": after,
                "before": before,
                "cohort": cohort,
                "fields": fields,
                "is_active": is_active,
                "ordering": ordering,
                "page_size": page_size,
                "student": student,
            },
        )
        return found

    def enrolments_create(self, body: NewEnrolmentRequest, *, idempotency_key: str | None = None) -> Enrolment:
        """Enter one."""
        found: Enrolment = self.ask("POST", "/api/v1/enrolments/", body=body, idempotency_key=idempotency_key)
        return found

    def enrolments_invite(self, body: AskedIdsRequest, *, idempotency_key: str | None = None) -> Asked:
        """Ask students to choose a password."""
        found: Asked = self.ask("POST", "/api/v1/enrolments/invite/", body=body, idempotency_key=idempotency_key)
        return found

    def enrolments_retrieve(self, id: int, *, fields: str | None = None) -> Enrolment:
        """Read one."""
        found: Enrolment = self.ask("GET", f"/api/v1/enrolments/{id}/", query={"fields": fields})
        return found

    def enrolments_partial_update(
        self,
        id: int,
        body: PatchedEnrolmentBodyRequest | None = None,
        *,
        if_match: int | str | None = None,
    ) -> Enrolment:
        """Change what is sent."""
        found: Enrolment = self.ask("PATCH", f"/api/v1/enrolments/{id}/", body=body or {}, if_match=if_match)
        return found

    def erasures_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        due_by: Moment | None = None,
        fields: str | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
        person: int | None = None,
        state: str | None = None,
    ) -> Page[Erasure]:
        """List them."""
        found: Page[Erasure] = self.ask(
            "GET",
            "/api/v1/erasures/",
            query={
                "after": after,
                "before": before,
                "due_by": due_by,
                "fields": fields,
                "ordering": ordering,
                "page_size": page_size,
                "person": person,
                "state": state,
            },
        )
        return found

    def erasures_create(self, body: NewErasureRequest, *, idempotency_key: str | None = None) -> Erasure:
        """Enter one."""
        found: Erasure = self.ask("POST", "/api/v1/erasures/", body=body, idempotency_key=idempotency_key)
        return found

    def erasure_bulk_hold(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Hold back (many)."""
        found: ManyMoved = self.ask("POST", "/api/v1/erasures/bulk/hold/", body=body, idempotency_key=idempotency_key)
        return found

    def erasure_bulk_release(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Release (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/erasures/bulk/release/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def erasure_bulk_withdraw(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Withdraw (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/erasures/bulk/withdraw/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def erasures_retrieve(self, id: int, *, fields: str | None = None) -> Erasure:
        """Read one."""
        found: Erasure = self.ask("GET", f"/api/v1/erasures/{id}/", query={"fields": fields})
        return found

    def erasure_hold(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Erasure:
        """Hold back."""
        found: Erasure = self.ask(
            "POST",
            f"/api/v1/erasures/{id}/hold/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def erasure_moves(self, id: int) -> list[PossibleMove]:
        """What can be done now."""
        found: list[PossibleMove] = self.ask("GET", f"/api/v1/erasures/{id}/moves/")
        return found

    def erasure_release(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Erasure:
        """Release."""
        found: Erasure = self.ask(
            "POST",
            f"/api/v1/erasures/{id}/release/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def erasure_withdraw(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Erasure:
        """Withdraw."""
        found: Erasure = self.ask(
            "POST",
            f"/api/v1/erasures/{id}/withdraw/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def exports_start(self, body: ExportRequest, *, idempotency_key: str | None = None) -> Job:
        """Start an export."""
        found: Job = self.ask("POST", "/api/v1/exports/", body=body, idempotency_key=idempotency_key)
        return found

    def find(self, *, q: str | None = None) -> FoundGroups:
        """Find by a name."""
        found: FoundGroups = self.ask("GET", "/api/v1/find/", query={"q": q})
        return found

    def help_use(self, *, days: Literal[30, 365] | None = None) -> Uses:
        """How much help was used in one's cohorts."""
        found: Uses = self.ask("GET", "/api/v1/help-use/", query={"days": days})
        return found

    def history_list(
        self,
        *,
        action: str | None = None,
        actor: int | None = None,
        after: str | None = None,
        before: str | None = None,
        department: int | None = None,
        fields: str | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
        since: Moment | None = None,
        target_id: int | None = None,
        target_label: str | None = None,
        until: Moment | None = None,
    ) -> Page[History]:
        """List them."""
        found: Page[History] = self.ask(
            "GET",
            "/api/v1/history/",
            query={
                "action": action,
                "actor": actor,
                "after": after,
                "before": before,
                "department": department,
                "fields": fields,
                "ordering": ordering,
                "page_size": page_size,
                "since": since,
                "target_id": target_id,
                "target_label": target_label,
                "until": until,
            },
        )
        return found

    def history_retrieve(self, id: int, *, fields: str | None = None) -> History:
        """Read one."""
        found: History = self.ask("GET", f"/api/v1/history/{id}/", query={"fields": fields})
        return found

    def host_feedback_list(
        self,
        *,
        after: str | None = None,
        again: bool | None = None,
        before: str | None = None,
        cohort: int | None = None,
        company: int | None = None,
        fields: str | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
        placement: int | None = None,
    ) -> Page[HostFeedback]:
        """List them."""
        found: Page[HostFeedback] = self.ask(
            "GET",
            "/api/v1/host-feedback/",
            query={
                "after": after,
                "again": again,
                "before": before,
                "cohort": cohort,
                "company": company,
                "fields": fields,
                "ordering": ordering,
                "page_size": page_size,
                "placement": placement,
            },
        )
        return found

    def host_feedback_retrieve(self, id: int, *, fields: str | None = None) -> HostFeedback:
        """Read one."""
        found: HostFeedback = self.ask("GET", f"/api/v1/host-feedback/{id}/", query={"fields": fields})
        return found

    def host_ratings_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        cohort: int | None = None,
        company: int | None = None,
        fields: str | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
        placement: int | None = None,
    ) -> Page[HostRating]:
        """List them."""
        found: Page[HostRating] = self.ask(
            "GET",
            "/api/v1/host-ratings/",
            query={
                "after": after,
                "before": before,
                "cohort": cohort,
                "company": company,
                "fields": fields,
                "ordering": ordering,
                "page_size": page_size,
                "placement": placement,
            },
        )
        return found

    def host_ratings_retrieve(self, id: int, *, fields: str | None = None) -> HostRating:
        """Read one."""
        found: HostRating = self.ask("GET", f"/api/v1/host-ratings/{id}/", query={"fields": fields})
        return found

    def import_rows_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        fields: str | None = None,
        import_: int | None = None,
        ordering: Literal["line", "-line", "id"] | None = None,
        page_size: int | None = None,
        status: str | None = None,
    ) -> Page[ImportRow]:
        """List them."""
        found: Page[ImportRow] = self.ask(
            "GET",
            "/api/v1/import-rows/",
            query={
                "after": after,
                "before": before,
                "fields": fields,
                "import": import_,
                "ordering": ordering,
                "page_size": page_size,
                "status": status,
            },
        )
        return found

    def import_rows_retrieve(self, id: int, *, fields: str | None = None) -> ImportRow:
        """Read one."""
        found: ImportRow = self.ask("GET", f"/api/v1/import-rows/{id}/", query={"fields": fields})
        return found

    def import_schedules_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        cohort: int | None = None,
        fields: str | None = None,
        is_active: bool | None = None,
        kind: str | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
    ) -> Page[ImportSchedule]:
        """List them."""
        found: Page[ImportSchedule] = self.ask(
            "GET",
            "/api/v1/import-schedules/",
            query={
                "after": after,
                "before": before,
                "cohort": cohort,
                "fields": fields,
                "is_active": is_active,
                "kind": kind,
                "ordering": ordering,
                "page_size": page_size,
            },
        )
        return found

    def import_schedules_create(
        self,
        body: NewImportScheduleRequest,
        *,
        idempotency_key: str | None = None,
    ) -> ImportSchedule:
        """Enter one."""
        found: ImportSchedule = self.ask(
            "POST",
            "/api/v1/import-schedules/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def import_schedules_retrieve(self, id: int, *, fields: str | None = None) -> ImportSchedule:
        """Read one."""
        found: ImportSchedule = self.ask("GET", f"/api/v1/import-schedules/{id}/", query={"fields": fields})
        return found

    def import_schedules_destroy(self, id: int, *, if_match: int | str | None = None) -> None:
        """Throw it away."""
        self.ask("DELETE", f"/api/v1/import-schedules/{id}/", if_match=if_match)

    def import_schedules_look(
        self,
        id: int,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> ImportSchedule:
        """Look into the folder now."""
        found: ImportSchedule = self.ask(
            "POST",
            f"/api/v1/import-schedules/{id}/look/",
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def import_schedules_pause(
        self,
        id: int,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> ImportSchedule:
        """Pause."""
        found: ImportSchedule = self.ask(
            "POST",
            f"/api/v1/import-schedules/{id}/pause/",
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def import_schedules_resume(
        self,
        id: int,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> ImportSchedule:
        """Go on."""
        found: ImportSchedule = self.ask(
            "POST",
            f"/api/v1/import-schedules/{id}/resume/",
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def imports_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        cohort: int | None = None,
        fields: str | None = None,
        kind: str | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
        state: str | None = None,
    ) -> Page[Import]:
        """List them."""
        found: Page[Import] = self.ask(
            "GET",
            "/api/v1/imports/",
            query={
                "after": after,
                "before": before,
                "cohort": cohort,
                "fields": fields,
                "kind": kind,
                "ordering": ordering,
                "page_size": page_size,
                "state": state,
            },
        )
        return found

    def imports_create(self, body: NewImportRequest, *, idempotency_key: str | None = None) -> Import:
        """Enter one."""
        found: Import = self.ask("POST", "/api/v1/imports/", body=body, form=True, idempotency_key=idempotency_key)
        return found

    def imports_retrieve(self, id: int, *, fields: str | None = None) -> Import:
        """Read one."""
        found: Import = self.ask("GET", f"/api/v1/imports/{id}/", query={"fields": fields})
        return found

    def imports_cancel(
        self,
        id: int,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Import:
        """Throw the upload away."""
        found: Import = self.ask(
            "POST",
            f"/api/v1/imports/{id}/cancel/",
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def imports_choose_columns(
        self,
        id: int,
        body: ColumnsRequest,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Import:
        """Say which column is which."""
        found: Import = self.ask(
            "POST",
            f"/api/v1/imports/{id}/columns/",
            body=body,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def imports_confirm(self, id: int, *, idempotency_key: str | None = None, if_match: int | str | None = None) -> Job:
        """Import what was looked at."""
        found: Job = self.ask(
            "POST",
            f"/api/v1/imports/{id}/confirm/",
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def imports_choose_encoding(
        self,
        id: int,
        body: EncodingRequest,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Import:
        """Read the file in another encoding."""
        found: Import = self.ask(
            "POST",
            f"/api/v1/imports/{id}/encoding/",
            body=body,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def imports_errors(self, id: int) -> File:
        """The lines with errors as a table."""
        return self.fetch(f"/api/v1/imports/{id}/errors/")

    def imports_undo(self, id: int, *, idempotency_key: str | None = None, if_match: int | str | None = None) -> Job:
        """Take an import back."""
        found: Job = self.ask("POST", f"/api/v1/imports/{id}/undo/", idempotency_key=idempotency_key, if_match=if_match)
        return found

    def issued_documents_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        code: str | None = None,
        cohort: int | None = None,
        enrolment: int | None = None,
        fields: str | None = None,
        kind: str | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
        state: str | None = None,
    ) -> Page[Issued]:
        """List them."""
        found: Page[Issued] = self.ask(
            "GET",
            "/api/v1/issued-documents/",
            query={
                "after": after,
                "before": before,
                "code": code,
                "cohort": cohort,
                "enrolment": enrolment,
                "fields": fields,
                "kind": kind,
                "ordering": ordering,
                "page_size": page_size,
                "state": state,
            },
        )
        return found

    def issueddocument_bulk_withdraw(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Withdraw (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/issued-documents/bulk/withdraw/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def issued_documents_retrieve(self, id: int, *, fields: str | None = None) -> Issued:
        """Read one."""
        found: Issued = self.ask("GET", f"/api/v1/issued-documents/{id}/", query={"fields": fields})
        return found

    def issueddocument_moves(self, id: int) -> list[PossibleMove]:
        """What can be done now."""
        found: list[PossibleMove] = self.ask("GET", f"/api/v1/issued-documents/{id}/moves/")
        return found

    def issueddocument_withdraw(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Issued:
        """Withdraw."""
        found: Issued = self.ask(
            "POST",
            f"/api/v1/issued-documents/{id}/withdraw/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def jobs_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        fields: str | None = None,
        kind: str | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
        state: str | None = None,
    ) -> Page[Job]:
        """List them."""
        found: Page[Job] = self.ask(
            "GET",
            "/api/v1/jobs/",
            query={
                "after": after,
                "before": before,
                "fields": fields,
                "kind": kind,
                "ordering": ordering,
                "page_size": page_size,
                "state": state,
            },
        )
        return found

    def jobs_retrieve(self, id: int, *, fields: str | None = None) -> Job:
        """Read one."""
        found: Job = self.ask("GET", f"/api/v1/jobs/{id}/", query={"fields": fields})
        return found

    def jobs_cancel(self, id: int, *, idempotency_key: str | None = None, if_match: int | str | None = None) -> Job:
        """Stop it."""
        found: Job = self.ask("POST", f"/api/v1/jobs/{id}/cancel/", idempotency_key=idempotency_key, if_match=if_match)
        return found

    def jobs_result(self, id: int) -> File:
        """The file that was made."""
        return self.fetch(f"/api/v1/jobs/{id}/result/")

    def letters_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        code: str | None = None,
        cohort: int | None = None,
        enrolment: int | None = None,
        fields: str | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
        state: str | None = None,
    ) -> Page[Letter]:
        """List them."""
        found: Page[Letter] = self.ask(
            "GET",
            "/api/v1/letters/",
            query={
                "after": after,
                "before": before,
                "code": code,
                "cohort": cohort,
                "enrolment": enrolment,
                "fields": fields,
                "ordering": ordering,
                "page_size": page_size,
                "state": state,
            },
        )
        return found

    def letters_create(self, body: NewLetterRequest, *, idempotency_key: str | None = None) -> Letter:
        """Enter one."""
        found: Letter = self.ask("POST", "/api/v1/letters/", body=body, idempotency_key=idempotency_key)
        return found

    def letters_ask(self, body: NewLetterRequest, *, idempotency_key: str | None = None) -> Letter:
        """Ask for a letter."""
        found: Letter = self.ask("POST", "/api/v1/letters/ask/", body=body, idempotency_key=idempotency_key)
        return found

    def introductionletter_bulk_issue(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Issue (many)."""
        found: ManyMoved = self.ask("POST", "/api/v1/letters/bulk/issue/", body=body, idempotency_key=idempotency_key)
        return found

    def introductionletter_bulk_refuse(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Refuse (many)."""
        found: ManyMoved = self.ask("POST", "/api/v1/letters/bulk/refuse/", body=body, idempotency_key=idempotency_key)
        return found

    def introductionletter_bulk_take_back(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Take back (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/letters/bulk/take-back/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def introductionletter_bulk_withdraw(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Withdraw (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/letters/bulk/withdraw/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def letters_retrieve(self, id: int, *, fields: str | None = None) -> Letter:
        """Read one."""
        found: Letter = self.ask("GET", f"/api/v1/letters/{id}/", query={"fields": fields})
        return found

    def letters_file(self, id: int) -> File:
        """The PDF."""
        return self.fetch(f"/api/v1/letters/{id}/file/")

    def introductionletter_issue(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Letter:
        """Issue."""
        found: Letter = self.ask(
            "POST",
            f"/api/v1/letters/{id}/issue/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def letter_make_again(
        self,
        id: int,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Letter:
        """Make the file again."""
        found: Letter = self.ask(
            "POST",
            f"/api/v1/letters/{id}/make-again/",
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def introductionletter_moves(self, id: int) -> list[PossibleMove]:
        """What can be done now."""
        found: list[PossibleMove] = self.ask("GET", f"/api/v1/letters/{id}/moves/")
        return found

    def introductionletter_refuse(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Letter:
        """Refuse."""
        found: Letter = self.ask(
            "POST",
            f"/api/v1/letters/{id}/refuse/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def introductionletter_take_back(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Letter:
        """Take back."""
        found: Letter = self.ask(
            "POST",
            f"/api/v1/letters/{id}/take-back/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def introductionletter_withdraw(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Letter:
        """Withdraw."""
        found: Letter = self.ask(
            "POST",
            f"/api/v1/letters/{id}/withdraw/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def logbooks_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        cohort: int | None = None,
        company: int | None = None,
        fields: str | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
        state: str | None = None,
    ) -> Page[Logbook]:
        """List them."""
        found: Page[Logbook] = self.ask(
            "GET",
            "/api/v1/logbooks/",
            query={
                "after": after,
                "before": before,
                "cohort": cohort,
                "company": company,
                "fields": fields,
                "ordering": ordering,
                "page_size": page_size,
                "state": state,
            },
        )
        return found

    def logbooks_retrieve(self, id: int, *, fields: str | None = None) -> Logbook:
        """Read one."""
        found: Logbook = self.ask("GET", f"/api/v1/logbooks/{id}/", query={"fields": fields})
        return found

    def logbooks_certificate(self, id: int, *, format: Literal["docx", "pdf"] | None = None) -> File:
        """The certificate."""
        return self.fetch(f"/api/v1/logbooks/{id}/certificate/", query={"format": format})

    def logbooks_credential(self, id: int) -> CredentialToken:
        """The credential."""
        found: CredentialToken = self.ask("GET", f"/api/v1/logbooks/{id}/credential/")
        return found

    def logbooks_make_credential(
        self,
        id: int,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> CredentialToken:
        """Make the credential."""
        found: CredentialToken = self.ask(
            "POST",
            f"/api/v1/logbooks/{id}/credential/",
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def logbooks_document(self, id: int, *, format: Literal["docx", "pdf"] | None = None) -> File:
        """As a file."""
        return self.fetch(f"/api/v1/logbooks/{id}/document/", query={"format": format})

    def logbooks_week(self, id: int, monday: str, *, format: Literal["docx", "pdf"] | None = None) -> File:
        """One week as a file."""
        return self.fetch(f"/api/v1/logbooks/{id}/weeks/{monday}/document/", query={"format": format})

    def logs_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        current: bool | None = None,
        day_from: Day | None = None,
        day_until: Day | None = None,
        enrolment: int | None = None,
        fields: str | None = None,
        ordering: Literal["-id", "id", "-day", "day"] | None = None,
        page_size: int | None = None,
        placement: int | None = None,
        state: str | None = None,
        student: int | None = None,
        week_start: Day | None = None,
    ) -> Page[DailyLog]:
        """List them."""
        found: Page[DailyLog] = self.ask(
            "GET",
            "/api/v1/logs/",
            query={
                "after": after,
                "before": before,
                "current": current,
                "day_from": day_from,
                "day_until": day_until,
                "enrolment": enrolment,
                "fields": fields,
                "ordering": ordering,
                "page_size": page_size,
                "placement": placement,
                "state": state,
                "student": student,
                "week_start": week_start,
            },
        )
        return found

    def logs_create(self, body: NewDayRequest | None = None, *, idempotency_key: str | None = None) -> TakenDay:
        """Write a day."""
        found: TakenDay = self.ask("POST", "/api/v1/logs/", body=body or {}, idempotency_key=idempotency_key)
        return found

    def dailylog_bulk_flag(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Flag to the coordinator (many)."""
        found: ManyMoved = self.ask("POST", "/api/v1/logs/bulk/flag/", body=body, idempotency_key=idempotency_key)
        return found

    def dailylog_bulk_recall(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Take back (many)."""
        found: ManyMoved = self.ask("POST", "/api/v1/logs/bulk/recall/", body=body, idempotency_key=idempotency_key)
        return found

    def dailylog_bulk_request_revision(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Send back (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/logs/bulk/request-revision/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def dailylog_bulk_return_to_host(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Return to the company (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/logs/bulk/return-to-host/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def dailylog_bulk_return_to_student(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Return to the student (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/logs/bulk/return-to-student/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def dailylog_bulk_submit(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Send (many)."""
        found: ManyMoved = self.ask("POST", "/api/v1/logs/bulk/submit/", body=body, idempotency_key=idempotency_key)
        return found

    def dailylog_bulk_uphold(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Uphold (many)."""
        found: ManyMoved = self.ask("POST", "/api/v1/logs/bulk/uphold/", body=body, idempotency_key=idempotency_key)
        return found

    def dailylog_bulk_validate(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Validate (many)."""
        found: ManyMoved = self.ask("POST", "/api/v1/logs/bulk/validate/", body=body, idempotency_key=idempotency_key)
        return found

    def dailylog_bulk_verify(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Approve (many)."""
        found: ManyMoved = self.ask("POST", "/api/v1/logs/bulk/verify/", body=body, idempotency_key=idempotency_key)
        return found

    def logs_retrieve(self, id: int, *, fields: str | None = None) -> DailyLog:
        """Read one."""
        found: DailyLog = self.ask("GET", f"/api/v1/logs/{id}/", query={"fields": fields})
        return found

    def logs_partial_update(
        self,
        id: int,
        body: PatchedDayBodyRequest | None = None,
        *,
        if_match: int | str | None = None,
    ) -> DailyLog:
        """Change what is sent."""
        found: DailyLog = self.ask("PATCH", f"/api/v1/logs/{id}/", body=body or {}, if_match=if_match)
        return found

    def logs_destroy(self, id: int, *, if_match: int | str | None = None) -> None:
        """Throw it away."""
        self.ask("DELETE", f"/api/v1/logs/{id}/", if_match=if_match)

    def log_attach(
        self,
        id: int,
        body: NewAttachmentRequest,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Attachment:
        """Keep a file with a day."""
        found: Attachment = self.ask(
            "POST",
            f"/api/v1/logs/{id}/attachments/",
            body=body,
            form=True,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def log_correct(
        self,
        id: int,
        body: ReasonRequest,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> DailyLog:
        """Open a new version of a validated day."""
        found: DailyLog = self.ask(
            "POST",
            f"/api/v1/logs/{id}/correct/",
            body=body,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def dailylog_flag(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> DailyLog:
        """Flag to the coordinator."""
        found: DailyLog = self.ask(
            "POST",
            f"/api/v1/logs/{id}/flag/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def log_help(
        self,
        id: int,
        body: LogHelpRequest,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> HelpDraft:
        """Ask for AI help with a text."""
        found: HelpDraft = self.ask(
            "POST",
            f"/api/v1/logs/{id}/help/",
            body=body,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def dailylog_moves(self, id: int) -> list[PossibleMove]:
        """What can be done now."""
        found: list[PossibleMove] = self.ask("GET", f"/api/v1/logs/{id}/moves/")
        return found

    def dailylog_recall(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> DailyLog:
        """Take back."""
        found: DailyLog = self.ask(
            "POST",
            f"/api/v1/logs/{id}/recall/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def dailylog_request_revision(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> DailyLog:
        """Send back."""
        found: DailyLog = self.ask(
            "POST",
            f"/api/v1/logs/{id}/request-revision/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def dailylog_return_to_host(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> DailyLog:
        """Return to the company."""
        found: DailyLog = self.ask(
            "POST",
            f"/api/v1/logs/{id}/return-to-host/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def dailylog_return_to_student(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> DailyLog:
        """Return to the student."""
        found: DailyLog = self.ask(
            "POST",
            f"/api/v1/logs/{id}/return-to-student/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def dailylog_submit(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> DailyLog:
        """Send."""
        found: DailyLog = self.ask(
            "POST",
            f"/api/v1/logs/{id}/submit/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def dailylog_uphold(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> DailyLog:
        """Uphold."""
        found: DailyLog = self.ask(
            "POST",
            f"/api/v1/logs/{id}/uphold/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def dailylog_validate(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> DailyLog:
        """Validate."""
        found: DailyLog = self.ask(
            "POST",
            f"/api/v1/logs/{id}/validate/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def log_verify_industry(self, id: int, body: PatchedVerdictRequest | None = None) -> DailyLog:
        """Decide by a word."""
        found: DailyLog = self.ask("PATCH", f"/api/v1/logs/{id}/verify-industry/", body=body or {})
        return found

    def dailylog_verify(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> DailyLog:
        """Approve."""
        found: DailyLog = self.ask(
            "POST",
            f"/api/v1/logs/{id}/verify/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def log_verify_by_status(self, id: int, body: PatchedVerdictRequest | None = None) -> DailyLog:
        """Decide by a word."""
        found: DailyLog = self.ask("PATCH", f"/api/v1/logs/{id}/verify/", body=body or {})
        return found

    def mark_rules_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        cohort: int | None = None,
        fields: str | None = None,
        kind: str | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
    ) -> Page[MarkRule]:
        """List them."""
        found: Page[MarkRule] = self.ask(
            "GET",
            "/api/v1/mark-rules/",
            query={
                "after": after,
                "before": before,
                "cohort": cohort,
                "fields": fields,
                "kind": kind,
                "ordering": ordering,
                "page_size": page_size,
            },
        )
        return found

    def mark_rules_create(self, body: NewMarkRuleRequest, *, idempotency_key: str | None = None) -> MarkRule:
        """Enter one."""
        found: MarkRule = self.ask("POST", "/api/v1/mark-rules/", body=body, idempotency_key=idempotency_key)
        return found

    def mark_rules_retrieve(self, id: int, *, fields: str | None = None) -> MarkRule:
        """Read one."""
        found: MarkRule = self.ask("GET", f"/api/v1/mark-rules/{id}/", query={"fields": fields})
        return found

    def mark_rules_partial_update(
        self,
        id: int,
        body: PatchedMarkRuleBodyRequest | None = None,
        *,
        if_match: int | str | None = None,
    ) -> MarkRule:
        """Change what is sent."""
        found: MarkRule = self.ask("PATCH", f"/api/v1/mark-rules/{id}/", body=body or {}, if_match=if_match)
        return found

    def mark_rules_destroy(self, id: int, *, if_match: int | str | None = None) -> None:
        """Throw it away."""
        self.ask("DELETE", f"/api/v1/mark-rules/{id}/", if_match=if_match)

    def marks_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        cohort: int | None = None,
        fields: str | None = None,
        is_active: bool | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
        student: int | None = None,
    ) -> Page[Marks]:
        """List them."""
        found: Page[Marks] = self.ask(
            "GET",
            "/api/v1/marks/",
            query={
                "after": after,
                "before": before,
                "cohort": cohort,
                "fields": fields,
                "is_active": is_active,
                "ordering": ordering,
                "page_size": page_size,
                "student": student,
            },
        )
        return found

    def marks_export(self, body: MarksExportRequest, *, idempotency_key: str | None = None) -> Job:
        """Start writing the marks of a cohort."""
        found: Job = self.ask("POST", "/api/v1/marks/export/", body=body, idempotency_key=idempotency_key)
        return found

    def marks_retrieve(self, id: int, *, fields: str | None = None) -> Marks:
        """Read one."""
        found: Marks = self.ask("GET", f"/api/v1/marks/{id}/", query={"fields": fields})
        return found

    def mass_mails_list(
        self,
        *,
        after: str | None = None,
        audience: str | None = None,
        before: str | None = None,
        fields: str | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
        state: str | None = None,
    ) -> Page[MassMail]:
        """List them."""
        found: Page[MassMail] = self.ask(
            "GET",
            "/api/v1/mass-mails/",
            query={
                "after": after,
                "audience": audience,
                "before": before,
                "fields": fields,
                "ordering": ordering,
                "page_size": page_size,
                "state": state,
            },
        )
        return found

    def mass_mails_create(self, body: BegunMailRequest, *, idempotency_key: str | None = None) -> MassMail:
        """Enter one."""
        found: MassMail = self.ask("POST", "/api/v1/mass-mails/", body=body, idempotency_key=idempotency_key)
        return found

    def mass_mails_audiences(self) -> list[Audience]:
        """To whom one may write, and what may stand in the text."""
        found: list[Audience] = self.ask("GET", "/api/v1/mass-mails/audiences/")
        return found

    def massmail_bulk_send(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Send (many)."""
        found: ManyMoved = self.ask("POST", "/api/v1/mass-mails/bulk/send/", body=body, idempotency_key=idempotency_key)
        return found

    def massmail_bulk_stop(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Stop (many)."""
        found: ManyMoved = self.ask("POST", "/api/v1/mass-mails/bulk/stop/", body=body, idempotency_key=idempotency_key)
        return found

    def mass_mails_retrieve(self, id: int, *, fields: str | None = None) -> MassMail:
        """Read one."""
        found: MassMail = self.ask("GET", f"/api/v1/mass-mails/{id}/", query={"fields": fields})
        return found

    def mass_mails_partial_update(
        self,
        id: int,
        body: PatchedWrittenMailRequest | None = None,
        *,
        if_match: int | str | None = None,
    ) -> MassMail:
        """Change what is sent."""
        found: MassMail = self.ask("PATCH", f"/api/v1/mass-mails/{id}/", body=body or {}, if_match=if_match)
        return found

    def massmail_moves(self, id: int) -> list[PossibleMove]:
        """What can be done now."""
        found: list[PossibleMove] = self.ask("GET", f"/api/v1/mass-mails/{id}/moves/")
        return found

    def mass_mails_preview(self, id: int) -> MailPreview:
        """As the first few will read it, and what became of each."""
        found: MailPreview = self.ask("GET", f"/api/v1/mass-mails/{id}/preview/")
        return found

    def massmail_send(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> MassMail:
        """Send."""
        found: MassMail = self.ask(
            "POST",
            f"/api/v1/mass-mails/{id}/send/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def massmail_stop(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> MassMail:
        """Stop."""
        found: MassMail = self.ask(
            "POST",
            f"/api/v1/mass-mails/{id}/stop/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def me(self) -> Me:
        """Oneself."""
        found: Me = self.ask("GET", "/api/v1/me/")
        return found

    def me_change(self, body: PatchedMeBodyRequest | None = None) -> Me:
        """Change oneself."""
        found: Me = self.ask("PATCH", "/api/v1/me/", body=body or {})
        return found

    def me_make_calendar(self, *, idempotency_key: str | None = None) -> Calendar:
        """Make a private address of one's calendar; an older one ends."""
        found: Calendar = self.ask("POST", "/api/v1/me/calendar/", idempotency_key=idempotency_key)
        return found

    def me_end_calendar(self) -> None:
        """End the address."""
        self.ask("DELETE", "/api/v1/me/calendar/")

    def me_data(self, *, idempotency_key: str | None = None) -> Job:
        """Have all that is held about oneself made into a file."""
        found: Job = self.ask("POST", "/api/v1/me/data/", idempotency_key=idempotency_key)
        return found

    def me_help(self) -> Help:
        """Consent to AI help, and who reads."""
        found: Help = self.ask("GET", "/api/v1/me/help/")
        return found

    def me_agree_to_help(self, *, idempotency_key: str | None = None) -> Help:
        """Agree to AI help."""
        found: Help = self.ask("POST", "/api/v1/me/help/", idempotency_key=idempotency_key)
        return found

    def me_withdraw_help(self) -> None:
        """Withdraw the consent."""
        self.ask("DELETE", "/api/v1/me/help/")

    def me_notice_choices(self) -> Choices:
        """How much comes by mail."""
        found: Choices = self.ask("GET", "/api/v1/me/notice-choices/")
        return found

    def me_choose_notices(self, body: PatchedChosenRequest | None = None) -> Choices:
        """Choose how much comes by mail."""
        found: Choices = self.ask("PATCH", "/api/v1/me/notice-choices/", body=body or {})
        return found

    def mergers_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        fields: str | None = None,
        kept: int | None = None,
        merged: int | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
        undone: bool | None = None,
    ) -> Page[Merger]:
        """List them."""
        found: Page[Merger] = self.ask(
            "GET",
            "/api/v1/mergers/",
            query={
                "after": after,
                "before": before,
                "fields": fields,
                "kept": kept,
                "merged": merged,
                "ordering": ordering,
                "page_size": page_size,
                "undone": undone,
            },
        )
        return found

    def mergers_retrieve(self, id: int, *, fields: str | None = None) -> Merger:
        """Read one."""
        found: Merger = self.ask("GET", f"/api/v1/mergers/{id}/", query={"fields": fields})
        return found

    def notes_list(
        self,
        *,
        about: str | None = None,
        after: str | None = None,
        before: str | None = None,
        company: int | None = None,
        enrolment: int | None = None,
        fields: str | None = None,
        key: int | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
    ) -> Page[Note]:
        """List them."""
        found: Page[Note] = self.ask(
            "GET",
            "/api/v1/notes/",
            query={
                "about": about,
                "after": after,
                "before": before,
                "company": company,
                "enrolment": enrolment,
                "fields": fields,
                "key": key,
                "ordering": ordering,
                "page_size": page_size,
            },
        )
        return found

    def notes_create(self, body: NewNoteRequest, *, idempotency_key: str | None = None) -> Note:
        """Enter one."""
        found: Note = self.ask("POST", "/api/v1/notes/", body=body, idempotency_key=idempotency_key)
        return found

    def notes_retrieve(self, id: int, *, fields: str | None = None) -> Note:
        """Read one."""
        found: Note = self.ask("GET", f"/api/v1/notes/{id}/", query={"fields": fields})
        return found

    def notes_destroy(self, id: int, *, if_match: int | str | None = None) -> None:
        """Throw it away."""
        self.ask("DELETE", f"/api/v1/notes/{id}/", if_match=if_match)

    def notices_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        fields: str | None = None,
        kind: str | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
        unread: bool | None = None,
    ) -> Page[Notice]:
        """List them."""
        found: Page[Notice] = self.ask(
            "GET",
            "/api/v1/notices/",
            query={
                "after": after,
                "before": before,
                "fields": fields,
                "kind": kind,
                "ordering": ordering,
                "page_size": page_size,
                "unread": unread,
            },
        )
        return found

    def notices_read_all(self, *, idempotency_key: str | None = None) -> Read:
        """Mark all as read."""
        found: Read = self.ask("POST", "/api/v1/notices/read-all/", idempotency_key=idempotency_key)
        return found

    def notices_retrieve(self, id: int, *, fields: str | None = None) -> Notice:
        """Read one."""
        found: Notice = self.ask("GET", f"/api/v1/notices/{id}/", query={"fields": fields})
        return found

    def notices_read(self, id: int, *, idempotency_key: str | None = None, if_match: int | str | None = None) -> Notice:
        """Mark as read."""
        found: Notice = self.ask(
            "POST",
            f"/api/v1/notices/{id}/read/",
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def people_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        fields: str | None = None,
        is_active: bool | None = None,
        ordering: Literal["-id", "id", "name"] | None = None,
        page_size: int | None = None,
        search: str | None = None,
    ) -> Page[Person]:
        """List them."""
        found: Page[Person] = self.ask(
            "GET",
            "/api/v1/people/",
            query={
                "after": after,
                "before": before,
                "fields": fields,
                "is_active": is_active,
                "ordering": ordering,
                "page_size": page_size,
                "search": search,
            },
        )
        return found

    def people_create(self, body: PersonBodyRequest, *, idempotency_key: str | None = None) -> Person:
        """Enter one."""
        found: Person = self.ask("POST", "/api/v1/people/", body=body, idempotency_key=idempotency_key)
        return found

    def people_retrieve(self, id: int, *, fields: str | None = None) -> Person:
        """Read one."""
        found: Person = self.ask("GET", f"/api/v1/people/{id}/", query={"fields": fields})
        return found

    def people_partial_update(
        self,
        id: int,
        body: PatchedPersonChangesRequest | None = None,
        *,
        if_match: int | str | None = None,
    ) -> Person:
        """Change what is sent."""
        found: Person = self.ask("PATCH", f"/api/v1/people/{id}/", body=body or {}, if_match=if_match)
        return found

    def people_deactivate(
        self,
        id: int,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Person:
        """Shut out."""
        found: Person = self.ask(
            "POST",
            f"/api/v1/people/{id}/deactivate/",
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def people_end_sessions(
        self,
        id: int,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Person:
        """Sign out everywhere."""
        found: Person = self.ask(
            "POST",
            f"/api/v1/people/{id}/end-sessions/",
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def people_reactivate(
        self,
        id: int,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Person:
        """Let in again."""
        found: Person = self.ask(
            "POST",
            f"/api/v1/people/{id}/reactivate/",
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def placements_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        cohort: int | None = None,
        company: int | None = None,
        ends_from: Day | None = None,
        fields: str | None = None,
        ordering: Literal["-id", "id", "-start", "start"] | None = None,
        origin: str | None = None,
        page_size: int | None = None,
        starts_by: Day | None = None,
        state: str | None = None,
        student: int | None = None,
    ) -> Page[Placement]:
        """List them."""
        found: Page[Placement] = self.ask(
            "GET",
            "/api/v1/placements/",
            query={
                "after": after,
                "before": before,
                "cohort": cohort,
                "company": company,
                "ends_from": ends_from,
                "fields": fields,
                "ordering": ordering,
                "origin": origin,
                "page_size": page_size,
                "starts_by": starts_by,
                "state": state,
                "student": student,
            },
        )
        return found

    def placements_create(self, body: NewPlacementRequest, *, idempotency_key: str | None = None) -> Placement:
        """Enter one."""
        found: Placement = self.ask("POST", "/api/v1/placements/", body=body, idempotency_key=idempotency_key)
        return found

    def placement_bulk_activate(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Mark as arrived (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/placements/bulk/activate/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def placement_bulk_cancel(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Cancel (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/placements/bulk/cancel/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def placement_bulk_complete(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Complete (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/placements/bulk/complete/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def placement_bulk_confirm(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Confirm (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/placements/bulk/confirm/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def placement_bulk_end_early(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """End early (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/placements/bulk/end-early/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def placements_propose(self, body: FoundPlaceRequest, *, idempotency_key: str | None = None) -> Placement:
        """Propose a place that one has found."""
        found: Placement = self.ask("POST", "/api/v1/placements/propose/", body=body, idempotency_key=idempotency_key)
        return found

    def placements_retrieve(self, id: int, *, fields: str | None = None) -> Placement:
        """Read one."""
        found: Placement = self.ask("GET", f"/api/v1/placements/{id}/", query={"fields": fields})
        return found

    def placements_partial_update(
        self,
        id: int,
        body: PatchedChangedPlacementRequest | None = None,
        *,
        if_match: int | str | None = None,
    ) -> Placement:
        """Change what is sent."""
        found: Placement = self.ask("PATCH", f"/api/v1/placements/{id}/", body=body or {}, if_match=if_match)
        return found

    def placements_destroy(self, id: int, *, if_match: int | str | None = None) -> None:
        """Throw it away."""
        self.ask("DELETE", f"/api/v1/placements/{id}/", if_match=if_match)

    def placement_activate(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Placement:
        """Mark as arrived."""
        found: Placement = self.ask(
            "POST",
            f"/api/v1/placements/{id}/activate/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def placement_report_arrival(
        self,
        id: int,
        body: NewArrivalRequest,
        *,
        idempotency_key: str | None = None,
    ) -> ArrivalNote:
        """Report the arrival."""
        found: ArrivalNote = self.ask(
            "POST",
            f"/api/v1/placements/{id}/arrival/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def placements_ask_host(
        self,
        id: int,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> None:
        """Ask the host that a student has named once more."""
        self.ask("POST", f"/api/v1/placements/{id}/ask-host/", idempotency_key=idempotency_key, if_match=if_match)

    def placement_cancel(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Placement:
        """Cancel."""
        found: Placement = self.ask(
            "POST",
            f"/api/v1/placements/{id}/cancel/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def placements_change_host(
        self,
        id: int,
        body: HostBodyRequest,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Placement:
        """Send the student to another company."""
        found: Placement = self.ask(
            "POST",
            f"/api/v1/placements/{id}/change-host/",
            body=body,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def placement_complete(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Placement:
        """Complete."""
        found: Placement = self.ask(
            "POST",
            f"/api/v1/placements/{id}/complete/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def placement_confirm(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Placement:
        """Confirm."""
        found: Placement = self.ask(
            "POST",
            f"/api/v1/placements/{id}/confirm/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def placement_end_early(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Placement:
        """End early."""
        found: Placement = self.ask(
            "POST",
            f"/api/v1/placements/{id}/end-early/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def placements_answer_as_host(self, id: int, body: FeedbackBodyRequest) -> HostFeedback:
        """Say whether the company would host again."""
        found: HostFeedback = self.ask("PUT", f"/api/v1/placements/{id}/host-feedback/", body=body)
        return found

    def placement_moves(self, id: int) -> list[PossibleMove]:
        """What can be done now."""
        found: list[PossibleMove] = self.ask("GET", f"/api/v1/placements/{id}/moves/")
        return found

    def placements_prepare_paper(
        self,
        id: int,
        body: PaperBodyRequest,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Agreement:
        """Prepare a letter or an agreement."""
        found: Agreement = self.ask(
            "POST",
            f"/api/v1/placements/{id}/papers/",
            body=body,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def placements_rate(self, id: int, body: RatingBodyRequest) -> HostRating:
        """Say how the host was; the host does not read it."""
        found: HostRating = self.ask("PUT", f"/api/v1/placements/{id}/rating/", body=body)
        return found

    def placements_supervisors(self, id: int) -> list[Supervisor]:
        """Who looks after it."""
        found: list[Supervisor] = self.ask("GET", f"/api/v1/placements/{id}/supervisors/")
        return found

    def placements_name_supervisor(
        self,
        id: int,
        body: SupervisorBodyRequest,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Supervisor:
        """Name who looks after it."""
        found: Supervisor = self.ask(
            "POST",
            f"/api/v1/placements/{id}/supervisors/",
            body=body,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def placements_release_supervisor(self, id: int, row: str) -> None:
        """Take a supervisor away."""
        self.ask("DELETE", f"/api/v1/placements/{id}/supervisors/{row}/")

    def placements_hand_over(
        self,
        id: int,
        row: str,
        body: HandOverRequest,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Supervisor:
        """Let somebody else supervise."""
        found: Supervisor = self.ask(
            "POST",
            f"/api/v1/placements/{id}/supervisors/{row}/hand-over/",
            body=body,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def placements_help_comment(
        self,
        id: int,
        monday: str,
        body: CommentHelpRequest,
        *,
        idempotency_key: str | None = None,
    ) -> HelpDraft:
        """Ask for a draft of the comment on a week."""
        found: HelpDraft = self.ask(
            "POST",
            f"/api/v1/placements/{id}/weeks/{monday}/help/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def portfolios_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        fields: str | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
    ) -> Page[Portfolio]:
        """List them."""
        found: Page[Portfolio] = self.ask(
            "GET",
            "/api/v1/portfolios/",
            query={"after": after, "before": before, "fields": fields, "ordering": ordering, "page_size": page_size},
        )
        return found

    def portfolios_create(self, body: ComposedRequest, *, idempotency_key: str | None = None) -> Portfolio:
        """Enter one."""
        found: Portfolio = self.ask("POST", "/api/v1/portfolios/", body=body, idempotency_key=idempotency_key)
        return found

    def portfolios_retrieve(self, id: int, *, fields: str | None = None) -> Portfolio:
        """Read one."""
        found: Portfolio = self.ask("GET", f"/api/v1/portfolios/{id}/", query={"fields": fields})
        return found

    def portfolios_share(
        self,
        id: int,
        body: SharedRequest,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Address:
        """Make a link for somebody."""
        found: Address = self.ask(
            "POST",
            f"/api/v1/portfolios/{id}/share/",
            body=body,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def priority_cases_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        fields: str | None = None,
        kind: str | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
        round: int | None = None,
        state: str | None = None,
    ) -> Page[PriorityCase]:
        """List them."""
        found: Page[PriorityCase] = self.ask(
            "GET",
            "/api/v1/priority-cases/",
            query={
                "after": after,
                "before": before,
                "fields": fields,
                "kind": kind,
                "ordering": ordering,
                "page_size": page_size,
                "round": round,
                "state": state,
            },
        )
        return found

    def priority_cases_create(self, body: NewCaseRequest, *, idempotency_key: str | None = None) -> PriorityCase:
        """Enter one."""
        found: PriorityCase = self.ask("POST", "/api/v1/priority-cases/", body=body, idempotency_key=idempotency_key)
        return found

    def priority_cases_retrieve(self, id: int, *, fields: str | None = None) -> PriorityCase:
        """Read one."""
        found: PriorityCase = self.ask("GET", f"/api/v1/priority-cases/{id}/", query={"fields": fields})
        return found

    def priority_cases_grant(
        self,
        id: int,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> PriorityCase:
        """Grant."""
        found: PriorityCase = self.ask(
            "POST",
            f"/api/v1/priority-cases/{id}/grant/",
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def priority_cases_refuse(
        self,
        id: int,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> PriorityCase:
        """Refuse."""
        found: PriorityCase = self.ask(
            "POST",
            f"/api/v1/priority-cases/{id}/refuse/",
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def programmes_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        department: int | None = None,
        fields: str | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
    ) -> Page[Programme]:
        """List them."""
        found: Page[Programme] = self.ask(
            "GET",
            "/api/v1/programmes/",
            query={
                "after": after,
                "before": before,
                "department": department,
                "fields": fields,
                "ordering": ordering,
                "page_size": page_size,
            },
        )
        return found

    def programmes_create(self, body: ProgrammeBodyRequest, *, idempotency_key: str | None = None) -> Programme:
        """Enter one."""
        found: Programme = self.ask("POST", "/api/v1/programmes/", body=body, idempotency_key=idempotency_key)
        return found

    def programmes_retrieve(self, id: int, *, fields: str | None = None) -> Programme:
        """Read one."""
        found: Programme = self.ask("GET", f"/api/v1/programmes/{id}/", query={"fields": fields})
        return found

    def programmes_partial_update(
        self,
        id: int,
        body: PatchedProgrammeBodyRequest | None = None,
        *,
        if_match: int | str | None = None,
    ) -> Programme:
        """Change what is sent."""
        found: Programme = self.ask("PATCH", f"/api/v1/programmes/{id}/", body=body or {}, if_match=if_match)
        return found

    def programmes_destroy(self, id: int, *, if_match: int | str | None = None) -> None:
        """Throw it away."""
        self.ask("DELETE", f"/api/v1/programmes/{id}/", if_match=if_match)

    def rankings_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        confirmed_since: Moment | None = None,
        enrolment: int | None = None,
        fields: str | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
        round: int | None = None,
    ) -> Page[Ranking]:
        """List them."""
        found: Page[Ranking] = self.ask(
            "GET",
            "/api/v1/rankings/",
            query={
                "after": after,
                "before": before,
                "confirmed_since": confirmed_since,
                "enrolment": enrolment,
                "fields": fields,
                "ordering": ordering,
                "page_size": page_size,
                "round": round,
            },
        )
        return found

    def rankings_retrieve(self, id: int, *, fields: str | None = None) -> Ranking:
        """Read one."""
        found: Ranking = self.ask("GET", f"/api/v1/rankings/{id}/", query={"fields": fields})
        return found

    def reports_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        cohort: int | None = None,
        enrolment: int | None = None,
        fields: str | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
        state: str | None = None,
    ) -> Page[GeneralReport]:
        """List them."""
        found: Page[GeneralReport] = self.ask(
            "GET",
            "/api/v1/reports/",
            query={
                "after": after,
                "before": before,
                "cohort": cohort,
                "enrolment": enrolment,
                "fields": fields,
                "ordering": ordering,
                "page_size": page_size,
                "state": state,
            },
        )
        return found

    def reports_create(self, body: NewReportRequest, *, idempotency_key: str | None = None) -> GeneralReport:
        """Enter one."""
        found: GeneralReport = self.ask("POST", "/api/v1/reports/", body=body, idempotency_key=idempotency_key)
        return found

    def generalreport_bulk_approve(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Approve (many)."""
        found: ManyMoved = self.ask("POST", "/api/v1/reports/bulk/approve/", body=body, idempotency_key=idempotency_key)
        return found

    def generalreport_bulk_request_revision(
        self,
        body: ManyRequest,
        *,
        idempotency_key: str | None = None,
    ) -> ManyMoved:
        """Send back (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/reports/bulk/request-revision/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def generalreport_bulk_submit(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Send (many)."""
        found: ManyMoved = self.ask("POST", "/api/v1/reports/bulk/submit/", body=body, idempotency_key=idempotency_key)
        return found

    def reports_draft(self, body: DraftRequest, *, idempotency_key: str | None = None) -> GeneralReport:
        """Fill what is empty from weekly reports."""
        found: GeneralReport = self.ask("POST", "/api/v1/reports/draft/", body=body, idempotency_key=idempotency_key)
        return found

    def reports_retrieve(self, id: int, *, fields: str | None = None) -> GeneralReport:
        """Read one."""
        found: GeneralReport = self.ask("GET", f"/api/v1/reports/{id}/", query={"fields": fields})
        return found

    def reports_partial_update(
        self,
        id: int,
        body: PatchedReportBodyRequest | None = None,
        *,
        if_match: int | str | None = None,
    ) -> GeneralReport:
        """Change what is sent."""
        found: GeneralReport = self.ask("PATCH", f"/api/v1/reports/{id}/", body=body or {}, if_match=if_match)
        return found

    def generalreport_approve(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> GeneralReport:
        """Approve."""
        found: GeneralReport = self.ask(
            "POST",
            f"/api/v1/reports/{id}/approve/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def reports_document(self, id: int, *, format: Literal["docx", "pdf"] | None = None) -> File:
        """As a file."""
        return self.fetch(f"/api/v1/reports/{id}/document/", query={"format": format})

    def report_help(
        self,
        id: int,
        body: ReportHelpRequest,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> HelpDraft:
        """Ask for AI help with a text."""
        found: HelpDraft = self.ask(
            "POST",
            f"/api/v1/reports/{id}/help/",
            body=body,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def generalreport_moves(self, id: int) -> list[PossibleMove]:
        """What can be done now."""
        found: list[PossibleMove] = self.ask("GET", f"/api/v1/reports/{id}/moves/")
        return found

    def generalreport_request_revision(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> GeneralReport:
        """Send back."""
        found: GeneralReport = self.ask(
            "POST",
            f"/api/v1/reports/{id}/request-revision/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def generalreport_submit(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> GeneralReport:
        """Send."""
        found: GeneralReport = self.ask(
            "POST",
            f"/api/v1/reports/{id}/submit/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def resumes_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        extraction: str | None = None,
        fields: str | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
    ) -> Page[Resume]:
        """List them."""
        found: Page[Resume] = self.ask(
            "GET",
            "/api/v1/resumes/",
            query={
                "after": after,
                "before": before,
                "extraction": extraction,
                "fields": fields,
                "ordering": ordering,
                "page_size": page_size,
            },
        )
        return found

    def resumes_create(self, body: NewResumeRequest, *, idempotency_key: str | None = None) -> Resume:
        """Enter one."""
        found: Resume = self.ask("POST", "/api/v1/resumes/", body=body, form=True, idempotency_key=idempotency_key)
        return found

    def resumes_retrieve(self, id: int, *, fields: str | None = None) -> Resume:
        """Read one."""
        found: Resume = self.ask("GET", f"/api/v1/resumes/{id}/", query={"fields": fields})
        return found

    def resumes_destroy(self, id: int, *, if_match: int | str | None = None) -> None:
        """Throw it away."""
        self.ask("DELETE", f"/api/v1/resumes/{id}/", if_match=if_match)

    def resumes_facts(self, id: int) -> ReadText:
        """What was read from it."""
        found: ReadText = self.ask("GET", f"/api/v1/resumes/{id}/facts/")
        return found

    def resumes_correct_facts(self, id: int, body: PatchedFactsRequest | None = None) -> ReadText:
        """Put right what was read."""
        found: ReadText = self.ask("PATCH", f"/api/v1/resumes/{id}/facts/", body=body or {})
        return found

    def resumes_file(self, id: int) -> File:
        """The PDF."""
        return self.fetch(f"/api/v1/resumes/{id}/file/")

    def resume_help(
        self,
        id: int,
        body: ResumeHelpRequest,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> HelpDraft:
        """Ask for AI help with a text."""
        found: HelpDraft = self.ask(
            "POST",
            f"/api/v1/resumes/{id}/help/",
            body=body,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def rubrics_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        cohort: int | None = None,
        fields: str | None = None,
        kind: str | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
    ) -> Page[Rubric]:
        """List them."""
        found: Page[Rubric] = self.ask(
            "GET",
            "/api/v1/rubrics/",
            query={
                "after": after,
                "before": before,
                "cohort": cohort,
                "fields": fields,
                "kind": kind,
                "ordering": ordering,
                "page_size": page_size,
            },
        )
        return found

    def rubrics_create(self, body: NewRubricRequest, *, idempotency_key: str | None = None) -> Rubric:
        """Enter one."""
        found: Rubric = self.ask("POST", "/api/v1/rubrics/", body=body, idempotency_key=idempotency_key)
        return found

    def rubrics_retrieve(self, id: int, *, fields: str | None = None) -> Rubric:
        """Read one."""
        found: Rubric = self.ask("GET", f"/api/v1/rubrics/{id}/", query={"fields": fields})
        return found

    def rubrics_partial_update(
        self,
        id: int,
        body: PatchedRubricBodyRequest | None = None,
        *,
        if_match: int | str | None = None,
    ) -> Rubric:
        """Change what is sent."""
        found: Rubric = self.ask("PATCH", f"/api/v1/rubrics/{id}/", body=body or {}, if_match=if_match)
        return found

    def rubrics_destroy(self, id: int, *, if_match: int | str | None = None) -> None:
        """Throw it away."""
        self.ask("DELETE", f"/api/v1/rubrics/{id}/", if_match=if_match)

    def rubrics_set_questions(self, id: int, body: QuestionsRequest) -> Rubric:
        """Set the questions, in their order."""
        found: Rubric = self.ask("PUT", f"/api/v1/rubrics/{id}/questions/", body=body)
        return found

    def saved_searches_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        fields: str | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
    ) -> Page[SavedSearch]:
        """List them."""
        found: Page[SavedSearch] = self.ask(
            "GET",
            "/api/v1/saved-searches/",
            query={"after": after, "before": before, "fields": fields, "ordering": ordering, "page_size": page_size},
        )
        return found

    def saved_searches_create(
        self,
        body: NewSearchRequest | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> SavedSearch:
        """Enter one."""
        found: SavedSearch = self.ask(
            "POST",
            "/api/v1/saved-searches/",
            body=body or {},
            idempotency_key=idempotency_key,
        )
        return found

    def saved_searches_retrieve(self, id: int, *, fields: str | None = None) -> SavedSearch:
        """Read one."""
        found: SavedSearch = self.ask("GET", f"/api/v1/saved-searches/{id}/", query={"fields": fields})
        return found

    def saved_searches_destroy(self, id: int, *, if_match: int | str | None = None) -> None:
        """Throw it away."""
        self.ask("DELETE", f"/api/v1/saved-searches/{id}/", if_match=if_match)

    def service_tokens_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        expires_by: Moment | None = None,
        fields: str | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
        revoked: bool | None = None,
    ) -> Page[ServiceToken]:
        """List them."""
        found: Page[ServiceToken] = self.ask(
            "GET",
            "/api/v1/service-tokens/",
            query={
                "after": after,
                "before": before,
                "expires_by": expires_by,
                "fields": fields,
                "ordering": ordering,
                "page_size": page_size,
                "revoked": revoked,
            },
        )
        return found

    def service_tokens_create(self, body: NewTokenRequest, *, idempotency_key: str | None = None) -> TokenWithSecret:
        """Issue a token."""
        found: TokenWithSecret = self.ask("POST", "/api/v1/service-tokens/", body=body, idempotency_key=idempotency_key)
        return found

    def service_tokens_retrieve(self, id: int, *, fields: str | None = None) -> ServiceToken:
        """Read one."""
        found: ServiceToken = self.ask("GET", f"/api/v1/service-tokens/{id}/", query={"fields": fields})
        return found

    def service_tokens_revoke(
        self,
        id: int,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> ServiceToken:
        """Revoke."""
        found: ServiceToken = self.ask(
            "POST",
            f"/api/v1/service-tokens/{id}/revoke/",
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def snippets_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        company: int | None = None,
        department: int | None = None,
        fields: str | None = None,
        ordering: Literal["-id", "id"] | None = None,
        owner: int | None = None,
        page_size: int | None = None,
    ) -> Page[Snippet]:
        """List them."""
        found: Page[Snippet] = self.ask(
            "GET",
            "/api/v1/snippets/",
            query={
                "after": after,
                "before": before,
                "company": company,
                "department": department,
                "fields": fields,
                "ordering": ordering,
                "owner": owner,
                "page_size": page_size,
            },
        )
        return found

    def snippets_create(self, body: NewSnippetRequest, *, idempotency_key: str | None = None) -> Snippet:
        """Enter one."""
        found: Snippet = self.ask("POST", "/api/v1/snippets/", body=body, idempotency_key=idempotency_key)
        return found

    def snippets_retrieve(self, id: int, *, fields: str | None = None) -> Snippet:
        """Read one."""
        found: Snippet = self.ask("GET", f"/api/v1/snippets/{id}/", query={"fields": fields})
        return found

    def snippets_partial_update(
        self,
        id: int,
        body: PatchedNewSnippetRequest | None = None,
        *,
        if_match: int | str | None = None,
    ) -> Snippet:
        """Change what is sent."""
        found: Snippet = self.ask("PATCH", f"/api/v1/snippets/{id}/", body=body or {}, if_match=if_match)
        return found

    def snippets_destroy(self, id: int, *, if_match: int | str | None = None) -> None:
        """Throw it away."""
        self.ask("DELETE", f"/api/v1/snippets/{id}/", if_match=if_match)

    def staff_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        department: int | None = None,
        fields: str | None = None,
        ordering: Literal["staff_no", "id", "-id"] | None = None,
        page_size: int | None = None,
        staff_no: str | None = None,
    ) -> Page[Staff]:
        """List them."""
        found: Page[Staff] = self.ask(
            "GET",
            "/api/v1/staff/",
            query={
                "after": after,
                "before": before,
                "department": department,
                "fields": fields,
                "ordering": ordering,
                "page_size": page_size,
                "staff_no": staff_no,
            },
        )
        return found

    def staff_invite(self, body: AskedIdsRequest, *, idempotency_key: str | None = None) -> Asked:
        """Ask staff to choose a password."""
        found: Asked = self.ask("POST", "/api/v1/staff/invite/", body=body, idempotency_key=idempotency_key)
        return found

    def staff_retrieve(self, id: int, *, fields: str | None = None) -> Staff:
        """Read one."""
        found: Staff = self.ask("GET", f"/api/v1/staff/{id}/", query={"fields": fields})
        return found

    def tasks_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        fields: str | None = None,
        kind: str | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
        state: str | None = None,
    ) -> Page[OutboxTask]:
        """List them."""
        found: Page[OutboxTask] = self.ask(
            "GET",
            "/api/v1/tasks/",
            query={
                "after": after,
                "before": before,
                "fields": fields,
                "kind": kind,
                "ordering": ordering,
                "page_size": page_size,
                "state": state,
            },
        )
        return found

    def tasks_retrieve(self, id: int, *, fields: str | None = None) -> OutboxTask:
        """Read one."""
        found: OutboxTask = self.ask("GET", f"/api/v1/tasks/{id}/", query={"fields": fields})
        return found

    def tasks_try_again(
        self,
        id: int,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> OutboxTask:
        """Try again."""
        found: OutboxTask = self.ask(
            "POST",
            f"/api/v1/tasks/{id}/try-again/",
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def templates_dictionary(
        self,
        *,
        kind: Literal["arrival", "assessment", "certificate", "letter", "logbook", "report", "tripartite", "week"] | None = None,
    ) -> Dictionary:
        """The fields of a kind of template, and our layouts."""
        found: Dictionary = self.ask("GET", "/api/v1/template-fields/", query={"kind": kind})
        return found

    def templates_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        cohort: int | None = None,
        department: int | None = None,
        fields: str | None = None,
        kind: str | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
        state: str | None = None,
    ) -> Page[Template]:
        """List them."""
        found: Page[Template] = self.ask(
            "GET",
            "/api/v1/templates/",
            query={
                "after": after,
                "before": before,
                "cohort": cohort,
                "department": department,
                "fields": fields,
                "kind": kind,
                "ordering": ordering,
                "page_size": page_size,
                "state": state,
            },
        )
        return found

    def templates_create(self, body: NewTemplateRequest, *, idempotency_key: str | None = None) -> Template:
        """Enter one."""
        found: Template = self.ask("POST", "/api/v1/templates/", body=body, idempotency_key=idempotency_key)
        return found

    def documenttemplate_bulk_publish(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Publish (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/templates/bulk/publish/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def documenttemplate_bulk_retire(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Retire (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/templates/bulk/retire/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def templates_retrieve(self, id: int, *, fields: str | None = None) -> Template:
        """Read one."""
        found: Template = self.ask("GET", f"/api/v1/templates/{id}/", query={"fields": fields})
        return found

    def templates_destroy(self, id: int, *, if_match: int | str | None = None) -> None:
        """Throw it away."""
        self.ask("DELETE", f"/api/v1/templates/{id}/", if_match=if_match)

    def templates_file(self, id: int) -> File:
        """The file."""
        return self.fetch(f"/api/v1/templates/{id}/file/")

    def documenttemplate_moves(self, id: int) -> list[PossibleMove]:
        """What can be done now."""
        found: list[PossibleMove] = self.ask("GET", f"/api/v1/templates/{id}/moves/")
        return found

    def documenttemplate_publish(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Template:
        """Publish."""
        found: Template = self.ask(
            "POST",
            f"/api/v1/templates/{id}/publish/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def documenttemplate_retire(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Template:
        """Retire."""
        found: Template = self.ask(
            "POST",
            f"/api/v1/templates/{id}/retire/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def templates_try(
        self,
        id: int,
        body: TriedRequest,
        *,
        format: Literal["docx", "pdf"] | None = None,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> File:
        """Make its document for a student."""
        return self.fetch(
            f"/api/v1/templates/{id}/try/",
            method="POST",
            query={"format": format},
            body=body,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )

    def vacancies_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        company: int | None = None,
        fields: str | None = None,
        open_until: Day | None = None,
        ordering: Literal["-id", "id", "deadline", "-deadline"] | None = None,
        page_size: int | None = None,
        search: str | None = None,
        sector: str | None = None,
        state: str | None = None,
        work_mode: str | None = None,
        work_type: str | None = None,
    ) -> Page[Vacancy]:
        """List them."""
        found: Page[Vacancy] = self.ask(
            "GET",
            "/api/v1/vacancies/",
            query={
                "after": after,
                "before": before,
                "company": company,
                "fields": fields,
                "open_until": open_until,
                "ordering": ordering,
                "page_size": page_size,
                "search": search,
                "sector": sector,
                "state": state,
                "work_mode": work_mode,
                "work_type": work_type,
            },
        )
        return found

    def vacancies_create(self, body: NewVacancyRequest, *, idempotency_key: str | None = None) -> Vacancy:
        """Enter one."""
        found: Vacancy = self.ask("POST", "/api/v1/vacancies/", body=body, idempotency_key=idempotency_key)
        return found

    def vacancy_bulk_close(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Close (many)."""
        found: ManyMoved = self.ask("POST", "/api/v1/vacancies/bulk/close/", body=body, idempotency_key=idempotency_key)
        return found

    def vacancy_bulk_publish(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Publish (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/vacancies/bulk/publish/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def vacancies_retrieve(self, id: int, *, fields: str | None = None) -> Vacancy:
        """Read one."""
        found: Vacancy = self.ask("GET", f"/api/v1/vacancies/{id}/", query={"fields": fields})
        return found

    def vacancies_partial_update(
        self,
        id: int,
        body: PatchedVacancyBodyRequest | None = None,
        *,
        if_match: int | str | None = None,
    ) -> Vacancy:
        """Change what is sent."""
        found: Vacancy = self.ask("PATCH", f"/api/v1/vacancies/{id}/", body=body or {}, if_match=if_match)
        return found

    def vacancies_destroy(self, id: int, *, if_match: int | str | None = None) -> None:
        """Throw it away."""
        self.ask("DELETE", f"/api/v1/vacancies/{id}/", if_match=if_match)

    def vacancies_bookmark(
        self,
        id: int,
        body: KeepRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> None:
        """Keep it for oneself, or let it go."""
        self.ask(
            "POST",
            f"/api/v1/vacancies/{id}/bookmark/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )

    def vacancy_close(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Vacancy:
        """Close."""
        found: Vacancy = self.ask(
            "POST",
            f"/api/v1/vacancies/{id}/close/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def vacancy_criteria(self, id: int) -> list[Criterion]:
        """The criteria in force."""
        found: list[Criterion] = self.ask("GET", f"/api/v1/vacancies/{id}/criteria/")
        return found

    def vacancy_set_criteria(self, id: int, body: CriteriaRequest) -> list[Criterion]:
        """Set the criteria."""
        found: list[Criterion] = self.ask("PUT", f"/api/v1/vacancies/{id}/criteria/", body=body)
        return found

    def vacancy_help(
        self,
        id: int,
        body: VacancyHelpRequest,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> HelpDraft:
        """Ask for AI help with a text."""
        found: HelpDraft = self.ask(
            "POST",
            f"/api/v1/vacancies/{id}/help/",
            body=body,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def vacancy_moves(self, id: int) -> list[PossibleMove]:
        """What can be done now."""
        found: list[PossibleMove] = self.ask("GET", f"/api/v1/vacancies/{id}/moves/")
        return found

    def vacancy_publish(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Vacancy:
        """Publish."""
        found: Vacancy = self.ask(
            "POST",
            f"/api/v1/vacancies/{id}/publish/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def vacancy_reopen(
        self,
        id: int,
        body: ReopenRequest,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Vacancy:
        """Reopen."""
        found: Vacancy = self.ask(
            "POST",
            f"/api/v1/vacancies/{id}/reopen/",
            body=body,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def vacancies_why(self, id: int, *, idempotency_key: str | None = None) -> HelpDraft:
        """Ask why a vacancy fits."""
        found: HelpDraft = self.ask("POST", f"/api/v1/vacancies/{id}/why/", idempotency_key=idempotency_key)
        return found

    def visits_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        fields: str | None = None,
        from_: Day | None = None,
        ordering: Literal["-id", "id", "planned_on"] | None = None,
        page_size: int | None = None,
        placement: int | None = None,
        until: Day | None = None,
        visitor: int | None = None,
    ) -> Page[Visit]:
        """List them."""
        found: Page[Visit] = self.ask(
            "GET",
            "/api/v1/visits/",
            query={
                "after": after,
                "before": before,
                "fields": fields,
                "from": from_,
                "ordering": ordering,
                "page_size": page_size,
                "placement": placement,
                "until": until,
                "visitor": visitor,
            },
        )
        return found

    def visits_create(self, body: NewVisitRequest, *, idempotency_key: str | None = None) -> Visit:
        """Enter one."""
        found: Visit = self.ask("POST", "/api/v1/visits/", body=body, idempotency_key=idempotency_key)
        return found

    def visits_retrieve(self, id: int, *, fields: str | None = None) -> Visit:
        """Read one."""
        found: Visit = self.ask("GET", f"/api/v1/visits/{id}/", query={"fields": fields})
        return found

    def visits_partial_update(
        self,
        id: int,
        body: PatchedMovedVisitRequest | None = None,
        *,
        if_match: int | str | None = None,
    ) -> Visit:
        """Change what is sent."""
        found: Visit = self.ask("PATCH", f"/api/v1/visits/{id}/", body=body or {}, if_match=if_match)
        return found

    def visits_destroy(self, id: int, *, if_match: int | str | None = None) -> None:
        """Throw it away."""
        self.ask("DELETE", f"/api/v1/visits/{id}/", if_match=if_match)

    def visits_report(
        self,
        id: int,
        body: MadeVisitRequest,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Visit:
        """Write down that it was made."""
        found: Visit = self.ask(
            "POST",
            f"/api/v1/visits/{id}/report/",
            body=body,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def webhooks_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        fields: str | None = None,
        is_active: bool | None = None,
        ordering: Literal["-id", "id"] | None = None,
        page_size: int | None = None,
    ) -> Page[Webhook]:
        """List them."""
        found: Page[Webhook] = self.ask(
            "GET",
            "/api/v1/webhooks/",
            query={
                "after": after,
                "before": before,
                "fields": fields,
                "is_active": is_active,
                "ordering": ordering,
                "page_size": page_size,
            },
        )
        return found

    def webhooks_create(self, body: NewWebhookRequest, *, idempotency_key: str | None = None) -> WebhookWithKey:
        """Tell another program of events."""
        found: WebhookWithKey = self.ask("POST", "/api/v1/webhooks/", body=body, idempotency_key=idempotency_key)
        return found

    def webhooks_retrieve(self, id: int, *, fields: str | None = None) -> Webhook:
        """Read one."""
        found: Webhook = self.ask("GET", f"/api/v1/webhooks/{id}/", query={"fields": fields})
        return found

    def webhooks_pause(
        self,
        id: int,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Webhook:
        """Pause."""
        found: Webhook = self.ask(
            "POST",
            f"/api/v1/webhooks/{id}/pause/",
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def webhooks_resume(
        self,
        id: int,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> Webhook:
        """Go on."""
        found: Webhook = self.ask(
            "POST",
            f"/api/v1/webhooks/{id}/resume/",
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def weeks_list(
        self,
        *,
        after: str | None = None,
        before: str | None = None,
        current: bool | None = None,
        enrolment: int | None = None,
        fields: str | None = None,
        from_: Day | None = None,
        number: int | None = None,
        ordering: Literal["-id", "id", "week_start", "-week_start"] | None = None,
        page_size: int | None = None,
        placement: int | None = None,
        state: str | None = None,
        student: int | None = None,
        until: Day | None = None,
        week_start: Day | None = None,
    ) -> Page[WeeklyReport]:
        """List them."""
        found: Page[WeeklyReport] = self.ask(
            "GET",
            "/api/v1/weeks/",
            query={
                "after": after,
                "before": before,
                "current": current,
                "enrolment": enrolment,
                "fields": fields,
                "from": from_,
                "number": number,
                "ordering": ordering,
                "page_size": page_size,
                "placement": placement,
                "state": state,
                "student": student,
                "until": until,
                "week_start": week_start,
            },
        )
        return found

    def weeks_create(self, body: NewWeekRequest, *, idempotency_key: str | None = None) -> WeeklyReport:
        """Write a week."""
        found: WeeklyReport = self.ask("POST", "/api/v1/weeks/", body=body, idempotency_key=idempotency_key)
        return found

    def weeklyreport_bulk_flag(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Flag to the coordinator (many)."""
        found: ManyMoved = self.ask("POST", "/api/v1/weeks/bulk/flag/", body=body, idempotency_key=idempotency_key)
        return found

    def weeklyreport_bulk_recall(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Take back (many)."""
        found: ManyMoved = self.ask("POST", "/api/v1/weeks/bulk/recall/", body=body, idempotency_key=idempotency_key)
        return found

    def weeklyreport_bulk_request_revision(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Send back (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/weeks/bulk/request-revision/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def weeklyreport_bulk_return_to_host(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Return to the company (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/weeks/bulk/return-to-host/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def weeklyreport_bulk_return_to_student(
        self,
        body: ManyRequest,
        *,
        idempotency_key: str | None = None,
    ) -> ManyMoved:
        """Return to the student (many)."""
        found: ManyMoved = self.ask(
            "POST",
            "/api/v1/weeks/bulk/return-to-student/",
            body=body,
            idempotency_key=idempotency_key,
        )
        return found

    def weeklyreport_bulk_submit(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Send (many)."""
        found: ManyMoved = self.ask("POST", "/api/v1/weeks/bulk/submit/", body=body, idempotency_key=idempotency_key)
        return found

    def weeklyreport_bulk_uphold(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Uphold (many)."""
        found: ManyMoved = self.ask("POST", "/api/v1/weeks/bulk/uphold/", body=body, idempotency_key=idempotency_key)
        return found

    def weeklyreport_bulk_validate(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Validate (many)."""
        found: ManyMoved = self.ask("POST", "/api/v1/weeks/bulk/validate/", body=body, idempotency_key=idempotency_key)
        return found

    def weeklyreport_bulk_verify(self, body: ManyRequest, *, idempotency_key: str | None = None) -> ManyMoved:
        """Approve (many)."""
        found: ManyMoved = self.ask("POST", "/api/v1/weeks/bulk/verify/", body=body, idempotency_key=idempotency_key)
        return found

    def weeks_retrieve(self, id: int, *, fields: str | None = None) -> WeeklyReport:
        """Read one."""
        found: WeeklyReport = self.ask("GET", f"/api/v1/weeks/{id}/", query={"fields": fields})
        return found

    def weeks_partial_update(
        self,
        id: int,
        body: PatchedWeekBodyRequest | None = None,
        *,
        if_match: int | str | None = None,
    ) -> WeeklyReport:
        """Change what is sent."""
        found: WeeklyReport = self.ask("PATCH", f"/api/v1/weeks/{id}/", body=body or {}, if_match=if_match)
        return found

    def weeks_destroy(self, id: int, *, if_match: int | str | None = None) -> None:
        """Throw it away."""
        self.ask("DELETE", f"/api/v1/weeks/{id}/", if_match=if_match)

    def weeklyreport_flag(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> WeeklyReport:
        """Flag to the coordinator."""
        found: WeeklyReport = self.ask(
            "POST",
            f"/api/v1/weeks/{id}/flag/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def week_help(
        self,
        id: int,
        body: WeekHelpRequest,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> HelpDraft:
        """Ask for AI help with a text."""
        found: HelpDraft = self.ask(
            "POST",
            f"/api/v1/weeks/{id}/help/",
            body=body,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def weeklyreport_moves(self, id: int) -> list[PossibleMove]:
        """What can be done now."""
        found: list[PossibleMove] = self.ask("GET", f"/api/v1/weeks/{id}/moves/")
        return found

    def weeklyreport_recall(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> WeeklyReport:
        """Take back."""
        found: WeeklyReport = self.ask(
            "POST",
            f"/api/v1/weeks/{id}/recall/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def weeklyreport_request_revision(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> WeeklyReport:
        """Send back."""
        found: WeeklyReport = self.ask(
            "POST",
            f"/api/v1/weeks/{id}/request-revision/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def weeklyreport_return_to_host(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> WeeklyReport:
        """Return to the company."""
        found: WeeklyReport = self.ask(
            "POST",
            f"/api/v1/weeks/{id}/return-to-host/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def weeklyreport_return_to_student(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> WeeklyReport:
        """Return to the student."""
        found: WeeklyReport = self.ask(
            "POST",
            f"/api/v1/weeks/{id}/return-to-student/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def weeklyreport_submit(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> WeeklyReport:
        """Send."""
        found: WeeklyReport = self.ask(
            "POST",
            f"/api/v1/weeks/{id}/submit/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def weeklyreport_uphold(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> WeeklyReport:
        """Uphold."""
        found: WeeklyReport = self.ask(
            "POST",
            f"/api/v1/weeks/{id}/uphold/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def weeklyreport_validate(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> WeeklyReport:
        """Validate."""
        found: WeeklyReport = self.ask(
            "POST",
            f"/api/v1/weeks/{id}/validate/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found

    def weeklyreport_verify(
        self,
        id: int,
        body: MoveRequest | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: int | str | None = None,
    ) -> WeeklyReport:
        """Approve."""
        found: WeeklyReport = self.ask(
            "POST",
            f"/api/v1/weeks/{id}/verify/",
            body=body or {},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return found
