"""People and organisations. No surprising behaviour: a factory makes its row and what the row cannot be without."""

import datetime as dt

import factory
from django.contrib.auth.models import Group
from django.utils import timezone
from factory.django import DjangoModelFactory

from apps.accounts.models import (
    Agreement,
    Cohort,
    Company,
    CompanyCapacity,
    CompanyMember,
    Department,
    Enrolment,
    Erasure,
    Holiday,
    IdentityProvider,
    ImportSchedule,
    Job,
    KeptAnswer,
    MailTrouble,
    MassMail,
    Note,
    Programme,
    ProvisionedGroup,
    SavedView,
    ServiceToken,
    SignOnEvent,
    SignOnRule,
    StaffProfile,
    StudentProfile,
    TokenFamily,
    User,
    Webhook,
)
from apps.accounts.services.links import hash_secret
from apps.accounts.services.organisations import marks_of
from apps.accounts.services.people import normal_name
from apps.accounts.services.students import STUDENTS
from apps.accounts.services.token_pairs import OURS
from apps.accounts.states import (
    CompanyState,
    MatchField,
    MemberKind,
    ProviderKind,
    Role,
    SignOnOutcome,
    SignOnRole,
    TokenScope,
)
from portal.kernel.sealing import seal


class UserFactory(DjangoModelFactory[User]):
    """A person without a role; ``roles=[Role.X]`` gives some. The password is ``"pw"``."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"person{n}")
    first_name = factory.Sequence(lambda n: f"First{n}")
    last_name = factory.Sequence(lambda n: f"Last{n}")
    email = factory.LazyAttribute(lambda o: f"{o.username}@uni.example")
    password = factory.django.Password("pw")

    @factory.post_generation
    def roles(self: User, _create: bool, extracted: list[Role] | None, **_kwargs: object) -> None:
        for role in extracted or []:
            self.groups.add(Group.objects.get(name=role.value))


class DepartmentFactory(DjangoModelFactory[Department]):
    class Meta:
        model = Department

    code = factory.Sequence(lambda n: f"dep{n}")
    name = factory.Sequence(lambda n: f"Department {n}")


class ProgrammeFactory(DjangoModelFactory[Programme]):
    class Meta:
        model = Programme

    department = factory.SubFactory(DepartmentFactory)
    code = factory.Sequence(lambda n: f"prog{n}")
    name = factory.Sequence(lambda n: f"Programme {n}")


class CohortFactory(DjangoModelFactory[Cohort]):
    """Eight weeks around today, so that a log of today is inside."""

    class Meta:
        model = Cohort

    department = factory.SubFactory(DepartmentFactory)
    name = factory.Sequence(lambda n: f"Cohort {n}")
    phase = "PT2"
    start = factory.LazyFunction(lambda: timezone.localdate() - dt.timedelta(days=28))
    end = factory.LazyFunction(lambda: timezone.localdate() + dt.timedelta(days=28))
    country = ""


class HolidayFactory(DjangoModelFactory[Holiday]):
    class Meta:
        model = Holiday

    cohort = factory.SubFactory(CohortFactory)
    day = factory.LazyFunction(timezone.localdate)
    name = "Founders' day"


class StudentProfileFactory(DjangoModelFactory[StudentProfile]):
    class Meta:
        model = StudentProfile

    user = factory.SubFactory(UserFactory, roles=[Role.STUDENT])
    programme = factory.SubFactory(ProgrammeFactory)
    reg_no = factory.Sequence(lambda n: f"2024-04-{n:05d}")
    year_of_study = 2
    welcomed_at = factory.LazyFunction(timezone.now)


class StudentFactory(UserFactory):
    """A person with the student's role and profile; ``profile__programme=...`` reaches the profile."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    profile = factory.RelatedFactory(StudentProfileFactory, factory_related_name="user")

    @factory.post_generation
    def role(self: User, _create: bool, _extracted: object, **_kwargs: object) -> None:
        self.groups.add(Group.objects.get(name=Role.STUDENT))


