"""Reports and templates."""

import factory
from django.core.files.base import ContentFile
from factory.django import DjangoModelFactory

from apps.reporting.models import Credential, DocumentTemplate, GeneralReport, IssuedDocument, Portfolio
from apps.reporting.states import IssuedKind, TemplateKind
from tests.factories.accounts import DepartmentFactory, EnrolmentFactory
from tests.factories.applications import PlacementFactory


class GeneralReportFactory(DjangoModelFactory[GeneralReport]):
    class Meta:
        model = GeneralReport

    enrolment = factory.SubFactory(EnrolmentFactory)
    title = "My training"


class DocumentTemplateFactory(DjangoModelFactory[DocumentTemplate]):
    class Meta:
        model = DocumentTemplate

    department = factory.SubFactory(DepartmentFactory)
    kind = TemplateKind.WEEK
    name = "Weekly sheet"
    number = factory.Sequence(lambda n: n + 1)
    file = factory.LazyFunction(lambda: ContentFile(b"PK", name="week.docx"))


class IssuedDocumentFactory(DjangoModelFactory[IssuedDocument]):
    """The logbook of a placement, taken along as PDF; nothing in it was validated."""

    class Meta:
        model = IssuedDocument

    placement = factory.SubFactory(PlacementFactory)
    enrolment = factory.SelfAttribute("placement.enrolment")
    code = factory.Sequence(lambda n: f"TEST2-{n:05d}".replace("0", "X").replace("1", "Y"))
    kind = IssuedKind.LOGBOOK
    form = "pdf"
    target_label = "applications.Placement"
    target_id = factory.SelfAttribute("placement.pk")
    sha256 = factory.Sequence(lambda n: f"{n:064x}")


class CredentialFactory(DjangoModelFactory[Credential]):
    """Of a completed placement; its token is none that anybody could verify."""

    class Meta:
        model = Credential

    placement = factory.SubFactory(PlacementFactory, state="completed")
    status_index = factory.Sequence(lambda n: n)
    token = "head.body.signature"


class PortfolioFactory(DjangoModelFactory[Portfolio]):
    class Meta:
        model = Portfolio

    enrolment = factory.SubFactory(EnrolmentFactory)
    title = "What I can do"
