"""Mails to many in /api/v1/: begun for rows of a list, written, looked at, sent, watched, stopped."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import MassMail
from apps.accounts.permissions import coordinates_something, is_superuser
from apps.accounts.selectors import mass_mails_visible_to
from apps.accounts.services import mass_mail
from portal.kernel.api.lists import LARGEST
from portal.kernel.api.moves import with_moves
from portal.kernel.api.parsing import StrictSerializer
from portal.kernel.api.rows import Adds, Changes, ScopedViewSet, check_version
from portal.kernel.errors import NotAllowed

MOST_RECIPIENTS = 5000


class WordsSerializer(serializers.Serializer[Any]):
    """Subject and text in one language."""

    subject = serializers.CharField(max_length=mass_mail.MOST_SUBJECT)
    text = serializers.CharField(max_length=mass_mail.MOST_TEXT)


class WordsByLanguageField(serializers.DictField):
    """Subject and text by the code of a language of the portal."""

    child = WordsSerializer()

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Refuse a language in which nobody reads the portal."""
        found: dict[str, Any] = super().to_internal_value(data)
        known = dict(settings.LANGUAGES)
        if unknown := sorted(code for code in found if code not in known):
            text = _("There is no language %(code)s here. There are: %(known)s.")
            raise serializers.ValidationError(text % {"code": unknown[0], "known": ", ".join(known)})
        # A change of the mail asks for no field, and the fields of a language hear of it.
        if any(len(words) < len(self.child.fields) for words in found.values()):
            raise serializers.ValidationError(_("Each language has a subject and a text."))
        return found


class MassMailSerializer(serializers.ModelSerializer[MassMail]):
    """``translations`` are read by those who have chosen that language; all others get ``subject`` and ``text``."""

    translations = WordsByLanguageField(read_only=True)

    class Meta:
        model = MassMail
        fields = (
            *("id", "author", "audience", "subject", "text", "translations", "job", "created_at", "sent_at"),
            *("state", "version"),
        )
        read_only_fields = fields


class BegunMailSerializer(StrictSerializer):
    """``ids`` are rows of the audience: enrolments for ``accounts.students``. Each person gets it once."""

    audience = serializers.ChoiceField([])
    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST), min_length=1, max_length=MOST_RECIPIENTS
    )
    subject = serializers.CharField(max_length=mass_mail.MOST_SUBJECT)
    text = serializers.CharField(max_length=mass_mail.MOST_TEXT)
    translations = WordsByLanguageField(required=False, default=dict)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        # Upper apps declare audiences of their own after this module is read.
        codes = [audience.code for audience in mass_mail.audiences()]
        return {**super().get_fields(), "audience": serializers.ChoiceField(codes)}


class WrittenMailSerializer(StrictSerializer):
    subject = serializers.CharField(max_length=mass_mail.MOST_SUBJECT)
    text = serializers.CharField(max_length=mass_mail.MOST_TEXT)
    translations = WordsByLanguageField(required=False)


class SampleSerializer(serializers.Serializer[Any]):
    person = serializers.CharField(source="person.get_full_name")
    subject = serializers.CharField()
    text = serializers.CharField()


class MailCountsSerializer(serializers.Serializer[Any]):
    """How many mails are in which state; ``not_sent`` have none yet."""

    total = serializers.IntegerField()
    counts = serializers.DictField(child=serializers.IntegerField())


class MailPreviewSerializer(MailCountsSerializer):
    samples = SampleSerializer(many=True)


class AudienceSerializer(serializers.Serializer[Any]):
    """``places`` are words that may stand in the text in braces, such as ``{first_name}``."""

    audience = serializers.CharField(source="code")
    places = serializers.DictField(child=serializers.CharField())


def _by_language(sent: Mapping[str, Mapping[str, str]]) -> dict[str, tuple[str, str]]:
    return {code: (words["subject"], words["text"]) for code, words in sent.items()}


def _send(mail: MassMail, *, reason: str, actor: Any, expected_version: int | None) -> MassMail:
    del reason
    check_version(mail, expected_version)
    return mass_mail.send_mass_mail(mail, actor=actor)


def _stop(mail: MassMail, *, reason: str, actor: Any, expected_version: int | None) -> MassMail:
    del reason
    check_version(mail, expected_version)
    mass_mail.stop_mass_mail(mail, actor=actor)
    return mail


@with_moves
class MassMailViewSet(Adds, Changes, ScopedViewSet[MassMail]):
    """A job puts a mail that is sent into everybody's queue; what has not gone out is kept back when it is stopped."""

    model = MassMail
    selector = staticmethod(mass_mails_visible_to)
    serializer_class = MassMailSerializer
    add_serializer = BegunMailSerializer
    change_serializer = WrittenMailSerializer
    moves_by = {"send": _send, "stop": _stop}
    filters = {"state": "state", "audience": "audience"}

    def add(self, values: dict[str, Any]) -> MassMail:
        if not (coordinates_something(self.actor) or is_superuser(self.actor)):
            raise NotAllowed
        return mass_mail.begin_written_mail(
            values["audience"],
            values["ids"],
            subject=values["subject"],
            text=values["text"],
            translations=_by_language(values["translations"]),
            actor=self.actor,
        )

    def change(self, obj: MassMail, values: dict[str, Any], version: int | None) -> MassMail:
        check_version(obj, version)
        written = {"subject": obj.subject, "text": obj.text, "translations": obj.translations, **values}
        written["translations"] = _by_language(written["translations"])
        return mass_mail.write_mass_mail(obj, **written, actor=self.actor)

    @extend_schema(
        operation_id="mass_mails_preview",
        summary="As the first few will read it, and what became of each",
        responses=MailPreviewSerializer,
        examples=[
            OpenApiExample(
                "Sent",
                {
                    "total": 143,
                    "counts": {"queued": 3, "sent": 140},
                    "samples": [{"person": "Asha Moshi", "subject": "Meeting", "text": "Dear Asha, …"}],
                },
                response_only=True,
            )
        ],
    )
    @action(detail=True, url_name="preview", pagination_class=None)
    def preview(self, request: Request, pk: str) -> Response:
        del request, pk
        mail = self.get_object()
        counts = {state or "not_sent": number for state, number in mass_mail.progress_of_mail(mail).items()}
        found = {"total": sum(counts.values()), "counts": counts, "samples": mass_mail.samples_of(mail)}
        return Response(MailPreviewSerializer(found).data)

    @extend_schema(
        operation_id="mass_mails_audiences",
        summary="To whom one may write, and what may stand in the text",
        responses=AudienceSerializer(many=True),
    )
    @action(detail=False, url_name="audiences", pagination_class=None, filter_backends=())
    def audiences(self, request: Request) -> Response:
        del request
        if not (coordinates_something(self.actor) or is_superuser(self.actor)):
            raise NotAllowed
        return Response(AudienceSerializer(mass_mail.audiences(), many=True).data)
