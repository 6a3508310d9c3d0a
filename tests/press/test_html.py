"""The page as text: what it must hold, and what a stranger's text must not do to it."""

from __future__ import annotations

import gc
import re
from collections import Counter
from datetime import date

import pytest
from jinja2.compiler import CodeGenerator

from dossier_sample import PAYERS, SECTION_IDS, dossier
from hostile_text import CORPUS
from page_tree import Tree
from ratepress.core.facts import Fact, Gap
from ratepress.core.rules import registry
from ratepress.dossier.model import Dossier, Section, Sentence, Strip, StripChart
from ratepress.press import html
from ratepress.press.html import page, rule_page


@pytest.fixture(scope="module")
def tree() -> Tree:
    return Tree(page(dossier()))


def test_the_page_has_all_eleven_sections_in_order(tree: Tree) -> None:
    ids = [value for tag, name, value in tree.attributes if tag == "section" and name == "id"]
    assert tuple(ids) == SECTION_IDS


def test_the_page_states_the_headline_and_both_medicare_amounts(tree: Tree) -> None:
    wanted = ("32557", "3,671.17", "129.26", "647.98", "As of 15 July 2026", *PAYERS)
    assert [text for text in wanted if text not in tree.text] == []


def test_every_anchor_on_the_page_leads_somewhere(tree: Tree) -> None:
    anchors = {value[1:] for value in tree.values("href") if value.startswith("#")}
    assert anchors - set(tree.values("id")) == set()
    assert len(anchors) > 15


def test_a_page_leaves_nothing_to_the_collector() -> None:
    """Which is off while ten thousand are made, for what it looks through is theirs."""
    page(dossier())
    gc.collect()
    gc.disable()
    try:
        for _ in range(20):
            page(dossier())
        left = gc.collect()
    finally:
        gc.enable()
    assert left < 20


def test_each_source_states_its_number(tree: Tree) -> None:
    """Paper hides some of them, and a list that counts by itself would count without those."""
    listed = [
        (id_[1:], n)
        for (_, a, id_), (_, b, n) in zip(tree.attributes, tree.attributes[1:], strict=False)
        if (a, b) == ("id", "value") and re.fullmatch(r"s\d+", id_)
    ]
    assert listed
    assert all(number == value for number, value in listed)


def test_no_id_stands_twice(tree: Tree) -> None:
    assert [value for value, n in Counter(tree.values("id")).items() if n > 1] == []


def test_labels_by_id_have_their_target(tree: Tree) -> None:
    assert set(tree.values("aria-labelledby")) - set(tree.values("id")) == set()


def test_the_page_has_one_script_file_and_nothing_inline(tree: Tree) -> None:
    """So that a policy of `default-src 'self'` blocks nothing of it."""
    closed = {"form", "iframe", "object", "embed", "img", "input", "style", "base"}
    assert set(tree.tags) & closed == set()
    assert tree.tags["script"] == 1
    assert tree.values("src") == ["../../../assets/page.js"]
    assert [name for _, name, _ in tree.attributes if name.startswith("on")] == []
    assert tree.values("style") == []


def test_the_page_loads_nothing_but_shared_files(tree: Tree) -> None:
    loaded = [v for tag, name, v in tree.attributes if tag == "link" and name == "href"]
    shared = ["../../../assets/icon.svg", "../../../assets/style.css"]
    assert loaded == [*shared, "../32557.json", "../32557.csv"]


def test_each_table_has_a_caption_and_scopes(tree: Tree) -> None:
    tables = tree.tags["table"]
    assert tree.tags["caption"] == tables == 7
    scopes = [v for tag, name, v in tree.attributes if tag == "th" and name == "scope"]
    assert len(scopes) == tree.tags["th"]


def test_each_gap_is_in_section_ten_with_its_reason_and_cure(tree: Tree) -> None:
    section = page(dossier()).split('<section id="gaps"')[1].split("</section>")[0]
    for gap in dossier().section("gaps").gaps:
        assert gap.what in section
        assert gap.why in section
        assert gap.which_source_would_fill_it in section


def test_each_source_file_is_listed_with_its_reconciliation_and_hash(tree: Tree) -> None:
    assert tree.text.count("786 read = 783 loaded + 3 set aside; F012: 3.") == 3
    assert all(letter * 64 in tree.text for letter in "abc")


def test_more_than_three_sources_collapse(tree: Tree) -> None:
    assert ">+2</a></sup>" in page(dossier())


def test_the_tag_editorial_stands_at_editorial_words_only(tree: Tree) -> None:
    assert tree.words.count("Editorial") == 1


def test_the_finding_of_a_chart_with_nothing_to_draw_is_printed() -> None:
    n = Fact(70, "count", rules=("M02",))
    chart = StripChart("c", Sentence("Exchange: 70 votes.", (n,)), (Strip("All", n),), "t")
    section = Section("benchmarks", "Benchmarks", charts=(chart,))
    made = Dossier("cpt", "1", "L", date(2026, 7, 15), "balanced", "1", (section,), ())
    tree = Tree(page(made))
    assert "Exchange: 70 votes." in tree.text
    assert tree.tags["svg"] == 0


