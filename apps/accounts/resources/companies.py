"""Companies, and the people in them, as tables."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.resources.staff import known_departments
from apps.accounts.resources.students import DEPARTMENT, EMAIL, FIRST_NAME, LAST_NAME, PHONE
from apps.accounts.resources.widgets import (
    CountryWidget,
    EmailWidget,
    FoundedWidget,
    LinesWidget,
    OneOfWidget,
    PhoneWidget,
    TextWidget,
    UrlWidget,
    YesNoWidget,
)
from apps.accounts.services.companies import COMPANIES
from apps.accounts.services.supervisors import SUPERVISORS
from apps.accounts.states import IndustryType, MemberKind
from portal.kernel.imports import SheetField, SheetResource, importable
from portal.kernel.sheets import Column
from portal.kernel.sheets.headers import header_key

COMPANY = Column(
    "company",
    _("Company"),
    ("company name", "host", "organisation", "employer", "kampuni", "jina la kampuni", "الشركة", "اسم الشركة"),
    required=True,
)


@importable(COMPANIES)
class CompanyResource(SheetResource):
    """The register of hosts."""

    name = SheetField(
        Column(
            "name",
            _("Company"),
            (
                *("company name", "host", "host organisation", "organisation", "organization", "employer"),
                *("kampuni", "jina la kampuni", "taasisi", "الشركة", "اسم الشركة", "جهة التدريب"),
            ),
            required=True,
        ),
        attribute="name",
        widget=TextWidget(160),
    )
    registration_no = SheetField(
        Column(
            "registration_no",
            _("Registration number of the company"),
            ("registration number", "company number", "brela", "tin", "namba ya usajili", "رقم السجل", "السجل التجاري"),
        ),
        attribute="registration_no",
        widget=TextWidget(60),
    )
    industry_type = SheetField(
        Column("industry_type", _("Sector"), ("industry", "branch", "sekta", "القطاع", "الصناعة")),
        attribute="industry_type",
        widget=OneOfWidget("sector_unknown", _("There is no such sector. Choose one of the list, or leave it empty.")),
    )
    description = SheetField(
        Column("description", _("Description"), ("about", "maelezo", "الوصف")),
        attribute="description",
        widget=LinesWidget(4000),
    )
    address = SheetField(
        Column("address", _("Address"), ("street", "location", "anwani", "العنوان")),
        attribute="address",
        widget=TextWidget(240),
    )
    region = SheetField(
        Column("region", _("Region"), ("city", "town", "state", "mkoa", "mji", "المنطقة", "المدينة")),
        attribute="region",
        widget=TextWidget(80),
    )
    country = SheetField(
        Column("country", _("Country"), ("nchi", "الدولة", "البلد")), attribute="country", widget=CountryWidget()
    )
    contact_person = SheetField(
        Column(
            "contact_person",
            _("Contact person"),
            ("contact", "contact name", "mtu wa kuwasiliana naye", "جهة الاتصال", "مسؤول الاتصال"),
        ),
        attribute="contact_person",
        widget=TextWidget(120),
    )
    phone = SheetField(PHONE, attribute="phone", widget=PhoneWidget())
    email = SheetField(EMAIL, attribute="email", widget=EmailWidget())
    hr_email = SheetField(
        Column(
            "hr_email", _("E-mail of human resources"), ("hr mail", "barua pepe ya rasilimali watu", "بريد الموارد")
        ),
        attribute="hr_email",
        widget=EmailWidget(),
    )
    website = SheetField(
        Column("website", _("Website"), ("web", "url", "homepage", "tovuti", "الموقع", "الموقع الإلكتروني")),
        attribute="website",
        widget=UrlWidget(200),
    )
    established_year = SheetField(
        Column("established_year", _("Established"), ("founded", "year established", "mwaka wa kuanzishwa", "التأسيس")),
        attribute="established_year",
        widget=FoundedWidget(),
    )
    department = SheetField(
        DEPARTMENT,
        attribute="proposed_for__code",
        widget=OneOfWidget("department_unknown", _("You coordinate no such department. Write the department's code.")),
    )

    def __init__(self, actor: User | None = None, **_known: Any) -> None:
        super().__init__()
        by_word = {header_key(str(label)): value for value, label in IndustryType.choices}
        by_word |= {header_key(value): value for value in IndustryType.values}
        self.fields["industry_type"].widget.known = by_word
        self.fields["phone"].widget.country = "TZ"
        if actor is not None:
            self.fields["department"].widget.known = known_departments(actor)


@importable(SUPERVISORS)
class SupervisorResource(SheetResource):
    """People of companies: a row is one person in one company, found by the address."""

    company = SheetField(
        Column(
            "company",
            _("Company"),
            ("company name", "host", "organisation", "employer", "kampuni", "jina la kampuni", "الشركة", "اسم الشركة"),
            required=True,
        ),
        attribute="company__name",
        widget=TextWidget(160),
    )
    email = SheetField(
        Column(EMAIL.name, EMAIL.label, EMAIL.synonyms, required=True),
        attribute="user__email",
        widget=EmailWidget(),
    )
    first_name = SheetField(FIRST_NAME, attribute="user__first_name", widget=TextWidget(150))
    last_name = SheetField(LAST_NAME, attribute="user__last_name", widget=TextWidget(150))
    phone = SheetField(PHONE, attribute="user__phone", widget=PhoneWidget())
    kind = SheetField(
        Column("kind", _("Kind"), ("role", "type", "aina", "wadhifa katika mfumo", "النوع", "الدور")),
        attribute="kind",
        widget=OneOfWidget("kind_unknown", _("Write supervisor or representative.")),
    )
    title = SheetField(
        Column("title", _("Position"), ("job title", "cheo", "nafasi", "الوظيفة", "المسمى الوظيفي")),
        attribute="title",
        widget=TextWidget(80),
    )
    active = SheetField(
        Column("active", _("Active"), ("is active", "hai", "نشط")), attribute="is_active", widget=YesNoWidget()
    )

    def __init__(self, **_known: Any) -> None:
        super().__init__()
        by_word = {header_key(str(label)): value for value, label in MemberKind.choices}
        self.fields["kind"].widget.known = by_word | {header_key(value): value for value in MemberKind.values}
