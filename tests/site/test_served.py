"""The front page's search in a real browser, served over HTTP and not from a folder."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page

from ratepress.lake.store import Lake
from ratepress.service.app import application

pytestmark = pytest.mark.site


@pytest.fixture(scope="module")
def served(examples: Path) -> Iterator[str]:
    """The address of a service of the examples, which runs in a thread of this process."""
    config = uvicorn.Config(
        application(Lake.open(examples)), port=0, lifespan="off", ws="none", log_level="error"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
    ((opened,),) = (one.sockets for one in server.servers)
    yield f"http://127.0.0.1:{opened.getsockname()[1]}/"
    server.should_exit = True
    thread.join()


@pytest.fixture
def front(browser: Browser, served: str) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    opened.set_default_timeout(60_000)
    refused: list[str] = []
    opened.on("console", lambda message: refused.append(message.text))
    opened.goto(served)
    yield opened
    opened.close()
    # A part of the index in which nothing stands is not there, and the browser says so.
    assert [text for text in refused if "404" not in text] == []


@pytest.mark.parametrize(
    ("asked", "first"), [("32557", "CPT 32557"), ("chest drain", "CPT 32557"), ("aetna", "Aetna")]
)
def test_a_code_a_word_and_a_payer_lead_to_their_page(front: Page, asked: str, first: str) -> None:
    front.fill("#q", asked)
    front.locator("#found a", has_text=first).first.click()
    front.wait_for_load_state()
    assert first.removeprefix("CPT ") in front.inner_text("h1")


def test_what_was_looked_for_is_found_again_when_the_page_is_loaded_again(front: Page) -> None:
    front.fill("#q", "chest drain")
    front.locator("#found a").first.wait_for()
    assert front.url.endswith("?q=chest%20drain")
    front.reload()
    front.locator("#found a", has_text="CPT 32557").wait_for()
    assert front.input_value("#q") == "chest drain"