def test_the_same_dossier_gives_the_same_bytes() -> None:
    assert page(dossier()) == page(dossier())


def test_a_dossier_without_data_has_a_page_too() -> None:
    sections = tuple(Section(one, one.title()) for one in SECTION_IDS)
    empty = Dossier("ms-drg", "470", "MS-DRG 470", date(2026, 7, 15), "balanced", "1", sections, ())
    assert "MS-DRG" in Tree(page(empty)).text


@pytest.mark.parametrize("kind", CORPUS)
def test_a_strangers_text_adds_no_tag_and_no_attribute(kind: str, tree: Tree) -> None:
    """The page has the same elements whatever the names say, but for places to break."""
    hostile = Tree(page(dossier(CORPUS[kind])))
    changing = {"wbr", "small", "a"}  # Notes that repeat a name, and origins that are links.
    assert hostile.tags.keys() <= tree.tags.keys() | {"wbr"}
    stable = tree.tags.keys() - changing
    assert {tag: hostile.tags[tag] for tag in stable} == {tag: tree.tags[tag] for tag in stable}
    assert {name for _, name, _ in hostile.attributes} <= {name for _, name, _ in tree.attributes}


@pytest.mark.parametrize("kind", CORPUS)
def test_a_strangers_text_makes_no_link(kind: str) -> None:
    hostile = Tree(page(dossier(CORPUS[kind])))
    allowed = ("#", "../", "https://", "data:,")
    assert [href for href in hostile.values("href") if not href.startswith(allowed)] == []


@pytest.mark.parametrize("kind", CORPUS)
def test_a_strangers_text_is_shown_and_not_hidden(kind: str) -> None:
    """What is visible of it stands on the page; hidden characters stand as code points."""
    text = Tree(page(dossier(CORPUS[kind]))).text
    shown = "".join(c if c.isprintable() else " " for c in CORPUS[kind] if c not in "\ufeff\u00ad")
    words = [word for word in re.split(r"[^\w]+", shown) if word.isascii() and word]
    assert [word for word in words if word not in text] == []
    assert not re.search(
        "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", text
    )


def test_a_rule_page_prints_the_whole_record() -> None:
    for rule in registry().values():
        text = Tree(rule_page(rule)).text
        wanted = (rule.id, rule.name, rule.decides, rule.why, rule.source.title, rule.applied_by)
        squeezed = [re.sub(r"\s+", " ", one).strip() for one in wanted]
        assert [one for one in squeezed if one not in text] == []
        assert all(value in text for value in rule.parameters.values())


@pytest.mark.parametrize("hostile", [None, *CORPUS.values()])
def test_templates_print_what_jinjas_own_calls_print(
    hostile: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slow twin: the same templates, compiled by Jinja with its finalizer and `escape`."""
    ours = page(dossier(hostile))
    slow = html._environment.__wrapped__()
    monkeypatch.setattr(slow, "code_generator_class", CodeGenerator, raising=False)
    monkeypatch.setattr(html, "_environment", lambda: slow)
    assert page(dossier(hostile)) == ours


def bare(code: str, label: str, *gaps: Gap) -> Dossier:
    sections = (
        Section("clinical", "Clinical context", gaps=gaps),
        Section("gaps", "Not available", gaps=gaps),
    )
    return Dossier("ms-drg", code, label, date(2026, 7, 15), "balanced", "1", sections, ())


def test_a_code_without_words_of_ours_is_named_once() -> None:
    """`plain_label` gives its system and number, which stand over it already."""
    text = page(bare("470", "MS-DRG 470"))
    assert "<title>MS-DRG 470 – ratepress</title>" in text
    assert "class=name" not in text
    assert "class=name" in page(bare("470", "Hip"))
    assert "<title>MS-DRG 470: Hip – ratepress</title>" in page(bare("470", "Hip"))


def test_gaps_of_one_reason_stand_together_in_their_section() -> None:
    why, cure = "no notes are written", "notes: `ratepress add NOTES.yaml`"
    gaps = [Gap(f"Part {n}", why, cure) for n in range(6)]
    text = page(bare("470", "Hip", *gaps, Gap("Prices", "no file", "a file")))
    (missing,) = re.findall(r"<ul class=missing.*?</ul>", text, re.DOTALL)
    assert [re.sub(r"<.*?>", "", line).strip() for line in missing.split("<li>")[1:]] == [
        "Part 0; Part 1; Part 2; Part 3; and 2 more: no notes are written.",
        "Prices: no file.",
    ]


def test_a_command_in_a_reason_is_set_as_code() -> None:
    text = page(bare("470", "Hip", Gap("Notes", "none", "notes: `ratepress add <NOTES>`")))
    assert "notes: <code>ratepress add &lt;NOTES&gt;</code>." in text
    assert "`" not in text
