"""`demo`: the real line over the packaged examples."""

from __future__ import annotations

import time
from importlib import resources
from pathlib import Path

import pytest

from ratepress.core.errors import MissingReferenceData, UsageError
from ratepress.lake.store import Lake
from ratepress.press import demo as demo_module
from ratepress.press.demo import DEMO_CODES, DemoResult, demo, example_files

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> DemoResult:
    """One run of the demo."""
    return demo(tmp_path_factory.mktemp("demo") / "here")


def test_the_demo_reads_all_nine_examples(made: DemoResult) -> None:
    contents = Lake.open(made.lake).manifest().contents
    assert made.added == len(contents) == 9
    assert all(content.read == content.loaded > 0 for content in contents)


def test_the_demo_publishes_a_page_for_each_code_and_32557_first(made: DemoResult) -> None:
    site = made.lake.parent / "site"
    pages = [site / "code" / "cpt" / code / "index.html" for code in DEMO_CODES]
    assert set(made.pages) >= set(pages)
    assert [page for page in made.pages if not page.is_file()] == []
    assert made.pages[0] == site / "code" / "cpt" / "32557" / "index.html"


def test_the_page_of_32557_shows_what_medicare_pays_and_who_pays(made: DemoResult) -> None:
    page = made.pages[0].read_text(encoding="utf-8")
    shown = ("647.98", "129.26", "Aetna", "Cigna", "UnitedHealthcare")
    assert [text for text in shown if text not in page] == []


def test_each_page_weighs_under_a_hundred_and_fifty_kilobytes_and_its_script_under_thirty(
    made: DemoResult,
) -> None:
    site = made.lake.parent / "site"
    assert {p.name: p.stat().st_size for p in made.pages if p.stat().st_size >= 150_000} == {}
    assert sum(path.stat().st_size for path in site.glob("assets/*.js")) < 30_000


def test_the_demo_tells_its_time(tmp_path: Path) -> None:
    began = time.perf_counter()
    result = demo(tmp_path)
    assert 0 < result.seconds <= time.perf_counter() - began


def test_a_second_run_observes_the_files_again_and_reads_nothing(made: DemoResult) -> None:
    before = Lake.open(made.lake).manifest()
    again = demo(made.lake.parent)
    after = Lake.open(made.lake).manifest()
    assert again.added == 0
    assert after.files == before.files
    assert after.contents == before.contents
    assert len(after.observations) == len(before.observations) + 9
    assert again.pages == made.pages


def test_the_demo_does_not_touch_a_folder_that_is_no_lake(tmp_path: Path) -> None:
    (tmp_path / "lake").mkdir()
    (tmp_path / "lake" / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match="holds other files"):
        demo(tmp_path)
    assert [path.name for path in (tmp_path / "lake").iterdir()] == ["thesis.txt"]


def test_the_examples_are_those_of_the_checkout_where_there_is_one() -> None:
    assert {path.parent for path in example_files()} == {EXAMPLES}
    assert len(example_files()) == 9


def test_the_examples_of_a_wheel_lie_inside_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = tmp_path / "ratepress" / "examples"
    inside.mkdir(parents=True)
    for name in ("ORIGINS.md", "make_examples.py", "a.csv", "b.json.gz"):
        (inside / name).touch()
    monkeypatch.setattr(demo_module, "files", lambda package: tmp_path / package)
    assert example_files() == (inside / "a.csv", inside / "b.json.gz")


def test_an_installation_without_examples_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert demo_module.files is resources.files
    monkeypatch.setattr(demo_module, "files", lambda package: tmp_path / "x" / package)
    with pytest.raises(MissingReferenceData, match="install ratepress again"):
        example_files()
