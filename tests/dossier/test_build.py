"""A dossier is made of facts with sources and gaps with reasons, whatever the code."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest

from ratepress.codes.argument import CodeRef
from ratepress.core.facts import Fact, Gap
from ratepress.core.rules import registry
from ratepress.core.shapes import to_json
from ratepress.dossier.build import build
from ratepress.dossier.model import Dossier, Sentence, cells_of
from ratepress.lake.store import Lake

AS_OF = date(2026, 7, 15)
SECTIONS = [
    "summary", "overview", "clinical", "coding", "medicare", "payers", "benchmarks", "policy",
    "quality", "gaps", "sources",
]  # fmt: skip
CODES = ["32557", "32551", "76942", "99213", "ms-drg:470", "J1100", "00100", "rc:361", "0001F"]
NUMBER = re.compile(r"\$[\d,]+\.\d\d|\d[\d,]*(?:\.\d+)?%?")


@pytest.fixture(scope="module")
def dossiers(example_lake: Lake) -> dict[str, Dossier]:
    built = build(example_lake, CODES, as_of=AS_OF)
    return dict(zip(CODES, built, strict=True))


@pytest.fixture(scope="module")
def chest_drain(dossiers: dict[str, Dossier]) -> Dossier:
    return dossiers["32557"]


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_all_eleven_sections(dossiers: dict[str, Dossier], code: str) -> None:
    assert [section.id for section in dossiers[code].sections] == SECTIONS


@pytest.mark.parametrize("code", CODES)
def test_no_section_is_empty(dossiers: dict[str, Dossier], code: str) -> None:
    for section in dossiers[code].sections:
        assert list(cells_of(section)), section.id


@pytest.mark.parametrize("code", CODES)
def test_every_fact_names_a_file_of_the_page_or_a_rule_that_exists(
    dossiers: dict[str, Dossier], code: str
) -> None:
    dossier = dossiers[code]
    files = {source.content_id for source in dossier.sources}
    for section in dossier.sections:
        for cell in cells_of(section):
            assert set(cell.rules) <= set(registry())
            if isinstance(cell, Fact):
                assert {s.content_id for s in cell.sources if s.content_id} <= files


@pytest.mark.parametrize("code", CODES)
def test_every_row_has_a_cell_for_every_column(dossiers: dict[str, Dossier], code: str) -> None:
    for section in dossiers[code].sections:
        for table in section.tables:
            assert {len(row.cells) for row in table.rows} == {len(table.columns)}, table.id


@pytest.mark.parametrize("code", CODES)
def test_table_and_chart_ids_are_unique_on_a_page(dossiers: dict[str, Dossier], code: str) -> None:
    sections = dossiers[code].sections
    tables = [table.id for section in sections for table in section.tables]
    charts = [chart.id for section in sections for chart in section.charts]
    assert len(set(tables + charts)) == len(tables + charts)
    assert {c.table_id for s in sections for c in s.charts} <= set(tables)


def _stated(sentence: Sentence) -> set[str]:
    """Numbers that a sentence may state: those of its facts."""
    texts = " ".join(f"{fact.text} {fact.note or ''}" for fact in sentence.facts)
    return set(NUMBER.findall(texts))


@pytest.mark.parametrize("code", CODES)
def test_every_number_of_a_sentence_is_one_of_its_facts(
    dossiers: dict[str, Dossier], code: str
) -> None:
    """Only the month of the as-of date and coding indicators are words, not figures."""
    dossier = dossiers[code]
    for section in dossier.sections:
        if section.id in ("coding", "sources"):
            continue
        for sentence in section.sentences:
            if sentence in dossier.section("coding").sentences:
                continue
            text = sentence.text.replace("July 2026", "")
            assert set(NUMBER.findall(text)) <= _stated(sentence), sentence.text


@pytest.mark.parametrize("code", CODES)
def test_the_list_of_gaps_holds_every_gap_of_the_page(
    dossiers: dict[str, Dossier], code: str
) -> None:
    dossier = dossiers[code]
    listed = {(g.what, g.why) for g in dossier.section("gaps").gaps}
    for section in dossier.sections:
        found = {(c.what, c.why) for c in cells_of(section) if isinstance(c, Gap)}
        assert found <= listed


def test_the_flagship_page_states_the_published_figures(chest_drain: Dossier) -> None:
    """RVU26C: (3.04 + 0.50 + 0.33) x 33.4009 = 129.26; (3.04 + 16.03 + 0.33) x 33.4009 = 647.98."""
    stated = {f.label: f.cell for f in chest_drain.section("summary").facts}
    sites = ("facility", "non-facility")
    inside, outside = (stated[f"Medicare physician fee, {site}"] for site in sites)
    assert isinstance(inside, Fact)
    assert isinstance(outside, Fact)
    assert (inside.value, outside.value) == (Decimal("129.26"), Decimal("647.98"))


def test_modifier_26_is_not_allowed_with_its_reason(chest_drain: Dossier) -> None:
    table = next(t for t in chest_drain.section("coding").tables if t.id == "modifiers")
    row = next(row for row in table.rows if row.label == "26")
    texts = [cell.text for cell in row.cells if isinstance(cell, Fact)]
    assert texts[0] == "not allowed"
    assert texts[2] == "PC/TC indicator 0"


def test_lines_of_business_are_never_in_one_row(chest_drain: Dossier) -> None:
    table = next(t for t in chest_drain.section("benchmarks").tables if t.id == "all-payers")
    groups = [row.group for row in table.rows]
    assert {"Commercial", "Medicare Advantage", "Exchange"} <= set(groups)


def test_a_payer_with_few_votes_has_its_prices_listed(chest_drain: Dossier) -> None:
    benchmarks = chest_drain.section("benchmarks")
    listed = [t for t in benchmarks.tables if t.id == "prices-commercial"]
    prices = {
        cell.text
        for table in listed
        for row in table.rows
        for cell in row.cells[1:2]
        if isinstance(cell, Fact)
    }
    # Kaiser's and Humana's commercial prices of 32557 in Emory's file of 2026-04-01.
    assert {"$3,051.00", "$4,840.09"} <= prices


def test_a_code_without_any_price_says_so(dossiers: dict[str, Dossier]) -> None:
    summary = dossiers["00100"].section("summary")
    assert [gap.what for gap in summary.gaps] == ["Prices"]
    assert dossiers["00100"].section("quality").gaps


def test_nothing_loaded_but_prices_leaves_a_page_that_names_the_schedule(lake: Lake) -> None:
    from ratepress.press.demo import example_files
    from ratepress.readers.add import add

    emory = next(path for path in example_files() if path.name.startswith("emory"))
    add(lake, emory)
    (dossier,) = build(lake, ["32557"], as_of=AS_OF)
    gaps = {gap.what: gap for gap in dossier.section("medicare").gaps}
    assert "2026 is loaded" in gaps["Medicare physician fee"].why


def test_the_same_lake_gives_the_same_bytes(example_lake: Lake) -> None:
    first, second = (to_json(build(example_lake, ["32557"], as_of=AS_OF)) for _ in range(2))
    assert first == second


def test_descriptions_of_the_files_stay_in_the_lake(
    example_lake: Lake, dossiers: dict[str, Dossier]
) -> None:
    """They may be AMA descriptors (docs/method). Our own example labels stand in their place."""
    found = example_lake.connect().execute(
        "SELECT DISTINCT description FROM items WHERE length(description) > 12"
    )
    published = to_json(list(dossiers.values())).decode().lower()
    stated = [text for (text,) in found.fetchall() if text.lower() in published]
    assert stated == []


def test_folders_of_the_machine_are_not_published(
    dossiers: dict[str, Dossier], example_lake: Lake
) -> None:
    assert str(example_lake.root).encode() not in to_json(list(dossiers.values()))
    assert all("/" not in origin for s in dossiers["32557"].sources for origin in s.origins)


def test_figures_and_their_files_are_of_one_generation(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file removed while a page is built still stands among the sources of its figures."""
    from ratepress.dossier import build as module
    from ratepress.press.demo import example_files
    from ratepress.readers.add import add

    emory = next(path for path in example_files() if path.name.startswith("emory"))
    added = add(lake, emory)
    run_market = module.run_market

    def remove_first(*arguments: object, **named: object) -> None:
        lake.remove(added.content.content_id)
        run_market(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "run_market", remove_first)
    (dossier,) = build(lake, ["32557"], as_of=AS_OF)
    assert [source.content_id for source in dossier.sources] == [added.content.content_id]


@pytest.mark.parametrize(
    "code", [CodeRef("hcpcs", "GXXX1"), CodeRef("acme2", "10000"), CodeRef("rc", "X")]
)
def test_a_code_that_only_a_file_would_write_so_has_a_dossier(
    example_lake: Lake, code: CodeRef
) -> None:
    """GXXX1 is a row of the fee schedule of July 2026; a type that nobody knows keeps its name."""
    (made,) = build(example_lake, [code], as_of=date(2026, 7, 15))
    assert (made.system, made.code) == code
    assert len(made.sections) == 11
