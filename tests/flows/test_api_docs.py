"""The description of the API in a real browser: shown under the strict policy, nothing refused, nothing from elsewhere."""

import pytest

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True), pytest.mark.one_database]


@pytest.mark.parametrize(
    ("path", "shown"), [("/docs", ".opblock-summary-path"), ("/redoc", "[data-section-id='tag/logs']")]
)
def test_the_description_is_shown_and_the_policy_holds(live_server, phone, path, shown):
    said: list[str] = []
    asked: list[str] = []
    page = phone.new_page()
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(live_server.url + path, wait_until="domcontentloaded")
    page.wait_for_selector(shown, timeout=120_000, state="attached")
    assert said == []
    assert [url for url in asked if not url.startswith((live_server.url, "data:"))] == []
