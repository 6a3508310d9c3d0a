"""Texts that may not be passed on: in no file and no answer, unless whoever publishes says so.

The lake is generated: two example files in which the descriptions are words that stand nowhere
else, in markup as a stranger would write it.
"""

from __future__ import annotations

import csv
import html
import io
import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from page_tree import Tree
from ratepress.dossier.descriptions import NOTICE
from ratepress.lake.store import Lake
from ratepress.press.edition import Edition
from ratepress.press.export import export
from ratepress.press.publish import publish
from ratepress.readers.add import add
from ratepress.service.app import application
from ratepress.service.questions import QUESTIONS
from ratepress.service.tools import call
from service_questions import WORDS
from site_texts import text_of, texts

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
ITEM = "<script>alert(1)</script> Zqitem & tube"
SCHEDULE = "Zqschedule <b>insertion</b>, =SUM(A1)"
MARKS = ("zqitem", "zqschedule")
PAGE = "code/cpt/32557/index.html"


def rewritten(name: str, head: int, column: str, words: str, folder: Path) -> Path:
    """An example file whose rows all have the same description."""
    rows = list(csv.reader(io.StringIO((EXAMPLES / name).read_text("utf-8"), newline="")))
    at = rows[head].index(column)
    for row in rows[head + 1 :]:
        row[at] = words
    with (folder / name).open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows(rows)
    return folder / name


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    folder = tmp_path_factory.mktemp("described")
    made = Lake.create(folder / "lake")
    hospital = rewritten("emory-university-hospital.csv", 2, "description", ITEM, folder)
    schedule = rewritten("PPRRVU2026_Jul.csv", 9, "DESCRIPTION", SCHEDULE, folder)
    for path in (hospital, schedule, EXAMPLES / "GPCI2026.csv"):
        assert add(made, path).was_new
    return made


