"""The pages of reporting."""

from django.urls import URLPattern, URLResolver, path, register_converter

from apps.reporting import views
from portal.kernel import converters  # noqa: F401 - registers <day:…>


class FormConverter:
    """A form in which a document is made."""

    regex = "docx|pdf"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(FormConverter, "form")

urlpatterns: list[URLPattern | URLResolver] = [
    path("documents/agreement-<int:pk>.docx", views.agreement_download, name="agreement_download"),
    path("documents/letter-<int:pk>.docx", views.letter_download, name="letter_download"),
    path("documents/", views.documents, name="documents"),
    path("documents/<int:pk>/logbook.<form:form>", views.logbook_download, name="logbook_download"),
    path("documents/<int:pk>/week-<day:monday>.<form:form>", views.week_download, name="week_download"),
]