class StaffProfileFactory(DjangoModelFactory[StaffProfile]):
    class Meta:
        model = StaffProfile

    user = factory.SubFactory(UserFactory)
    department = factory.SubFactory(DepartmentFactory)
    staff_no = factory.Sequence(lambda n: f"S{n:04d}")


class EnrolmentFactory(DjangoModelFactory[Enrolment]):
    """A student in a cohort; the student's programme is one of the cohort's department."""

    class Meta:
        model = Enrolment

    cohort = factory.SubFactory(CohortFactory)
    student = factory.SubFactory(
        StudentFactory, profile__programme__department=factory.SelfAttribute("....cohort.department")
    )


class CompanyFactory(DjangoModelFactory[Company]):
    class Meta:
        model = Company

    name = factory.Sequence(lambda n: f"Company {n}")
    normal_name = factory.LazyAttribute(lambda o: normal_name(o.name))
    registration_no = ""
    normal_registration_no = factory.LazyAttribute(
        lambda o: marks_of({"registration_no": o.registration_no}).normal_registration_no
    )
    state = CompanyState.APPROVED


class AgreementFactory(DjangoModelFactory[Agreement]):
    """In force for another half year; without a paper."""

    class Meta:
        model = Agreement

    company = factory.SubFactory(CompanyFactory)
    signed_on = factory.LazyFunction(lambda: timezone.localdate() - dt.timedelta(days=180))
    expires_on = factory.LazyFunction(lambda: timezone.localdate() + dt.timedelta(days=180))


class CompanyCapacityFactory(DjangoModelFactory[CompanyCapacity]):
    class Meta:
        model = CompanyCapacity

    company = factory.SubFactory(CompanyFactory)
    cohort = factory.SubFactory(CohortFactory)
    places = 3


class CompanyMemberFactory(DjangoModelFactory[CompanyMember]):
    """A representative unless ``kind`` says supervisor; the role fits the kind."""

    class Meta:
        model = CompanyMember
        skip_postgeneration_save = True

    company = factory.SubFactory(CompanyFactory)
    user = factory.SubFactory(UserFactory)
    kind = MemberKind.REPRESENTATIVE

    @factory.post_generation
    def role(self: CompanyMember, _create: bool, _extracted: object, **_kwargs: object) -> None:
        role = Role.COMPANY_REPRESENTATIVE if self.kind == MemberKind.REPRESENTATIVE else Role.INDUSTRIAL_SUPERVISOR
        self.user.groups.add(Group.objects.get(name=role.value))


class JobFactory(DjangoModelFactory[Job]):
    class Meta:
        model = Job

    owner = factory.SubFactory(UserFactory)
    kind = "tests.nothing"
    title = "A long task"


class IdentityProviderFactory(DjangoModelFactory[IdentityProvider]):
    """An OpenID provider that brings students of the list by ``reg_no``."""

    class Meta:
        model = IdentityProvider

    kind = ProviderKind.OIDC
    slug = factory.Sequence(lambda n: f"idp{n}")
    name = factory.Sequence(lambda n: f"University {n}")
    issuer = factory.LazyAttribute(lambda o: f"https://{o.slug}.example")
    client_id = "practicum"
    client_secret = factory.LazyFunction(lambda: seal("a secret that no page shows"))
    match_claim = "reg_no"
    match_field = MatchField.REG_NO


class SignOnRuleFactory(DjangoModelFactory[SignOnRule]):
    class Meta:
        model = SignOnRule

    provider = factory.SubFactory(IdentityProviderFactory)
    attribute = "affiliation"
    value = "staff"
    role = SignOnRole.UNIVERSITY_SUPERVISOR
    department = factory.SubFactory(DepartmentFactory)


class SignOnEventFactory(DjangoModelFactory[SignOnEvent]):
    class Meta:
        model = SignOnEvent

    provider = factory.SubFactory(IdentityProviderFactory)
    outcome = SignOnOutcome.REFUSED
    code = "unknown"
    at = factory.LazyFunction(timezone.now)


