"""Pages over HTTP are those of the static site, at the same addresses."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from ratepress.core.rules import registry
from ratepress.dossier.build import build, codes_with_data
from ratepress.lake.store import Lake
from ratepress.market.inputs import latest_date
from ratepress.press import html
from ratepress.press.crew import Pages
from ratepress.press.publish import publish
from ratepress.service.answers import HTML
from ratepress.service.errors import Refusal
from ratepress.service.pages import KINDS, Kind, asset, place_of

PAGE = "/code/cpt/32557/"


@pytest.fixture(scope="session")
def site(examples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    publish(Lake.open(examples), ["32557"], folder, as_of=date(2026, 7, 15))
    return folder


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("/code/cpt/32557.json", "code/cpt/32557.json"),
        ("/code/cpt/32557.csv", "code/cpt/32557.csv"),
        ("/code/cpt/32557.xlsx", "code/cpt/32557.xlsx"),
        ("/assets/style.css", "assets/style.css"),
    ],
)
def test_an_address_gives_the_bytes_of_the_static_site(
    client: TestClient, site: Path, address: str, file: str
) -> None:
    as_of = "" if "rule" in address or "assets" in address else "?as_of=2026-07-15"
    found = client.get(address + as_of)
    assert found.status_code == 200
    assert found.content == (site / file).read_bytes()


@pytest.mark.parametrize("address", [PAGE, f"{PAGE}index.html"])
def test_a_page_leads_to_the_codes_and_lists_of_the_site(
    client: TestClient, examples: Path, address: str
) -> None:
    lake = Lake.open(examples)
    (dossier,) = build(lake, ["32557"], as_of=date(2026, 7, 15))
    listed = frozenset(f"code/{one['system']}/{one['code']}" for one in pages(client))
    found = client.get(f"{address}?as_of=2026-07-15")
    assert found.text == html.page(dossier, pages=Pages(listed))
    assert "payer/index.html" in found.text
    assert client.get("/rule/M05/").text == html.rule_page(registry()["M05"])


def pages(client: TestClient) -> list[dict[str, str]]:
    listed: list[dict[str, str]] = client.get("/pages.json").json()
    return listed


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/html", "text/html"),
        ("application/json", "application/json"),
        ("text/csv", "text/csv"),
        ("application/json;q=0.2, text/csv;q=0.9", "text/csv"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("image/png", "text/html"),
    ],
)
def test_the_form_is_what_the_reader_likes_best(client: TestClient, accept: str, kind: str) -> None:
    found = client.get(PAGE, headers={"accept": accept})
    assert found.headers["content-type"].startswith(kind)
    assert "accept" in found.headers["vary"]


def test_a_workbook_holds_the_facts_and_keeps_codes_as_text(client: TestClient) -> None:
    book = load_workbook(io.BytesIO(client.get("/code/cpt/32557.xlsx").content), read_only=True)
    assert book.sheetnames == ["Facts", "Not available", "Notes", "Sources"]
    notes = dict(book["Notes"].iter_rows(min_row=2, values_only=True))
    assert notes["Code"] == "CPT 32557"
    facts = list(book["Facts"].iter_rows(min_row=2, values_only=True))
    document = client.get("/code/cpt/32557.csv").text
    facts += book["Not available"].iter_rows(min_row=2, values_only=True)
    assert len(facts) == len(list(csv.reader(io.StringIO(document)))) - 1


def test_an_address_without_its_last_stroke_leads_to_the_page(client: TestClient) -> None:
    found = client.get("/code/cpt/32557?ghost_filter=minimum", follow_redirects=False)
    assert found.status_code == 308
    assert found.headers["location"] == f"{PAGE}?ghost_filter=minimum"


def test_the_list_of_pages_names_every_code_that_the_lake_has_data_of(
    client: TestClient, examples: Path
) -> None:
    lake = Lake.open(examples)
    with lake.connect() as connection:
        expected = codes_with_data(connection, latest_date(connection))
    listed = [(one["system"], one["code"]) for one in pages(client)]
    assert listed == [tuple(code) for code in expected]
    codes = client.get("/api/codes?limit=1000").json()["data"]["codes"]
    assert {(one["system"], one["code"]) for one in codes} <= set(listed)
    assert "code/cpt/32557/index.html" in client.get("/").text


@pytest.mark.parametrize(
    "address",
    [
        "/nowhere", "/code/klingon/32557/", "/code/cpt/3255/", "/rule/Z99/",
        "/rule/M999/", "/code/cpt/32557.exe", "/assets/nothing.css", "/assets/", "/rule/M05.xlsx",
        "/code/hcpcs/32557/", "/code/cpt/32557/x/", "/index.json",
    ],
)  # fmt: skip
def test_where_nothing_stands_the_answer_is_404_in_the_error_shape(
    client: TestClient, address: str
) -> None:
    found = client.get(address)
    assert found.status_code == 404
    assert found.json()["ok"] is False
    assert found.json()["error"]["code"] == "usage"


def test_a_code_of_which_nothing_is_known_has_a_page_of_gaps(client: TestClient) -> None:
    found = client.get("/code/cpt/99999/")
    assert found.status_code == 200
    assert "Not available" in found.text


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_address_that_is_shown_of_a_kind_of_page_leads_to_it(kind: Kind) -> None:
    parts = {"system": "cpt", "code": "32557", "id": "aetna", "n": "2", "part": "32"}
    shown = kind.shown.format(**parts | ({"id": "M05"} if kind.name == "rule" else {}))
    for form in kind.write:
        there = place_of(f"/{shown}/" if kind.is_folder and form == "html" else f"/{shown}.{form}")
        assert (there.kind, there.redirect) == (kind, None)


@pytest.mark.parametrize(
    "path", ["/assets/../html.py", "/assets/.hidden", "/assets/style.css/", "/assets//style.css"]
)
def test_a_shared_file_is_never_another_file_of_the_package(path: str) -> None:
    assert asset(path) is None
    with pytest.raises(Refusal):
        place_of(path)


def test_a_page_needs_no_style_of_its_own(client: TestClient) -> None:
    found = client.get(PAGE)
    assert found.headers["content-type"] == HTML
    policy = found.headers["content-security-policy"]
    assert "style-src 'self';" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "<style" not in found.text


def test_rules_as_json_are_those_of_the_rulebook(client: TestClient) -> None:
    told = client.get("/rule/M05.json").json()
    assert (told["id"], told["decides"]) == ("M05", registry()["M05"].decides)
    assert json.loads(client.get("/api/rule/M05").content)["data"] == told
