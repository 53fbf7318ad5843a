from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.test import RequestFactory

from portal.kernel.screens import tell_undo
from portal.kernel.tasks import known_kinds
from portal.templatetags.practicum import undo_url


def test_what_was_done_offers_to_undo_it():
    request = RequestFactory().get("/")
    request.session = {}  # type: ignore[assignment] # what the storage of messages asks of a session
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined] # as the middleware does
    tell_undo(request, "Archived.", "/companies/7/undo/")
    [message] = get_messages(request)
    assert (str(message), undo_url(message)) == ("Archived.", "/companies/7/undo/")


def test_known_kinds_are_sorted_and_each_app_has_its_own():
    kinds = known_kinds()
    assert kinds == sorted(kinds)
    assert {kind.partition(".")[0] for kind in kinds} >= {"accounts", "vacancies", "applications", "logbook"}
