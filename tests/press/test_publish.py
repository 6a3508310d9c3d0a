"""`publish`: a folder of pages that stands on its own and is the same each time."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import msgspec
import pytest

from dossier_sample import dossier
from ratepress.core.errors import UsageError
from ratepress.core.facts import Fact
from ratepress.core.rules import registry
from ratepress.dossier.model import Labelled
from ratepress.lake.store import Lake
from ratepress.press import html
from ratepress.press.publish import publish, write

DAY = date(2026, 7, 15)


def everything(root: Path) -> dict[str, bytes]:
    files = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def test_a_page_its_data_its_rules_and_the_list_are_written(tmp_path: Path) -> None:
    made = write([dossier()], tmp_path)
    assert made.pages == (tmp_path / "code/cpt/32557/index.html",)
    written = everything(tmp_path)
    assert set(made.files) == {tmp_path / name for name in written}
    rules = {name for name in written if name.startswith("rule/")}
    searched = {name for name in written if name.startswith("search/")}
    over_codes = {name for name in written if name.startswith(("family/resp", "quality/"))}
    assert len(over_codes) == 8
    assert set(written) - rules - searched - over_codes == {
        "index.html", "pages.json", "records.json", "assets/style.css", "assets/search.js",
        "assets/icon.svg", "assets/page.js",
        "code/cpt/32557/index.html", "code/cpt/32557.json", "code/cpt/32557.csv",
        "code/cpt/32557.xlsx", "code/cpt/index.html", "family/index.html", "feed.xml",
        "glossary/index.html", "hospital/index.html", "method/index.html", "payer/index.html",
        "sitemap.xml", "source/index.html", "state/index.html",
    }  # fmt: skip
    assert rules == {f"rule/{rule_id}/index.html" for rule_id in registry()}
    assert "search/32.js" in searched


def test_every_link_between_the_files_leads_to_one_of_them(tmp_path: Path) -> None:
    write([dossier()], tmp_path)
    broken = []
    for path in tmp_path.rglob("*.html"):
        for href in re.findall(r'(?:href|src)="([^"#:]+)(?:#[^"]*)?"', path.read_text("utf-8")):
            target = (path.parent / href).resolve()
            if not target.is_file() or not target.is_relative_to(tmp_path.resolve()):
                broken.append((path.name, href))
    assert broken == []


def test_the_same_input_writes_the_same_bytes(tmp_path: Path) -> None:
    write([dossier()], tmp_path / "one")
    write([dossier()], tmp_path / "two")
    write([dossier()], tmp_path / "two")
    assert everything(tmp_path / "one") == everything(tmp_path / "two")


def test_the_time_of_day_the_locale_and_the_folder_stand_in_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    made = write([dossier()], tmp_path / "secret-folder")
    assert all(b"secret-folder" not in path.read_bytes() for path in made.files)


@pytest.mark.parametrize("code", ["../../evil", "32557/../../../x", "a b", "<b>", ".."])
def test_a_code_that_is_a_path_trick_writes_nothing(tmp_path: Path, code: str) -> None:
    tricked = msgspec.structs.replace(dossier(), code=code)
    with pytest.raises(UsageError, match="cannot stand at"):
        write([dossier(), tricked], tmp_path / "site")
    assert list(tmp_path.iterdir()) == []


def test_no_page_stands_when_rendering_one_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> str:
        raise RuntimeError("broken")

    monkeypatch.setattr(html, "page", fail)
    with pytest.raises(RuntimeError, match="broken"):
        write([dossier()], tmp_path)
    assert list(tmp_path.rglob("code/*/*/index.html")) == []
    assert list(tmp_path.rglob(".*")) == []


def test_a_fact_under_a_rule_that_is_not_in_the_rulebook_is_refused(tmp_path: Path) -> None:
    page = dossier()
    stray = Labelled("x", Fact(1, "count", rules=("M999",)))
    section = msgspec.structs.replace(page.sections[0], facts=(stray,))
    with pytest.raises(UsageError, match="There is no rule 'M999'"):
        write([msgspec.structs.replace(page, sections=(section,))], tmp_path)


def test_publishing_nothing_is_refused(lake: Lake, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no code to publish"):
        publish(lake, [], tmp_path / "site", as_of=DAY)


def test_an_empty_lake_has_pages_that_say_what_is_missing(lake: Lake, tmp_path: Path) -> None:
    made = publish(lake, ["32557", "ms-drg:470"], tmp_path / "site", as_of=DAY)
    assert [page.parent.name for page in made.pages] == ["32557", "470"]
    page = made.pages[0].read_text("utf-8")
    assert "negotiated price of this code" in page


def test_pages_stand_in_the_order_of_the_codes_asked_for(lake: Lake, tmp_path: Path) -> None:
    made = publish(lake, ["99213", "32557"], tmp_path / "site", as_of=DAY)
    assert [page.parent.name for page in made.pages] == ["99213", "32557"]


def test_a_later_run_keeps_the_pages_of_an_earlier_one_listed(lake: Lake, tmp_path: Path) -> None:
    for code in ("32557", "99213"):
        publish(lake, [code], tmp_path / "site", as_of=DAY)
    index = (tmp_path / "site" / "index.html").read_text("utf-8")
    assert index.count("code/cpt/32557/index.html") == index.count("code/cpt/99213/index.html") == 1


def test_a_file_in_the_place_of_the_folder_is_left_alone(lake: Lake, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(UsageError, match="a site is a folder, and this is a file"):
        publish(lake, ["32557"], tmp_path / "file", as_of=DAY)
    assert (tmp_path / "file").read_text() == "not a folder"


def test_a_lake_is_no_place_for_a_site(lake: Lake) -> None:
    with pytest.raises(UsageError, match="this is a lake"):
        publish(lake, ["32557"], lake.root, as_of=DAY)
    assert not (lake.root / "index.html").exists()


def test_a_page_of_somebody_else_is_not_replaced(lake: Lake, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("mine")
    for work in (
        lambda: publish(lake, ["32557"], tmp_path, as_of=DAY),
        lambda: write([dossier()], tmp_path),
    ):
        with pytest.raises(UsageError, match="did not write this page"):
            work()
    assert everything(tmp_path) == {"index.html": b"mine"}


def test_a_site_that_was_begun_and_not_finished_is_gone_on_with(lake: Lake, tmp_path: Path) -> None:
    write([dossier()], tmp_path)
    (tmp_path / "records.json").unlink()
    assert publish(lake, ["32557"], tmp_path, as_of=DAY).pages
