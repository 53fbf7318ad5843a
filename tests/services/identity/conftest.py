"""A browser and a server for signing in through real providers."""

import pytest

from tests.flows.conftest import live_server, phone

__all__ = ["live_server", "phone"]


@pytest.fixture(autouse=True)
def providers_of_this_machine(settings):
    """Let the sign-in page's form lead to a provider without https."""
    settings.SIGN_IN_FORM_TARGETS = ["https:", "http://127.0.0.1:*"]
