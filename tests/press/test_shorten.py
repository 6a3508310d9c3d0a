"""Which rows a page shows: all where there is room, else an equal number of each long table."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from page_tree import Tree
from ratepress.core.facts import Fact
from ratepress.dossier.model import DataTable, Dossier, Row, Section
from ratepress.press.html import page
from ratepress.press.shorten import HEAVIEST, ROOMS, Room, shorten

ROOM = Room(cells=120, fewest=2, strips=3)


def count(n: int) -> Fact:
    return Fact(n, "count", rules=("M02",))


def table(name: str, votes: list[int], groups: list[str] | None = None) -> DataTable:
    """A table that counts votes; its rows are called by their number."""
    rows = tuple(
        Row(str(at), (count(n),), group=groups[at] if groups else None)
        for at, n in enumerate(votes)
    )
    return DataTable(name, name, "Payer", ("Votes",), rows)


def heads(made: DataTable) -> list[str]:
    return [row.label for row in made.rows]


def test_a_page_that_has_room_shows_every_row() -> None:
    """Two tables of 20 rows of three cells fill a room of 120."""
    tables = [[table("a", [1] * 20)], [table("b", [1] * 20)]]
    made = shorten(tables, ROOM)
    assert [[(one.table, one.of) for one in section] for section in made] == [
        [(tables[0][0], 0)],
        [(tables[1][0], 0)],
    ]


def test_the_longest_are_cut_to_one_length_and_the_short_ones_stay() -> None:
    """120 cells are 40 rows: five, and 17 of each long table."""
    tables = [[table("a", [1] * 30), table("short", [1] * 5), table("b", [1] * 90)]]
    made = shorten(tables, ROOM)[0]
    assert [len(one.table.rows) for one in made] == [17, 5, 17]
    assert [one.of for one in made] == [30, 0, 90]


def test_rows_with_most_votes_stay_in_the_order_of_the_page() -> None:
    made = shorten([[table("a", [3, 9, 1, 9, 7, 2])]], Room(9, 2, 3))[0][0]
    assert heads(made.table) == ["1", "3", "4"]
    assert made.chosen == "those with the most votes"


def test_the_first_of_each_group_stays_before_any_other() -> None:
    made = shorten([[table("a", [9, 8, 7, 1, 6, 2], list("xxxyyz"))]], Room(12, 2, 3))[0][0]
    assert heads(made.table) == ["0", "1", "3", "5"]
    assert made.chosen == "the first of each group, then those with the most votes"


def test_without_votes_the_rows_at_the_top_stay() -> None:
    rows = tuple(Row(str(at), (Fact("x", "text", rules=("M02",)),)) for at in range(9))
    made = shorten([[DataTable("a", "a", "Payer", ("Plan",), rows)]], Room(9, 2, 3))[0][0]
    assert heads(made.table) == ["0", "1", "2"]
    assert made.chosen == "from the top"


def test_what_may_be_billed_is_never_cut() -> None:
    made = shorten([[table("modifiers", [1] * 60), table("a", [1] * 60)]], Room(9, 2, 3))[0]
    assert [len(one.table.rows) for one in made] == [60, 3]


@given(
    st.lists(st.lists(st.integers(0, 50), max_size=40), max_size=6),
    st.integers(1, 300),
    st.integers(1, 5),
)
def test_no_room_is_passed_but_for_the_fewest_and_none_is_left(
    votes: list[list[int]], cells: int, fewest: int
) -> None:
    """Against an independent count: a row more of each cut table would be too many."""
    tables = [table(f"t{at}", one) for at, one in enumerate(votes)]
    made = shorten([tables], Room(cells, fewest, 3))[0]
    cut = [one for one in made if one.of]
    lengths = {len(one.table.rows) for one in cut}
    assert len(lengths) <= 1
    if cut:
        most = lengths.pop()
        # A table of one row more than that is left whole: the line that says so is no shorter.
        assert all(len(one.table.rows) <= most + 1 for one in made)
        wanted = sum(3 * min(most, len(one)) for one in votes)
        one_more = sum(3 * min(most + 1, len(one)) for one in votes)
        assert most == fewest or wanted <= cells
        assert one_more > cells


def sources(tree: Tree) -> set[str]:
    return {value for _, name, value in tree.attributes if name == "id"}


@pytest.mark.parametrize("n_tables", [1, 12, 60])
def test_a_page_of_any_number_of_long_tables_weighs_less_and_says_what_it_leaves_out(
    n_tables: int,
) -> None:
    tables = tuple(table(f"prices-{at}", list(range(900))) for at in range(n_tables))
    made = Dossier(
        "cpt", "1", "L", date(2026, 7, 15), "balanced", "1",
        (Section("benchmarks", "Benchmarks", tables=tables), Section("sources", "Sources")), (),
    )  # fmt: skip
    text = page(made)
    assert len(text.encode()) < HEAVIEST
    assert text.count("of 900 rows, those with the most votes.") == n_tables
    assert text.count('<a href="../1.csv">CSV</a>') >= n_tables
    tree = Tree(text)
    targets = [v[1:] for _, name, v in tree.attributes if name == "href" and v.startswith("#")]
    assert set(targets) - {"main"} <= sources(tree)


def test_each_room_is_smaller_than_the_one_before() -> None:
    for one, other in pairwise(ROOMS):
        assert all(a >= b for a, b in zip(one, other, strict=True))
        assert one != other