@pytest.fixture(scope="module")
def shut(lake: Lake, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as it is made by default."""
    folder = tmp_path_factory.mktemp("shut")
    publish(lake, None, folder, jobs=1)
    return folder


@pytest.fixture(scope="module")
def shown(lake: Lake, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of a publisher who shows descriptions."""
    folder = tmp_path_factory.mktemp("shown")
    publish(lake, None, folder, jobs=1, with_descriptions=True)
    return folder


def with_marks(root: Path) -> set[str]:
    """The files of a folder in which a description stands."""
    return {
        path.relative_to(root).as_posix()
        for path, text in texts(root)
        if any(mark in text.casefold() for mark in MARKS)
    }


# --- off, as it is by default --------------------------------------------------------------------


def test_the_lake_has_the_texts_and_no_file_of_a_site_has_one(lake: Lake, shut: Path) -> None:
    with lake.connect() as connection:
        found = connection.execute(
            "SELECT DISTINCT description FROM items UNION SELECT DISTINCT description FROM pfs_rvu"
        ).fetchall()
    assert {text for (text,) in found} == {ITEM, SCHEDULE}
    assert with_marks(shut) == set()
    assert all(NOTICE not in html.unescape(text) for _, text in texts(shut))


def test_no_answer_of_the_service_has_one(lake: Lake, shut: Path) -> None:
    said = [
        json.dumps(call(lake, one.name, WORDS.get(one.name, {})).structured_content)
        for one in QUESTIONS
    ]
    addresses = sorted(
        path.relative_to(shut).as_posix()
        for path in shut.rglob("*")
        if path.is_file() and path.suffix != ".xlsx" and path.name != "records.json"
    )
    addresses = [one for one in addresses if not one.startswith("rule/")]  # Made of no lake.
    with TestClient(application(lake), base_url="http://localhost") as asking:
        answers = [asking.get(f"/{address}") for address in addresses]
    assert {one.status_code for one in answers} == {200}
    text = "\n".join([*said, *(one.text for one in answers)]).casefold()
    assert [mark for mark in MARKS if mark in text] == []


def test_the_export_of_a_code_has_none_unless_it_is_asked_for(lake: Lake, tmp_path: Path) -> None:
    for form in ("csv", "json", "xlsx"):
        shut, shown = tmp_path / f"shut.{form}", tmp_path / f"shown.{form}"
        export(lake, ["32557"], shut)
        export(lake, ["32557"], shown, with_restricted=True)
        assert [mark for mark in MARKS if mark in text_of(shut).casefold()] == []
        assert [mark for mark in MARKS if mark not in text_of(shown).casefold()] == []


# --- on ------------------------------------------------------------------------------------------


def test_descriptions_stand_on_pages_of_codes_and_in_the_search_alone(shown: Path) -> None:
    found = with_marks(shown)
    assert found
    assert {name for name in found if not name.startswith(("code/", "search/"))} == {"records.json"}
    assert {PAGE, "code/cpt/32557.json", "code/cpt/32557.csv", "code/cpt/32557.xlsx"} <= found
    assert "search/z.js" in found
    # The list of a system's codes and the front page speak in our words.
    assert {name for name in found if name.endswith("/index.html")} == {
        name for name in found if name.count("/") == 3
    }


def test_a_description_is_shown_as_text_with_its_file(lake: Lake, shown: Path) -> None:
    page = (shown / PAGE).read_text("utf-8")
    tree = Tree(page)
    for text in (ITEM, SCHEDULE):
        assert text not in page
        assert "".join(text.split()) in "".join(tree.text.split())
    assert not [one for one in tree.scripts if "alert" in one]
    document = json.loads((shown / "code/cpt/32557.json").read_bytes())
    (overview,) = (one for one in document["sections"] if one["id"] == "overview")
    (table,) = (one for one in overview["tables"] if one["id"] == "descriptions")
    cells = {row["label"]: row["cells"][0] for row in table["rows"]}
    assert {label: cell["value"] for label, cell in cells.items()} == {
        "Physician fee schedule": SCHEDULE,
        "Price files, description": ITEM,
    }
    with lake.connect() as connection:
        holders = dict(connection.execute("SELECT kind, content_id FROM contents").fetchall())
    cited = {
        label: [document["citations"][at]["content_id"] for at in cell["sources"]]
        for label, cell in cells.items()
    }
    assert cited == {
        "Physician fee schedule": [holders["medicare-pfs-rvu-csv"]],
        "Price files, description": [holders["hospital-tall-csv"]],
    }


def test_in_a_table_and_in_the_index_of_the_search_markup_and_formulas_do_nothing(
    shown: Path,
) -> None:
    index = (shown / "search/z.js").read_text("utf-8")
    assert "Zqschedule \\u003cb\\u003einsertion" in index
    assert "<" not in index
    table = (shown / "code/cpt/32557.csv").read_text("utf-8")
    cells = [cell for row in csv.reader(io.StringIO(table, newline="")) for cell in row]
    assert any(SCHEDULE in cell for cell in cells)
    assert not any(cell.startswith("=") for cell in cells)


def test_each_page_of_a_code_and_the_front_page_say_whose_words_they_are(shown: Path) -> None:
    pages = sorted(shown.glob("code/*/*/index.html"))
    assert len(pages) > 10
    for path in (*pages, shown / "index.html"):
        assert NOTICE in " ".join(Tree(path.read_text("utf-8")).text.split()), path
    for name in ("payer/index.html", "quality/all/index.html", "method/index.html"):
        assert NOTICE not in html.unescape((shown / name).read_text("utf-8"))


def test_the_service_shows_what_the_site_of_the_same_edition_shows(lake: Lake, shown: Path) -> None:
    service = application(lake, edition=Edition(with_descriptions=True))
    with TestClient(service, base_url="http://localhost") as asking:
        for name in (PAGE, "code/cpt/32557.json", "search/z.js", "index.html"):
            assert asking.get(f"/{name}").content == (shown / name).read_bytes()


def test_a_tag_of_one_edition_does_not_hold_in_the_other(lake: Lake) -> None:
    tags = []
    for is_shown in (False, True):
        service = application(lake, edition=Edition(with_descriptions=is_shown))
        with TestClient(service, base_url="http://localhost") as asking:
            tags.append(asking.get("/code/cpt/32557/").headers["etag"])
    assert tags[0] != tags[1]


def test_publishing_without_them_again_takes_them_away(
    lake: Lake, shut: Path, tmp_path: Path
) -> None:
    publish(lake, ["32557"], tmp_path / "site", with_descriptions=True)
    assert with_marks(tmp_path / "site")
    publish(lake, ["32557"], tmp_path / "site")
    assert with_marks(tmp_path / "site") == set()
    publish(lake, ["32557"], tmp_path / "fresh")
    assert contents(tmp_path / "site") == contents(tmp_path / "fresh")


def contents(root: Path) -> dict[str, bytes]:
    found = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}
