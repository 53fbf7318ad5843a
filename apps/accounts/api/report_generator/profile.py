"""A student's profile: studies, and where the training is in the student's own words.

``program`` is the code of our programme and is taken as its code or its name; ``pt_phase`` is the phase of the
student's cohort. Registration number, programme and phase can be entered once; afterwards the university keeps them.
"""

from collections.abc import Mapping
from typing import Any, Final, cast

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.api.report_generator import ReportGeneratorView, done
from apps.accounts.models import Enrolment, StudentProfile, User
from apps.accounts.services.own_profile import WORDS, ProfileWish, save_own_profile
from apps.accounts.services.people import set_picture
from portal.kernel.api.dialects import body_of, text_in

# Our field by the dialect's word, and back.
NAMES: Final = {"reg_no": "student_id", "programme": "program", "phase": "pt_phase", "phone": "phone_number"}
OURS: Final = {word: name for name, word in NAMES.items()}
NOTHING: Final = ("", "null", "undefined")


def wish_of(body: Mapping[str, Any]) -> ProfileWish:
    """Return what a body asks for. Raises ``ValidationError`` for a year that is no number."""
    given = {OURS.get(key, key) for key in body}
    texts = {name: text_in(body, key) for key, name in OURS.items()}
    texts["phone"] = with_country(texts["phone"])
    words = {name: text_in(body, name) for name in WORDS if name in body}
    return ProfileWish(frozenset(given), year_of_study=_year(body), words=words, **texts)


def with_country(phone: str) -> str:
    """Return a Tanzanian number with its country code in front; others come with theirs."""
    digits = "".join(phone.split())
    if digits.startswith("0"):
        return f"+255{digits[1:]}"
    return f"+{digits}" if digits.startswith("255") else digits


def _year(body: Mapping[str, Any]) -> int | None:
    text = text_in(body, "year_of_study").strip()
    if text.lower() in NOTHING:
        return None
    if not text.isdecimal():
        raise serializers.ValidationError({"year_of_study": [_("A valid integer is required.")]})
    return int(text[:3])


def has_profile(person: User) -> bool:
    """Say whether the university knows what the person studies."""
    return StudentProfile.objects.filter(user=person).exists()


def picture_address(person: User) -> str:
    """Return where the person's picture is, empty without any."""
    return settings.SITE_URL + reverse("person_picture", args=[person.pk]) if person.picture else ""


def profile_of(person: User) -> dict[str, Any]:
    """Return the bare object of the contract; whoever is no student has one with nothing in it."""
    profile = StudentProfile.objects.select_related("programme__department").filter(user=person).first()
    own = Enrolment.objects.filter(student=person, is_active=True).select_related("cohort__department")
    enrolment = own.order_by("-cohort__start", "-pk").first()
    department = enrolment.cohort.department if enrolment else profile.programme.department if profile else None
    return {
        "id": person.pk,
        "user": person.pk,
        "student_id": profile.reg_no if profile else "",
        "program": profile.programme.code if profile else "",
        "year_of_study": profile.year_of_study if profile else None,
        "pt_phase": enrolment.cohort.phase if enrolment else "",
        "department": department.name if department else "",
        "supervisor_name": profile.supervisor_name if profile else "",
        "supervisor_email": profile.supervisor_email if profile else "",
        "phone_number": person.phone,
        "company_name": profile.company_name if profile else "",
        "company_region": profile.company_region if profile else "",
        "user_details": {
            "username": person.username,
            "email": person.email,
            "full_name": person.get_full_name(),
        },
        "created_at": (profile.created_at if profile else person.date_joined).isoformat(),
        "updated_at": (profile.updated_at if profile else person.date_joined).isoformat(),
    }


class ProfileView(ReportGeneratorView):
    names = NAMES

    def get(self, request: Request) -> Response:
        return Response(profile_of(cast("User", request.user)))

    def put(self, request: Request) -> Response:
        person = cast("User", request.user)
        save_own_profile(person, wish_of(body_of(request.data)), actor=person)
        return Response(profile_of(person))

    patch = put


class PictureView(ReportGeneratorView):
    """Multipart ``profile_picture``."""

    names = {"file": "profile_picture"}

    def post(self, request: Request) -> Response:
        person = cast("User", request.user)
        file = request.FILES.get("profile_picture")
        if file is None:
            raise serializers.ValidationError({"profile_picture": [_("No file was submitted.")]})
        set_picture(person, file.read(), actor=person)
        return done(_("Your picture is changed."), data={"profile_picture": picture_address(person)})
