"""No answer holds text of the lake that may not be passed on; hostile text stays text."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from hostile_text import CORPUS
from ratepress.lake.store import Lake
from ratepress.lake.tables import TABLES
from ratepress.readers.add import add
from ratepress.service.app import application
from ratepress.service.questions import QUESTIONS
from ratepress.service.tools import call
from service_questions import WORDS


def restricted(folder: Path) -> set[str]:
    """Every text of a column that may not be passed on, long enough to be told from a word."""
    found: set[str] = set()
    with Lake.open(folder).connect() as connection:
        for table in TABLES.values():
            for name in table.not_redistributable:
                rows = connection.execute(f"SELECT DISTINCT {name} FROM {table.name}").fetchall()
                found |= {str(text) for (text,) in rows if text and len(str(text)) > 11}
    return found


def test_no_answer_holds_a_text_that_may_not_be_passed_on(
    client: TestClient, examples: Path
) -> None:
    words = restricted(examples)
    assert words
    answers = [json.dumps(call(Lake.open(examples), one.name, WORDS.get(one.name, {}))
                          .structured_content) for one in QUESTIONS]  # fmt: skip
    answers += [client.get(f"/code/cpt/32557{form}").text for form in ("/", ".json", ".csv")]
    answers += [client.get("/").text, client.get("/pages.json").text]
    assert all(answers)
    lower = "\n".join(answers).lower()
    # A rule or a label of ours may use the same plain words; a descriptor is a text of its own.
    marked = ('"{}"', ">{}<")
    assert [w for w in words if any(m.format(w.lower()) in lower for m in marked)] == []


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake in which the names of payers and plans are attacks."""
    folder = tmp_path_factory.mktemp("hostile")
    example = Path(__file__).resolve().parents[2] / "examples" / "emory-university-hospital.csv"
    rows = list(csv.reader(io.StringIO(example.read_text("utf-8"), newline="")))
    head = rows[2]
    payer, plan = head.index("payer_name"), head.index("plan_name")
    texts = [text.replace("\x00", "") for text in CORPUS.values()]
    for n, row in enumerate(rows[3:]):
        row[payer], row[plan] = texts[n % len(texts)][:200], texts[(n + 7) % len(texts)][:200]
    with (folder / "hostile.csv").open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows(rows)
    lake = Lake.create(folder / "lake")
    assert add(lake, folder / "hostile.csv").was_new
    return lake.root


def test_a_strangers_names_are_harmless_in_every_form(hostile: Path) -> None:
    with TestClient(application(Lake.open(hostile)), base_url="http://localhost") as asking:
        page = asking.get("/code/cpt/32557/")
        assert page.status_code == 200
        for marker in ("<script>alert", "<img src=x", "<style>*", "onmouseover='alert"):
            assert marker not in page.text
        assert "unsafe" not in page.headers["content-security-policy"]
        table = asking.get("/api/benchmark/32557.csv")
        cells = [cell for row in csv.reader(table.text.splitlines()) for cell in row]
        assert any(cell.startswith(("'=", "'@", "'+")) for cell in cells)
        assert not any(cell.startswith(("=", "@", "+")) for cell in cells)
        told = asking.get("/api/benchmark/32557")
        assert told.headers["content-type"] == "application/json"
        assert told.headers["x-content-type-options"] == "nosniff"
        assert told.json()["data"]["rows"]
