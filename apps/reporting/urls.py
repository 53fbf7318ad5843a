"""The pages of reporting."""

from django.urls import URLPattern, URLResolver, path, register_converter

from apps.reporting.views import checks, credentials, deans, documents, exports, helping, portfolios, reports, sheets
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
    path("documents/agreement-<int:pk>.docx", documents.agreement_download, name="agreement_download"),
    path("documents/letter-<int:pk>.docx", documents.letter_download, name="letter_download"),
    path("figures/", deans.university_figures, name="university_figures"),
    path("figures/figures.<slug:ending>", deans.university_figures_file, name="university_figures_file"),
    path("check/", checks.check, name="check"),
    path("check/<str:code>/", checks.document_check, name="document_check"),
    path(".well-known/did.json", credentials.did, name="did"),
    path("credentials/status/", credentials.credential_status, name="credential_status"),
    path("credentials/status/<int:number>/", credentials.credential_status, name="credential_status_of"),
    path("documents/<int:pk>/credential/", credentials.credential, name="credential"),
    path("documents/<int:pk>/credential.jwt", credentials.credential_download, name="credential_download"),
    path("portfolio/", portfolios.portfolio, name="portfolio"),
    path("portfolio/preview/", portfolios.portfolio_preview, name="portfolio_preview"),
    path("portfolio/share/", portfolios.portfolio_share, name="portfolio_share"),
    path("portfolio/links/<int:pk>/withdraw/", portfolios.portfolio_withdraw, name="portfolio_withdraw"),
    path("p/<str:secret>/", portfolios.portfolio_shared, name="portfolio_shared"),
    path("p/<str:secret>/portfolio.pdf", portfolios.portfolio_shared_pdf, name="portfolio_shared_pdf"),
    path("p/<str:secret>/files/<int:pk>/", portfolios.portfolio_shared_file, name="portfolio_shared_file"),
    path("report/", reports.general_report, name="general_report"),
    path("report/help/", helping.report_help, name="report_help"),
    path("documents/<int:pk>/ai/", helping.ai_declaration, name="ai_declaration"),
    path("report/autosave/", reports.general_report_autosave, name="general_report_autosave"),
    path("reports/", reports.report_list, name="report_list"),
    path("reports/exports/", exports.exports, name="exports"),
    path("reports/<int:pk>/", reports.report_detail, name="report_detail"),
    path("reports/<int:pk>/move/", reports.report_move, name="report_move"),
    path("reports/<int:pk>/report.<form:form>", reports.report_download, name="report_download"),
    path("documents/", documents.documents, name="documents"),
    path("documents/arrival-<int:pk>.<form:form>", sheets.arrival_download, name="arrival_download"),
    path("documents/assessment-<int:pk>.<form:form>", sheets.assessment_download, name="assessment_download"),
    path("documents/<int:pk>/certificate.<form:form>", sheets.certificate_download, name="certificate_download"),
    path("documents/<int:pk>/logbook.<form:form>", documents.logbook_download, name="logbook_download"),
    path("documents/<int:pk>/week-<day:monday>.<form:form>", documents.week_download, name="week_download"),
]
