"""The whole site of a lake: what it holds, what it must not say, and what a second run leaves."""

from __future__ import annotations

import json
import os
import re
import shutil
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest

from page_tree import Tree
from ratepress.core.errors import UsageError
from ratepress.core.rules import registry
from ratepress.lake.store import Lake
from ratepress.lake.tables import TABLES
from ratepress.press import crew
from ratepress.press.demo import example_files
from ratepress.press.publish import Published, publish
from ratepress.readers.add import add
from site_texts import texts

DAY = date(2026, 7, 15)
CODES = ["32557", "32556", "32551", "99213", "76942"]
LATE = "carefirst-in-network.json.gz"
KINDS = {"payer", "hospital", "state", "family", "source", "quality", "code"}


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """All example files but that of a payer."""
    made = Lake.create(tmp_path_factory.mktemp("lake") / "lake")
    for path in example_files():
        if path.name != LATE:
            add(made, path)
    return made


@pytest.fixture(scope="module")
def site(lake: Lake, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of five codes, and a copy of the lake's later state is not in it."""
    folder = tmp_path_factory.mktemp("site") / "site"
    publish(lake, CODES, folder, as_of=DAY)
    return folder


def contents(root: Path) -> dict[str, bytes]:
    files = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def later(lake: Lake, folder: Path) -> Lake:
    """A copy of the lake with one more payer file."""
    shutil.copytree(lake.root, folder / "later")
    grown = Lake.open(folder / "later")
    add(grown, next(path for path in example_files() if path.name == LATE))
    return grown


# --- what is there -------------------------------------------------------------------------------


def test_each_kind_of_page_is_there_with_its_data_beside_it(site: Path) -> None:
    for kind in KINDS - {"code"}:
        pages = list((site / kind).glob("*/index.html"))
        assert pages, kind
        for page in pages:
            beside = [
                page.parent.with_name(f"{page.parent.name}.{end}")
                for end in ("json", "csv", "xlsx")
            ]
            assert [path for path in beside if not path.is_file()] == []
    assert len(list((site / "rule").glob("*/index.html"))) == len(registry())


def test_every_link_leads_to_a_file_of_the_site(site: Path) -> None:
    broken = []
    for path in site.rglob("*.html"):
        for href in re.findall(r'(?:href|src)="([^"#:]+)(?:#[^"]*)?"', path.read_text("utf-8")):
            target = (path.parent / href).resolve()
            if not target.is_file() or not target.is_relative_to(site.resolve()):
                broken.append((path.relative_to(site).as_posix(), href))
    assert broken == []


def test_every_anchor_of_every_page_leads_somewhere(site: Path) -> None:
    for path in site.rglob("*.html"):
        tree = Tree(path.read_text("utf-8"))
        anchors = {href[1:] for href in tree.values("href") if href.startswith("#")}
        assert anchors - set(tree.values("id")) == set(), path
        ids = tree.values("id")
        assert len(ids) == len(set(ids)), path


def test_a_code_page_leads_to_its_payers_sources_and_relatives(site: Path) -> None:
    hrefs = Tree((site / "code/cpt/32557/index.html").read_text("utf-8")).values("href")
    assert "../../../payer/aetna/index.html" in hrefs
    assert "../../../code/cpt/32556/index.html" in hrefs
    assert "../../../code/cpt/32550/index.html" not in hrefs, "it has no page here"
    assert any(href.startswith("../../../source/") for href in hrefs)


def test_the_page_of_a_payer_counts_what_the_code_pages_count(site: Path) -> None:
    """Aetna's votes are the sum of its rows in the tables of payers of all code pages."""
    votes = rows = codes = 0
    for code in CODES:
        page = json.loads((site / f"code/cpt/{code}.json").read_bytes())
        (section,) = (one for one in page["sections"] if one["id"] == "payers")
        for row in section["tables"][0]["rows"]:
            if row["label"] == "Aetna":
                cells = dict(zip(section["tables"][0]["columns"], row["cells"], strict=True))
                codes += 1
                rows += cells["Rows"]["value"]
                votes += cells["Votes"]["value"]
    facts = json.loads((site / "payer/aetna.json").read_bytes())["sections"][0]["facts"]
    stated = {one["label"]: one["cell"]["value"] for one in facts}
    assert codes > 2
    assert stated == {"Codes with a price": codes, "Rows published": rows, "Votes": votes}


def test_the_page_of_a_source_reconciles_as_the_manifest_does(site: Path, lake: Lake) -> None:
    for content in lake.manifest().contents:
        page = json.loads((site / f"source/{content.content_id[:16]}.json").read_bytes())
        (section,) = (one for one in page["sections"] if one["id"] == "reconciliation")
        rows = {r["label"]: r["cells"][0]["value"] for r in section["tables"][0]["rows"]}
        aside = sum(n for label, n in rows.items() if label.startswith("Set aside"))
        assert rows["Read"] == content.read == rows["Loaded"] + aside


def test_the_workbook_has_every_fact_and_gap_of_the_csv(site: Path) -> None:
    lines = (site / "code/cpt/32557.csv").read_text("utf-8").count("\n") - 1
    book = openpyxl.load_workbook(site / "code/cpt/32557.xlsx")
    assert book.sheetnames == ["Facts", "Not available", "Notes", "Sources"]
    facts, gaps = book["Facts"], book["Not available"]
    assert facts.max_row - 1 + gaps.max_row - 1 == lines
    assert all(sheet.freeze_panes == "A2" for sheet in book)
    number = next(r for r in facts.iter_rows(min_row=2, values_only=True) if r[8] == "USD")
    assert isinstance(number[5], int | float)


def test_the_front_page_the_map_and_the_feed_are_well_formed(site: Path) -> None:
    front = (site / "index.html").read_text("utf-8")
    assert "9 codes" not in front
    assert "5 codes" in front
    site_map = ElementTree.fromstring((site / "sitemap.xml").read_text("utf-8"))
    listed = {loc.text for loc in site_map.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")}
    assert {address for address in listed if address and not (site / address).is_file()} == set()
    assert "code/cpt/32557/index.html" in listed
    feed = ElementTree.fromstring((site / "feed.xml").read_text("utf-8"))
    atom = "{http://www.w3.org/2005/Atom}"
    assert len(feed.findall(f"{atom}entry")) == 8
    assert feed.findtext(f"{atom}updated") == "2026-07-15T00:00:00Z"


def test_the_address_of_a_served_site_completes_its_map(lake: Lake, tmp_path: Path) -> None:
    publish(lake, ["32557"], tmp_path / "site", as_of=DAY, base_url="https://example.org/prices")
    text = (tmp_path / "site/sitemap.xml").read_text("utf-8")
    assert "<loc>https://example.org/prices/code/cpt/32557/index.html</loc>" in text
    with pytest.raises(UsageError, match="address of the site is none"):
        publish(lake, ["32557"], tmp_path / "other", as_of=DAY, base_url="javascript:alert(1)")


def test_linked_data_says_what_the_page_is(site: Path) -> None:
    tree = Tree((site / "code/cpt/32557/index.html").read_text("utf-8"))
    record = json.loads(tree.scripts[0])
    assert record["@type"] == "Dataset"
    assert record["dateModified"] == "2026-07-15"
    ends = {one["contentUrl"] for one in record["distribution"]}
    assert ends == {"../32557.json", "../32557.csv", "../32557.xlsx"}


# --- what must not be there ----------------------------------------------------------------------


def test_no_text_that_may_not_be_passed_on_is_anywhere_in_the_site(site: Path, lake: Lake) -> None:
    """Every column that its table marks so: descriptions of items, of codes, notes of hospitals."""
    connection = lake.connect()
    withheld: set[str] = set()
    for name, table in TABLES.items():
        for column in table.not_redistributable:
            rows = connection.execute(f"SELECT DISTINCT {column} FROM {name}").fetchall()
            withheld |= {text.strip().casefold() for (text,) in rows if text and len(text) > 8}
    assert len(withheld) > 20
    said = "\n".join(text.casefold() for _, text in texts(site))
    assert sorted(words for words in withheld if words in said) == []


def test_neither_the_folder_nor_the_day_stands_in_a_file(site: Path) -> None:
    for path, text in texts(site):
        assert str(site.parent) not in text, path


# --- what a second run does ----------------------------------------------------------------------


def test_the_same_lake_writes_the_same_bytes_and_touches_nothing(site: Path, lake: Lake) -> None:
    before = contents(site)
    for path in site.rglob("*"):
        os.utime(path, ns=(1, 1))
    made = publish(lake, CODES, site, as_of=DAY)
    assert made.n_kept == len(CODES)
    assert made.files == ()
    assert contents(site) == before
    assert {p.stat().st_mtime_ns for p in site.rglob("*") if p.is_file()} == {1}


def test_a_new_source_touches_only_its_pages_and_ends_in_the_bytes_of_a_full_build(
    lake: Lake, tmp_path: Path
) -> None:
    codes = [*CODES, "cpt:80053", "ms-drg:470"]
    publish(lake, codes, tmp_path / "site", as_of=DAY)
    grown = later(lake, tmp_path)
    rows = grown.connect().execute(
        "SELECT DISTINCT code FROM rates JOIN contents USING (content_id) "
        "WHERE kind = 'payer-in-network'"
    )
    held = {code for (code,) in rows.fetchall()}
    for path in (tmp_path / "site").rglob("*"):
        os.utime(path, ns=(1, 1))
    publish(grown, codes, tmp_path / "site", as_of=DAY)
    publish(grown, codes, tmp_path / "full", as_of=DAY)
    assert contents(tmp_path / "site") == contents(tmp_path / "full")
    touched = {
        path.relative_to(tmp_path / "site").as_posix()
        for path in (tmp_path / "site").rglob("*")
        if path.is_file() and path.stat().st_mtime_ns != 1
    }
    pages = {"code/ms-drg/470", *(f"code/cpt/{code}" for code in (*CODES, "80053"))}
    made_again = {page for page in pages if f"{page}/index.html" in touched}
    assert made_again == {page for page in pages if page.rpartition("/")[2] in held}
    assert set() < made_again < pages
    kept = ("rule/", "glossary/", "assets/", "state/", "hospital/")
    assert [name for name in touched if name.startswith(kept)] == []


def test_of_a_whole_site_a_new_source_writes_what_it_changes_and_nothing_else(
    lake: Lake, tmp_path: Path
) -> None:
    """One more payer file: its own page, its payer's, its codes' and the lists of these."""
    site = tmp_path / "site"
    publish(lake, None, site, as_of=DAY)
    before = contents(site)
    for path in site.rglob("*"):
        os.utime(path, ns=(1, 1))
    grown = later(lake, tmp_path)
    made = publish(grown, None, site, as_of=DAY)
    after = contents(site)
    written = {name for name in after if (site / name).stat().st_mtime_ns != 1}
    assert written == {name for name, content in after.items() if before.get(name) != content}
    assert {path.relative_to(site).as_posix() for path in made.files} == written
    pages = {name.removesuffix("/index.html") for name in written if name.endswith("/index.html")}
    assert set(before) <= set(after)
    (added,) = {one.content_id for one in grown.manifest().contents} - {
        one.content_id for one in lake.manifest().contents
    }
    assert {one for one in pages if one.startswith("source/")} == {f"source/{added[:16]}"}
    assert {one for one in pages if one.startswith("payer/")} == {"payer/carefirst"}
    rows = grown.connect().execute("SELECT DISTINCT code FROM rates WHERE content_id = ?", [added])
    assert {one for one in pages if one.startswith("code/")} == {
        f"code/cpt/{code}" for (code,) in rows.fetchall()
    }
    still = ("rule/", "glossary", "method", "assets/", "state", "hospital", "search/prose.js")
    assert [name for name in written if name.startswith(still)] == []


def test_a_page_that_somebody_took_away_is_made_again(lake: Lake, tmp_path: Path) -> None:
    publish(lake, ["32557", "32556"], tmp_path, as_of=DAY)
    (tmp_path / "code/cpt/32557.csv").unlink()
    made = publish(lake, ["32557", "32556"], tmp_path, as_of=DAY)
    assert made.n_kept == 1
    assert (tmp_path / "code/cpt/32557.csv").is_file()


def test_a_code_that_comes_later_is_linked_from_its_relatives(lake: Lake, tmp_path: Path) -> None:
    publish(lake, ["32557"], tmp_path / "site", as_of=DAY)
    publish(lake, ["32556"], tmp_path / "site", as_of=DAY)
    publish(lake, ["32557", "32556"], tmp_path / "site", as_of=DAY)
    publish(lake, ["32557", "32556"], tmp_path / "full", as_of=DAY)
    assert contents(tmp_path / "site") == contents(tmp_path / "full")


def test_every_code_is_published_by_several_processes_as_by_one(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crew, "FEW", 1)
    alone: Published = publish(lake, None, tmp_path / "one", as_of=DAY, jobs=1)
    done: list[tuple[int, int]] = []
    shared = publish(
        lake, None, tmp_path / "two", as_of=DAY, jobs=2, progress=lambda n, of: done.append((n, of))
    )
    assert len(alone.pages) == len(shared.pages) == len(done) > 15
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
