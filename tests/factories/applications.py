"""From wish to place."""

import datetime as dt
import hashlib

import factory
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.utils import timezone
from factory.django import DjangoModelFactory

from apps.accounts.states import Role
from apps.applications.models import (
    Agreement,
    AgreementSignature,
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
    PlacementSupervisor,
    PriorityCase,
    Ranking,
    Resume,
    Review,
    ReviewScore,
)
from apps.applications.states import (
    AgreementKind,
    AgreementState,
    AmendmentKind,
    ExtractionState,
    LetterState,
    Party,
    PlacementOrigin,
    PlacementState,
    PriorityKind,
    SigningWay,
    SupervisorKind,
)
from tests.factories.accounts import CohortFactory, CompanyFactory, EnrolmentFactory, StudentFactory, UserFactory
from tests.factories.vacancies import VacancyFactory

PDF = b"%PDF-1.4\n%test\n"


class ResumeFactory(DjangoModelFactory[Resume]):
    """A stored resume whose text was read."""

    class Meta:
        model = Resume

    owner = factory.SubFactory(StudentFactory)
    original_name = "resume.pdf"
    size = factory.LazyAttribute(lambda o: len(o.content))
    sha256 = factory.LazyAttribute(lambda o: hashlib.sha256(o.content).hexdigest())
    file = factory.LazyAttribute(lambda o: ContentFile(o.content, name="resume.pdf"))
    text = "Turning, milling, drawing."
    extraction = ExtractionState.READ
    stored_at = factory.LazyFunction(timezone.now)

    class Params:
        content = factory.Sequence(lambda n: PDF + str(n).encode())


class ApplicationFactory(DjangoModelFactory[Application]):
    """A pending application of an enrolled student."""

    class Meta:
        model = Application

    vacancy = factory.SubFactory(VacancyFactory)
    enrolment = factory.SubFactory(EnrolmentFactory)
    student = factory.SelfAttribute("enrolment.student")
    resume = factory.SubFactory(ResumeFactory, owner=factory.SelfAttribute("..student"))


class PlacementFactory(DjangoModelFactory[Placement]):
    """An active placement over the whole cohort; without supervisors."""

    class Meta:
        model = Placement

    enrolment = factory.SubFactory(EnrolmentFactory)
    company = factory.SubFactory(CompanyFactory)
    origin = PlacementOrigin.ALLOCATED
    start = factory.SelfAttribute("enrolment.cohort.start")
    end = factory.SelfAttribute("enrolment.cohort.end")
    state = PlacementState.ACTIVE


class PlacementAmendmentFactory(DjangoModelFactory[PlacementAmendment]):
    """The extension of a placement by a week."""

    class Meta:
        model = PlacementAmendment

    placement = factory.SubFactory(PlacementFactory)
    number = factory.Sequence(lambda n: n + 1)
    kind = AmendmentKind.EXTENSION
    before = factory.LazyAttribute(lambda o: {"end": o.placement.end.isoformat()})
    after = factory.LazyAttribute(lambda o: {"end": (o.placement.end + dt.timedelta(days=7)).isoformat()})
    reason = "There is more to do."


class AgreementFactory(DjangoModelFactory[Agreement]):
    """A tripartite agreement that waits for all its signatures."""

    class Meta:
        model = Agreement

    placement = factory.SubFactory(PlacementFactory)
    kind = AgreementKind.TRIPARTITE
    language = "en"
    code = factory.Sequence(lambda n: f"TEST-{n:04d}")
    file = factory.LazyAttribute(lambda o: ContentFile(o.content, name="agreement.pdf"))
    sha256 = factory.LazyAttribute(lambda o: hashlib.sha256(o.content).hexdigest())
    state = AgreementState.SENT

    class Params:
        content = factory.Sequence(lambda n: PDF + str(n).encode())


class AgreementSignatureFactory(DjangoModelFactory[AgreementSignature]):
    """The student's signature."""

    class Meta:
        model = AgreementSignature

    agreement = factory.SubFactory(AgreementFactory)
    party = Party.STUDENT
    user = factory.SelfAttribute("agreement.placement.enrolment.student")
    name = "Asha Moshi"
    way = SigningWay.ELECTRONIC
    sha256 = factory.SelfAttribute("agreement.sha256")
    signed_at = factory.LazyFunction(timezone.now)


class IntroductionLetterFactory(DjangoModelFactory[IntroductionLetter]):
    """A letter for which a student has asked; with ``content`` it has its file."""

    class Meta:
        model = IntroductionLetter

    enrolment = factory.SubFactory(EnrolmentFactory)
    company_name = "Simba Works"
    language = "en"
    code = factory.Sequence(lambda n: f"LTTR-{n:04d}")
    file = factory.LazyAttribute(lambda o: ContentFile(o.content, name="letter.pdf") if o.content else "")
    sha256 = factory.LazyAttribute(lambda o: hashlib.sha256(o.content).hexdigest() if o.content else "")
    state = LetterState.REQUESTED

    class Params:
        content = b""


