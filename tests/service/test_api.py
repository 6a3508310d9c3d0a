"""The API gives what the Python functions give, in the one shape of success and of error."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from ratepress.coding.claims.run import check_lines, check_to_text
from ratepress.core.shapes import success, to_json
from ratepress.dossier.sheet import code_sheet
from ratepress.lake.store import Lake
from ratepress.market.benchmark import benchmark
from ratepress.medicare.quote import quote
from ratepress.medicare.repricing.form import OPTIONAL, REQUIRED
from ratepress.service.app import negotiated
from ratepress.service.asked import MOST_LINES, ClaimLine
from ratepress.service.questions import QUESTIONS

DAY = date(2026, 7, 15)
HEAD = "claim_id,date,code,modifiers,units,pos\n"
LINES = f"{HEAD}1,2026-07-15,32557,26,1,22\n2,2026-07-15,99213,,1,11\n"
AS_CSV = {"content-type": "text/csv"}


def plain(value: object) -> Any:
    return json.loads(to_json(value))


def test_price_is_what_quote_says(client: TestClient, examples: Path) -> None:
    expected = quote(Lake.open(examples), "32557", DAY, modifiers=["52"], systems=["pfs"])
    found = client.get("/api/price/32557?date=2026-07-15&modifier=52&system=pfs")
    assert found.json() == plain(success("price", expected, expected.notes))


def test_the_published_fee_of_32557_stands_in_the_answer(client: TestClient) -> None:
    """3.87 relative value units at 33.4009 (the July 2026 schedule) are 129.26 dollars."""
    prices = client.get("/api/price/32557?date=2026-07-15").json()["data"]["prices"]
    amounts = {one["site"]: one["result"]["value"] for one in prices}
    assert amounts["facility"] == "129.26"


def test_code_is_what_the_code_sheet_says(client: TestClient, examples: Path) -> None:
    sheet = code_sheet(Lake.open(examples), "32557", DAY)
    found = client.get("/api/code/32557?date=2026-07-15")
    assert found.json() == plain(success("code", sheet, sheet.notes))


def test_benchmark_pages_add_up_to_the_whole_table(client: TestClient, examples: Path) -> None:
    whole = benchmark(Lake.open(examples), "32557").to_pylist()
    got: list[Any] = []
    while len(got) < len(whole):
        page = client.get(f"/api/benchmark/32557?limit=7&offset={len(got)}").json()["data"]
        assert page["total"] == len(whole)
        assert page["rows"]
        got += page["rows"]
    assert got == plain(whole)


def test_benchmark_filters_keep_what_they_name(client: TestClient, examples: Path) -> None:
    whole = benchmark(Lake.open(examples), "32557").to_pylist()
    words = {
        "grain": "payer",
        "billing_class": "facility",
        "setting": "outpatient",
        "modifiers": "",
    }
    wanted = [r for r in whole if all(r[name] == value for name, value in words.items())]
    assert 0 < len(wanted) < len(whole)
    found = client.get("/api/benchmark/32557", params={**words, "limit": 1000}).json()["data"]
    assert found["rows"] == plain(wanted)


def test_benchmark_as_csv_by_suffix_and_by_accept(client: TestClient, examples: Path) -> None:
    by_suffix = client.get("/api/benchmark/32557.csv?limit=1000")
    by_accept = client.get("/api/benchmark/32557?limit=1000", headers={"accept": "text/csv"})
    assert by_suffix.content == by_accept.content
    assert by_suffix.headers["etag"] == by_accept.headers["etag"]
    rows = list(csv.DictReader(io.StringIO(by_suffix.text)))
    whole = benchmark(Lake.open(examples), "32557").to_pylist()
    assert [row["key_id"] for row in rows] == [row["key_id"] for row in whole]
    assert [row["p50"] for row in rows] == [
        "" if r["p50"] is None else f"{r['p50']}" for r in whole
    ]


def test_check_is_what_check_lines_says(client: TestClient, examples: Path, tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    path.write_text(LINES)
    lines, summary = check_lines(Lake.open(examples), path)
    sent = {"lines": list(csv.DictReader(io.StringIO(LINES)))}
    found = client.post("/api/check", json=sent).json()
    assert found["data"] == plain({"lines": lines, "summary": summary})
    assert found["data"]["lines"][0]["status"] == "deny"


def test_check_as_csv_is_what_the_command_writes(
    client: TestClient, examples: Path, tmp_path: Path
) -> None:
    path = tmp_path / "lines.csv"
    path.write_text(LINES)
    expected = "".join(check_to_text(Lake.open(examples), path))
    assert client.post("/api/check.csv", content=LINES, headers=AS_CSV).text == expected


def test_the_form_of_a_claim_line_is_that_of_repricing() -> None:
    assert ClaimLine.__struct_fields__ == (*REQUIRED, *OPTIONAL)


def test_a_file_that_is_no_claim_lines_does_not_tell_where_it_stood(client: TestClient) -> None:
    for body in ("a,b\n1,2\n", "", "\x00\xff", "a,a\n"):
        found = client.post("/api/check.csv", content=body, headers=AS_CSV)
        assert found.status_code == 400
        assert "/tmp" not in found.text
        assert "ratepress-" not in found.text


def test_too_many_lines_are_refused_and_the_most_are_not(client: TestClient) -> None:
    line = "1,2026-07-15,99213,,1,11\n"
    over = HEAD + line * (MOST_LINES + 1)
    assert client.post("/api/check.csv", content=over, headers=AS_CSV).status_code == 413
    one = {"claim_id": "1", "date": "2026-07-15", "code": "99213"}
    sent = {"lines": [one] * (MOST_LINES + 1)}
    assert client.post("/api/check", json=sent).status_code == 400
    most = HEAD + line * MOST_LINES
    found = client.post("/api/check.csv", content=most, headers=AS_CSV)
    assert (found.status_code, found.text.count("\n")) == (200, MOST_LINES + 1)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("{}", "text/plain", 415),
        ("{}", "application/json", 400),
        ("[]", "application/json", 400),
        ("nonsense", "application/json", 400),
        ('{"lines": [{"claim_id": 1}]}', "application/json", 400),
        ('{"lines": [], "x": 1}', "application/json", 400),
        ("\udcff".encode("utf-8", "surrogateescape").decode("latin-1"), "application/json", 400),
    ],
)
def test_a_body_of_another_form_is_refused(
    client: TestClient, body: str, kind: str, status: int
) -> None:
    found = client.post("/api/check", content=body, headers={"content-type": kind})
    assert found.status_code == status
    assert found.json()["error"]["todo"]


@pytest.mark.parametrize(
    "address",
    [
        "/api/price/32557",
        "/api/price/32557?date=yesterday",
        "/api/price/32557?date=2026-07-15&units=many",
        "/api/price/32557?date=2026-07-15&units=0",
        "/api/price/32557?date=2026-07-15&system=bank",
        "/api/price/32557?date=2026-07-15&colour=red",
        "/api/price/32557?date=2026-07-15&date=2026-07-16",
        "/api/price/32557?date=2026-07-15&code=99213",
        "/api/price/3;DROP?date=2026-07-15",
        "/api/benchmark/32557?limit=0",
        "/api/benchmark/32557?ghost_filter=strong",
        "/api/benchmark/32557?payer=nobody",
        "/api/diff?before=2026-01-01&after=2026-07-15",
        "/api/rule/M5",
        "/api/rule/M999",
        "/health/x?y",
    ],
)
def test_a_question_that_is_not_understood_is_told_so(client: TestClient, address: str) -> None:
    found = client.get(address)
    assert found.status_code in (400, 404)
    error = found.json()["error"]
    assert error["code"] == "usage"
    assert error["message"]


def test_a_release_that_is_not_loaded_is_not_found(client: TestClient) -> None:
    found = client.get("/api/code/32557?date=2019-07-15")
    assert found.status_code == 404
    assert found.json()["error"]["code"] == "missing-reference-data"


def test_sources_tell_no_path_of_the_keepers_machine(client: TestClient, examples: Path) -> None:
    found = client.get("/api/sources?limit=1000").json()["data"]
    assert found["total"] == len(found["sources"]) > 5
    for one in found["sources"]:
        assert one["read"] == one["loaded"] + sum(one["set_aside"].values())
        assert all("/" not in origin for origin in one["origins"])


def test_diff_counts_what_the_whole_table_holds(client: TestClient) -> None:
    words = "code=32557&code=99213&before=2026-01-01&after=2026-07-15&ghost_filter=balanced"
    page = client.get(f"/api/diff?{words}&limit=1000").json()["data"]
    changes = [row["change"] for row in page["rows"]]
    assert page["total"] == len(changes)
    for name in ("new", "gone", "changed"):
        assert sum(one[name] for one in page["counts"]) == changes.count(name)


def test_a_method_that_is_not_there_is_405_and_names_those_that_are(client: TestClient) -> None:
    found = client.post("/api/rules")
    assert found.status_code == 405
    assert found.json()["ok"] is False
    assert "GET" in found.headers["allow"]


def test_every_question_answers_in_the_success_shape(client: TestClient) -> None:
    words = {
        "price": "?date=2026-07-15",
        "code": "?date=2026-07-15",
        "diff": "?code=32557&before=2026-01-01&after=2026-07-15",
    }
    for question in QUESTIONS:
        if question.method == "GET":
            path = question.path.format(code="32557", rule_id="M05")
            found = client.get(path + words.get(question.name, "")).json()
            assert list(found) == ["ok", "command", "data", "notes"], question.name
            assert (found["ok"], found["command"]) == (True, question.name)


FORMS = ("html", "json", "csv", "xlsx")


@given(st.text(max_size=60))
def test_whatever_a_reader_accepts_some_form_is_chosen(accept: str) -> None:
    assert negotiated(accept, FORMS) in FORMS


def test_the_answer_records_are_what_the_functions_give() -> None:
    for question in QUESTIONS:
        assert issubclass(question.asked, msgspec.Struct)
        assert question.about.endswith(".")
