"""The front page's search in a real browser, from a plain folder; and each kind of page there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from importlib import resources
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from hostile_text import CORPUS
from ratepress.lake.store import Lake
from ratepress.press import search
from ratepress.press.demo import example_files
from ratepress.press.publish import publish
from ratepress.readers.add import add

FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
SCHEDULES = ("PPRRVU2026_Jul.csv", "GPCI2026.csv", "emory-university-hospital.csv")


@pytest.fixture(scope="module")
def lake_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of some example files, and a page of each kind."""
    folder = tmp_path_factory.mktemp("searched")
    lake = Lake.create(folder / "lake")
    for path in example_files():
        if path.name in SCHEDULES:
            add(lake, path)
    publish(lake, ["32557", "32556", "99213"], folder / "site", as_of=date(2026, 7, 15))
    return folder / "site"


@pytest.fixture
def front(browser: Browser, lake_site: Path) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    opened.goto((lake_site / "index.html").as_uri())
    yield opened
    opened.close()


def found(page: Page, text: str) -> list[str]:
    page.fill("#q", text)
    # Not wait_for_function: it evaluates text in the page, which the page's policy forbids.
    page.locator("#said:not(:empty)").wait_for(state="attached")
    page.wait_for_timeout(100)
    return page.locator("#found a").all_inner_texts()


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("32557", "CPT 32557"),
        ("3255", "CPT 32556"),
        ("chest drain", "CPT 32557"),
        ("chset drian", "CPT 32557"),
        ("hcest", "CPT 32557"),
        ("VISIT", "CPT 99213"),
        ("aetna", "Aetna"),
        ("atena", "Aetna"),
        ("emory", "EMORY UNIVERSITY"),
        ("respiratroy", "respiratory"),
    ],
)
def test_a_code_a_word_and_a_slip_of_the_finger_find_their_page(
    front: Page, asked: str, first: str
) -> None:
    assert first in found(front, asked)


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("linear interpolation", "M05 Percentiles by linear interpolation"),
        ("M05", "M05 Percentiles by linear interpolation"),
        ("percentlies interpolation", "M05 Percentiles by linear interpolation"),
        ("as-of date", "as-of date"),
        ("eye doctor delivery", "ghost rate"),
    ],
)
def test_what_rules_and_the_glossary_say_is_found(front: Page, asked: str, first: str) -> None:
    assert first in found(front, asked)[:5]


def test_a_word_of_the_glossary_leads_to_its_place(front: Page) -> None:
    found(front, "as-of date")
    assert "glossary: " in front.locator("#found li").first.inner_text()
    front.click("#found a >> nth=0")
    front.wait_for_url("**/glossary/index.html#as-of-date")


@pytest.mark.parametrize(("asked", "is_asked"), [("32557", False), ("3255", False), ("vote", True)])
def test_prose_is_loaded_for_words_alone(
    browser: Browser, lake_site: Path, asked: str, is_asked: bool
) -> None:
    page = browser.new_page()
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url.rpartition("/")[2]))
    page.goto((lake_site / "index.html").as_uri())
    found(page, asked)
    assert ("prose.js" in loaded) is is_asked
    page.close()


def test_what_nobody_wrote_finds_nothing_and_says_so(front: Page) -> None:
    assert found(front, "zzzzqq") == []
    assert "Nothing is found" in front.inner_text("#said")


def test_a_result_leads_to_its_page(front: Page) -> None:
    found(front, "32557")
    front.click("#found a >> nth=0")
    front.wait_for_url("**/code/cpt/32557/index.html")
    assert front.title().startswith("CPT 32557")


def test_the_question_stands_in_the_address(browser: Browser, lake_site: Path) -> None:
    page = browser.new_page()
    page.goto((lake_site / "index.html").as_uri() + "?q=chest+drain")
    page.wait_for_selector("#found a")
    assert page.input_value("#q") == "chest drain"
    page.close()


def test_without_script_there_is_no_dead_box_and_every_page_is_listed(
    browser: Browser, lake_site: Path
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((lake_site / "index.html").as_uri())
    assert not page.is_visible("#q")
    page.click("text=CPT codes")
    assert page.locator("tbody a").first.inner_text() == "CPT 32556"
    context.close()


@pytest.mark.parametrize("kind", CORPUS)
def test_a_strangers_name_in_the_index_is_text(
    browser: Browser, lake_site: Path, tmp_path: Path, kind: str
) -> None:
    entry = search.Entry(f"zebra {CORPUS[kind]}", CORPUS[kind], "payer/aetna")
    (tmp_path / "search").mkdir()
    (tmp_path / "assets").mkdir()
    for address, content in search.index([entry]):
        (tmp_path / address).write_bytes(content)
    for name in ("index.html", "assets/search.js"):
        (tmp_path / name).write_bytes((lake_site / name).read_bytes())
    page = browser.new_page(viewport={"width": 360, "height": 800})
    faults: list[str] = []
    page.on("dialog", lambda dialog: (faults.append(dialog.message), dialog.dismiss()))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto((tmp_path / "index.html").as_uri())
    assert len(found(page, "zebra")) == 1
    assert faults == []
    assert page.locator("#found :not(li, a)").count() == 0
    page.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_each_kind_of_page_fits_and_reports_no_fault(
    browser: Browser, lake_site: Path, width: int
) -> None:
    kinds = ("code/cpt/32557", "family/respiratory", "payer/aetna", "quality/all", "state/ga")
    places = [lake_site / kind / "index.html" for kind in kinds]
    places += [next((lake_site / kind).glob("*/index.html")) for kind in ("hospital", "source")]
    places += [
        lake_site / kind / "index.html" for kind in ("payer", "source", "code/cpt", "method")
    ]
    page = browser.new_page(viewport={"width": width, "height": 800})
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    for place in places:
        page.goto(place.as_uri())
        assert page.evaluate(FITS), place
        assert page.locator("h1").count() == page.locator("main").count() == 1
    assert faults == []
    page.close()


def test_the_script_of_the_search_is_small() -> None:
    script = resources.files("ratepress.press") / "assets" / "search.js"
    assert len(script.read_bytes()) < 6_500


def test_other_words_find_a_page_and_are_not_shown_and_enter_opens_it(
    browser: Browser, lake_site: Path, tmp_path: Path
) -> None:
    entry = search.Entry("UnitedHealthcare", "payer", "payer/x", "uhc umr")
    (tmp_path / "search").mkdir()
    (tmp_path / "assets").mkdir()
    (tmp_path / "payer" / "x").mkdir(parents=True)
    (tmp_path / "payer" / "x" / "index.html").write_text("<title>There</title>")
    for address, content in search.index([entry]):
        (tmp_path / address).write_bytes(content)
    for name in ("index.html", "assets/search.js"):
        (tmp_path / name).write_bytes((lake_site / name).read_bytes())
    page = browser.new_page()
    page.goto((tmp_path / "index.html").as_uri())
    assert found(page, "uhc") == ["UnitedHealthcare"]
    assert "umr" not in page.locator("#found").inner_text()
    page.press("#q", "Enter")
    page.wait_for_url("**/payer/x/index.html")
    page.close()
