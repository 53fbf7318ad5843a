"""A real browser for the stories."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, expect, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
# How long a page takes says how busy the machine is.
expect.set_options(timeout=30_000)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


@pytest.fixture(scope="session")
def live_server(django_db_setup, live_server):
    """Start the server after the test database: only then does it share SQLite's connection with the test."""
    return live_server


@pytest.fixture
def phone(live_server) -> Iterator[BrowserContext]:
    """A phone of 360 px. Make rows before it is asked for: its event loop gives this thread no database connection."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser.new_context(viewport={"width": 360, "height": 740}, locale="en", service_workers="block")
        browser.close()
