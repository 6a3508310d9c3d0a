"""The service has the whole site: every file that `publish --all` writes, at its address."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urljoin
from xml.etree import ElementTree

import msgspec
import pytest
from starlette.testclient import TestClient

from lake_rows import hospital_csv
from page_tree import Tree
from ratepress.codes.argument import CodeRef
from ratepress.dossier.record import Record
from ratepress.lake.store import Lake
from ratepress.press import lists
from ratepress.press.book import Book
from ratepress.press.crew import Job, write_codes
from ratepress.press.edition import Edition
from ratepress.press.files import Site
from ratepress.press.publish import publish
from ratepress.readers.add import add
from ratepress.service.app import application
from ratepress.service.pages import KINDS, place_of

LOCAL = "http://localhost"
# What `publish` remembers for its next run, and no page.
OWN = {"records.json"}


@pytest.fixture(scope="module")
def site(examples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    publish(Lake.open(examples), None, folder, jobs=1)
    return folder


def files(root: Path) -> dict[str, bytes]:
    found = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def test_every_file_of_the_site_is_served_byte_for_byte(client: TestClient, site: Path) -> None:
    """No difference is justified: pages lead to the same places, at the same addresses."""
    written = {address: content for address, content in files(site).items() if address not in OWN}
    assert len(written) > 500
    asked = sorted(written)  # The forms of one code follow one another: its dossier is made once.
    other = [one for one in asked if client.get(f"/{one}").content != written[one]]
    assert other == []


def test_every_kind_of_page_is_one_of_the_site(site: Path) -> None:
    """What is served beyond the site is the rules as JSON, and codes that no file names."""
    found = {address for address in files(site) if not address.startswith("assets/")} - OWN
    kinds = {place_of(f"/{address}").kind.name for address in found}
    assert kinds == {kind.name for kind in KINDS} - {"code_list_part"}
    forms = {(place.kind.name, place.form) for place in (place_of(f"/{one}") for one in found)}
    expected = {(kind.name, form) for kind in KINDS for form in kind.write}
    assert expected - forms == {("rule", "json"), ("code_list_part", "html")}


def test_from_the_front_page_no_link_of_any_page_is_dead(client: TestClient, site: Path) -> None:
    seen, waiting, dead = {"/"}, ["/"], []
    while waiting:
        address = waiting.pop()
        found = client.get(address, follow_redirects=False)
        if found.status_code != 200:
            dead.append((address, found.status_code))
        if not found.headers["content-type"].startswith("text/html"):
            continue
        for link in re.findall(r'(?:href|src)="([^"#:]+)(?:#[^"]*)?"', found.text):
            there = urljoin(address, link)
            if there not in seen:
                seen.add(there)
                waiting.append(there)
    assert dead == []
    reached = {address.removeprefix("/") or "index.html" for address in seen}
    # The search loads its index by itself; a workbook or table is offered by each page.
    unreached = {one for one in files(site) if not one.startswith("search/")} - OWN - reached
    assert unreached == set()


def test_a_code_of_a_system_that_nobody_knows_is_served_where_the_site_has_it(
    lake: Lake, tmp_path: Path
) -> None:
    """A file names a type of code that is none: it keeps its name (F004), and has a page."""
    path = hospital_csv(tmp_path / "hospital.csv", 10)
    path.write_text(path.read_text("utf-8").replace(",CPT,", ",ACME 2,"), "utf-8")
    add(lake, path)
    publish(lake, None, tmp_path / "site", jobs=1)
    written = [one for one in files(tmp_path / "site") if one.startswith("code/")]
    assert len(written) == 5
    assert not any(one.startswith("code/cpt/") for one in written)
    with TestClient(application(lake), base_url=LOCAL) as asking:
        for address in written:
            assert asking.get(f"/{address}").content == (tmp_path / "site" / address).read_bytes()
        assert asking.get("/code/acme3/10000/").status_code == 404


def test_the_index_of_the_search_is_served_as_scripts_that_the_front_page_may_load(
    client: TestClient,
) -> None:
    front = client.get("/?q=32557")
    assert front.text == client.get("/").text
    assert "script-src 'self';" in front.headers["content-security-policy"]
    assert "assets/search.js" in Tree(front.text).values("src")
    part = client.get("/search/32.js")
    assert part.headers["content-type"] == "text/javascript; charset=utf-8"
    assert part.headers["x-content-type-options"] == "nosniff"
    assert '"code/cpt/32557"' in part.text
    prose = client.get("/search/prose.js")
    assert prose.headers["content-type"] == "text/javascript; charset=utf-8"
    assert '"rule/M05"' in prose.text
    # Nothing begins with it: the script takes an error for an empty part.
    assert client.get("/search/q.js").status_code == 404


def test_what_the_search_looks_for_makes_no_other_page(client: TestClient) -> None:
    tags = {client.get(f"/{query}").headers["etag"] for query in ("", "?q=a", "?q=chest%20drain")}
    assert len(tags) == 1
    assert client.get(f"/?q={'a' * 401}").status_code == 400


@pytest.mark.parametrize(
    "address",
    [
        "/payer/nobody/", "/payer/nobody.json", "/hospital/nowhere/", "/state/zz/", "/state/GA/",
        "/family/none/", "/source/0000000000000000/", "/quality/some/", "/quality/",
        "/code/cdt/", "/code/cpt/list-1.html", "/code/cpt/32557.html", "/code/", "/rule/",
        "/search/", "/search/32.json", "/search/zz.js", "/feed/", "/feed.json", "/sitemap/",
        "/pages/", "/records.json", "/payer.html", "/payer.json", "/method.json",
    ],
)  # fmt: skip
def test_what_the_site_has_not_is_not_found(client: TestClient, address: str) -> None:
    found = client.get(address)
    assert found.status_code == 404
    assert found.json()["error"]["code"] == "usage"
    assert found.json()["error"]["todo"]


def test_a_page_about_the_whole_lake_takes_no_day_of_its_own(client: TestClient) -> None:
    """It is made once for a generation; a day in the address would make the lake anew."""
    for address in ("/", "/payer/", "/payer/aetna/", "/pages.json", "/rule/M05/", "/state/ga/"):
        for word in ("as_of=2026-07-15", "ghost_filter=minimum"):
            found = client.get(f"{address}?{word}")
            assert found.status_code == 400
            error = found.json()["error"]
            assert error["message"].startswith("Only the page of a code has a day")
            assert error["found"] == word.partition("=")[0]
            assert "ratepress serve --as-of" in error["todo"]
    assert "no parameter" in client.get("/payer/?colour=red").json()["error"]["expected"]


def test_the_book_of_a_generation_is_made_once(
    examples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    begin = Book.__init__

    def counted(*values: object) -> None:
        made.append(1)
        begin(*values)  # type: ignore[arg-type]

    monkeypatch.setattr(Book, "__init__", counted)
    with TestClient(application(Lake.open(examples)), base_url=LOCAL) as asking:
        for address in ("/", "/payer/", "/payer/aetna.json", "/feed.xml", "/search/3.js", "/"):
            asking.get(address)
    assert made == [1]


def test_what_a_site_remembers_of_codes_is_taken_only_where_it_holds(
    examples: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone_through: list[str] = []

    def counted(job: Job, batches: Sequence[Sequence[CodeRef]], jobs: int) -> Iterator[Record]:
        gone_through.extend(code.code for batch in batches for code in batch)
        yield from write_codes(job, batches, jobs)

    monkeypatch.setattr("ratepress.service.shelf.write_codes", counted)
    known = Site(site).records()
    record = known["code/cpt/32557"]
    known["code/cpt/32557"] = msgspec.structs.replace(record, inputs="other", finding="Wrong.")
    with TestClient(application(Lake.open(examples), known=known), base_url=LOCAL) as asking:
        assert asking.get("/").content == (site / "index.html").read_bytes()
        assert asking.get("/feed.xml").content == (site / "feed.xml").read_bytes()
    assert gone_through == ["32557"]


def test_a_service_that_stops_goes_through_no_more_codes(
    examples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = application(Lake.open(examples))
    seen: list[Record] = []

    def stopped(job: Job, batches: Sequence[Sequence[CodeRef]], jobs: int) -> Iterator[Record]:
        for record in write_codes(job, batches, jobs):
            service.close()
            seen.append(record)
            yield record

    monkeypatch.setattr("ratepress.service.shelf.write_codes", stopped)
    with TestClient(service, base_url=LOCAL) as asking:
        assert asking.get("/").status_code == 503
    assert len(seen) == 1


def test_a_page_of_one_code_or_of_files_needs_no_book(
    examples: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("every code was gone through")

    monkeypatch.setattr(Book, "__init__", fail)
    paths = [next((site / kind).glob("*/")) for kind in ("hospital", "source", "state")]
    addresses = [path.relative_to(site).as_posix() for path in paths]
    with TestClient(application(Lake.open(examples)), base_url=LOCAL) as asking:
        for address in ("code/cpt/32557", "method", "glossary", *addresses):
            assert asking.get(f"/{address}/").status_code == 200


def test_a_list_of_many_codes_is_served_in_its_parts(
    examples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "PART", 5)
    publish(Lake.open(examples), None, tmp_path, jobs=1)
    with TestClient(application(Lake.open(examples)), base_url=LOCAL) as asking:
        parts = sorted(one for one in files(tmp_path) if "/list-" in one)
        assert len(parts) > 2
        for address in (*parts, "code/cpt/index.html"):
            assert asking.get(f"/{address}").content == (tmp_path / address).read_bytes()
        assert asking.get(f"/code/cpt/list-{len(parts) + 1}.html").status_code == 404


def test_the_edition_of_the_service_is_that_of_its_pages(examples: Path, tmp_path: Path) -> None:
    from datetime import date

    edition = Edition(
        as_of=date(2026, 7, 15), strength="maximum", base_url="https://example.org/prices"
    )
    publish(
        Lake.open(examples), None, tmp_path, as_of=edition.as_of, strength="maximum",
        base_url=edition.base_url, jobs=1,
    )  # fmt: skip
    with TestClient(application(Lake.open(examples), edition=edition), base_url=LOCAL) as asking:
        for address in ("index.html", "code/cpt/32557/index.html", "sitemap.xml", "feed.xml"):
            assert asking.get(f"/{address}").content == (tmp_path / address).read_bytes()
        other = asking.get("/code/cpt/32557.json?as_of=2026-07-01&ghost_filter=minimum").json()
        assert (other["as_of"], other["strength"]) == ("2026-07-01", "minimum")
        site_map = ElementTree.fromstring(asking.get("/sitemap.xml").text)
        assert "https://example.org/prices/index.html" in {one.text for one in site_map.iter()}


def test_two_editions_of_one_lake_have_tags_of_their_own(examples: Path) -> None:
    tags = []
    for strength in ("minimum", "maximum"):
        service = application(Lake.open(examples), edition=Edition(strength=strength))
        with TestClient(service, base_url=LOCAL) as asking:
            tags.append(asking.get("/method/").headers["etag"])
    assert tags[0] != tags[1]