class PlacementSupervisorFactory(DjangoModelFactory[PlacementSupervisor]):
    """An industrial supervisor unless ``kind`` says university; the role fits the side."""

    class Meta:
        model = PlacementSupervisor
        skip_postgeneration_save = True

    placement = factory.SubFactory(PlacementFactory)
    user = factory.SubFactory(UserFactory)
    kind = SupervisorKind.INDUSTRIAL

    @factory.post_generation
    def role(self: PlacementSupervisor, _create: bool, _extracted: object, **_kwargs: object) -> None:
        industrial = self.kind == SupervisorKind.INDUSTRIAL
        role = Role.INDUSTRIAL_SUPERVISOR if industrial else Role.UNIVERSITY_SUPERVISOR
        self.user.groups.add(Group.objects.get(name=role.value))


class AllocationRunFactory(DjangoModelFactory[AllocationRun]):
    class Meta:
        model = AllocationRun

    round = factory.SubFactory(
        "tests.factories.applications.AllocationRoundFactory", cohort=factory.SelfAttribute("..cohort")
    )
    cohort = factory.SubFactory(CohortFactory)
    title = factory.LazyFunction(lambda: f"Run of {timezone.localdate()}")


class AllocationRoundFactory(DjangoModelFactory[AllocationRound]):
    """Open since yesterday and until tomorrow."""

    class Meta:
        model = AllocationRound

    cohort = factory.SubFactory(CohortFactory)
    title = "Places for the summer"
    opens_on = factory.LazyFunction(lambda: timezone.localdate() - dt.timedelta(days=1))
    closes_on = factory.LazyFunction(lambda: timezone.localdate() + dt.timedelta(days=1))


class AllocationOfferFactory(DjangoModelFactory[AllocationOffer]):
    class Meta:
        model = AllocationOffer

    round = factory.SubFactory(AllocationRoundFactory)
    company = factory.SubFactory(CompanyFactory)
    places = 1


class RankingFactory(DjangoModelFactory[Ranking]):
    """Confirmed."""

    class Meta:
        model = Ranking

    round = factory.SubFactory(AllocationRoundFactory)
    enrolment = factory.SubFactory(EnrolmentFactory, cohort=factory.SelfAttribute("..round.cohort"))
    draft = factory.SelfAttribute("wishes")
    wishes = factory.LazyFunction(list)
    confirmed_at = factory.LazyFunction(timezone.now)


class PriorityCaseFactory(DjangoModelFactory[PriorityCase]):
    class Meta:
        model = PriorityCase

    round = factory.SubFactory(AllocationRoundFactory)
    enrolment = factory.SubFactory(EnrolmentFactory, cohort=factory.SelfAttribute("..round.cohort"))
    kind = PriorityKind.CARE
    reason = "Two children under three."


class AllotmentFactory(DjangoModelFactory[Allotment]):
    class Meta:
        model = Allotment

    run = factory.SubFactory(AllocationRunFactory)
    enrolment = factory.SubFactory(EnrolmentFactory, cohort=factory.SelfAttribute("..run.cohort"))
    offer = factory.SubFactory(AllocationOfferFactory, round=factory.SelfAttribute("..run.round"))
    rank = 1
    reasons = factory.LazyFunction(lambda: [["wish", "1", "3"]])


class HostRatingFactory(DjangoModelFactory[HostRating]):
    class Meta:
        model = HostRating

    placement = factory.SubFactory(PlacementFactory, state=PlacementState.COMPLETED)
    stars = 4
    would_recommend = True


class HostFeedbackFactory(DjangoModelFactory[HostFeedback]):
    class Meta:
        model = HostFeedback

    placement = factory.SubFactory(PlacementFactory, state=PlacementState.COMPLETED)
    again = True
    places = 2


class CriterionFactory(DjangoModelFactory[Criterion]):
    class Meta:
        model = Criterion

    company = factory.SubFactory(CompanyFactory)
    name = factory.Sequence(lambda n: f"Criterion {n}")


class ReviewFactory(DjangoModelFactory[Review]):
    """A review without scores, unless ``scores`` maps criteria to values."""

    class Meta:
        model = Review
        skip_postgeneration_save = True

    application = factory.SubFactory(ApplicationFactory)
    reviewer = factory.SubFactory(UserFactory)

    @factory.post_generation
    def scores(self: Review, _create: bool, extracted: dict[Criterion, int] | None, **_kwargs: object) -> None:
        for criterion, value in (extracted or {}).items():
            ReviewScore.objects.create(review=self, criterion=criterion, value=value)