class ServiceTokenFactory(DjangoModelFactory[ServiceToken]):
    """A token whose secret is ``"secret-<number>"``; good for a day."""

    class Meta:
        model = ServiceToken

    class Params:
        secret = factory.Sequence(lambda n: f"secret-{n}")

    name = factory.Sequence(lambda n: f"Directory {n}")
    scopes = factory.LazyFunction(lambda: [TokenScope.SCIM_WRITE.value])
    secret_hash = factory.LazyAttribute(lambda o: hash_secret(o.secret))
    expires_at = factory.LazyFunction(lambda: timezone.now() + dt.timedelta(days=1))


class TokenFamilyFactory(DjangoModelFactory[TokenFamily]):
    """A sign-in of a program to the API an hour ago, good for two weeks."""

    class Meta:
        model = TokenFamily

    user = factory.SubFactory(UserFactory)
    audience = OURS.name
    jti = factory.Sequence(lambda n: f"{n:032d}")
    program = "curl"
    started_at = factory.LazyFunction(lambda: timezone.now() - dt.timedelta(hours=1))
    rotated_at = factory.SelfAttribute("started_at")
    expires_at = factory.LazyAttribute(lambda o: o.started_at + OURS.refresh)


class KeptAnswerFactory(DjangoModelFactory[KeptAnswer]):
    class Meta:
        model = KeptAnswer

    user = factory.SubFactory(UserFactory)
    key = factory.Sequence(lambda n: f"key-{n}")
    digest = "0" * 64
    status = 201


class SavedViewFactory(DjangoModelFactory[SavedView]):
    class Meta:
        model = SavedView

    owner = factory.SubFactory(UserFactory)
    label = "applications.placement"
    name = factory.Sequence(lambda n: f"View {n}")


class NoteFactory(DjangoModelFactory[Note]):
    class Meta:
        model = Note

    author = factory.SubFactory(UserFactory)
    enrolment = factory.SubFactory(EnrolmentFactory)
    text = "Called the host: they expect her on Monday."


class ImportScheduleFactory(DjangoModelFactory[ImportSchedule]):
    """Of students, into a cohort; ``owner`` is to be somebody who may import there."""

    class Meta:
        model = ImportSchedule

    owner = factory.SubFactory(UserFactory)
    cohort = factory.SubFactory(CohortFactory)
    kind = STUDENTS


class WebhookFactory(DjangoModelFactory[Webhook]):
    class Meta:
        model = Webhook

    name = factory.Sequence(lambda n: f"Timetable {n}")
    url = "https://timetable.example/told"
    events = factory.LazyFunction(lambda: ["company.approved"])
    salt = factory.Sequence(lambda n: f"{n:032d}")


class ProvisionedGroupFactory(DjangoModelFactory[ProvisionedGroup]):
    class Meta:
        model = ProvisionedGroup

    name = factory.Sequence(lambda n: f"Group {n}")


class ErasureFactory(DjangoModelFactory[Erasure]):
    class Meta:
        model = Erasure

    person = factory.SubFactory(UserFactory)
    due_at = factory.LazyFunction(timezone.now)


class MailTroubleFactory(DjangoModelFactory[MailTrouble]):
    """One mail came back; ``paused_at=`` says since when none is sent."""

    class Meta:
        model = MailTrouble

    user = factory.SubFactory(UserFactory)
    address = factory.SelfAttribute("user.email")
    count = 1
    first_at = last_at = factory.LazyFunction(timezone.now)
    status = "5.1.1"
    detail = "550 5.1.1 no such user"


class MassMailFactory(DjangoModelFactory[MassMail]):
    """A draft to nobody yet."""

    class Meta:
        model = MassMail

    author = factory.SubFactory(UserFactory)
    audience = "accounts.students"
    subject = "Meeting"
    text = "Dear {first_name}"
