"""Reports and templates."""

import factory
from django.core.files.base import ContentFile
from factory.django import DjangoModelFactory

from apps.reporting.models import DocumentTemplate, GeneralReport
from apps.reporting.states import TemplateKind
from tests.factories.accounts import DepartmentFactory, EnrolmentFactory


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
