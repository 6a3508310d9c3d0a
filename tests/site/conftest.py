"""A real Chromium, and a site from the hand-made dossier, for the tests of this folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from dossier_sample import dossier
from hostile_text import CORPUS
from ratepress.press.demo import demo
from ratepress.press.publish import write

NAMES = ("chromium", "chromium-browser", "google-chrome")
# The browser is to talk to nobody: a page that asks for anything is a fault of ours.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def executable() -> str | None:
    """The browser that CHROMIUM names, or the first one that is installed."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests of the site; they are skipped where there is none."""
    path = executable()
    if path is None:
        pytest.skip("no Chromium is installed; set CHROMIUM to one")
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=path, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a published site."""
    folder = tmp_path_factory.mktemp("site")
    write([dossier()], folder)
    return folder


@pytest.fixture(scope="session")
def demo_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the site that `ratepress demo` makes: it has every kind of page."""
    return demo(tmp_path_factory.mktemp("demo")).lake.parent / "site"


@pytest.fixture(scope="session")
def address(site: Path) -> str:
    """Where the page of 32557 is: a file, as someone opens it from a folder."""
    return (site / "code/cpt/32557/index.html").as_uri()


@pytest.fixture(scope="session", params=CORPUS)
def hostile_address(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """A page whose payers, plans, places and file names a stranger wrote."""
    folder = tmp_path_factory.mktemp("hostile")
    write([dossier(CORPUS[request.param])], folder)
    return (folder / "code/cpt/32557/index.html").as_uri()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The page of 32557 on a wide screen."""
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    opened.goto(address)
    yield opened
    opened.close()
