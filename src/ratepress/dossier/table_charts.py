"""Charts made of the cells of a table, so that a drawing and the table behind it are one.

When there is a chart, and when only the table: docs/method/charts.md. A title states facts of the
table and calls no price good or bad.
"""

from __future__ import annotations

from decimal import Decimal

from ratepress.core.facts import Fact
from ratepress.dossier.model import (
    Bar,
    BarChart,
    DataTable,
    Labelled,
    Pair,
    Panel,
    Row,
    ScatterChart,
    Sentence,
    Tile,
    TileMap,
    YearChart,
)

MINIMUM_BARS = 2
MINIMUM_YEARS = 3
TITLE_PANELS = 2
"""So many panels of a chart of years are told in its title."""
MINIMUM_ROWS = 10
MINIMUM_STATES = 3
MINIMUM_PAIRS = 3
KEPT = ("Rows published", "Rows in comparison keys", "Distinct prices counted", "Votes")
"""The steps of the funnel that are what is left; between them stand what is left out."""


def facts_at(row: Row) -> list[Fact | None]:
    """The facts of a row in the order of its columns, None for what is no fact."""
    return [cell if isinstance(cell, Fact) else None for cell in row.cells]


def site_chart(table: DataTable) -> BarChart | None:
    """What a visit comes to by site: a bar a row, of the parts before the last column.

    None under two sites.
    """
    bars = []
    for row in table.rows:
        *parts, total = facts_at(row)
        if total is not None:
            labelled = zip(table.columns, parts, strict=False)
            made = tuple(Labelled(name, part) for name, part in labelled if part is not None)
            bars.append(Bar(row.label, total, made))
    if len(bars) < MINIMUM_BARS:
        return None
    bars.sort(key=lambda bar: -Decimal(str(bar.total.value)))
    stated = [f"{bar.total.text} in {_site(bar.label)}" for bar in bars]
    finding = Sentence(
        f"Medicare pays {', '.join(stated[:-1])} and {stated[-1]}, nationally",
        tuple(bar.total for bar in bars),
    )
    note = "Facility and professional parts as Medicare pays them, before any reduction."
    return BarChart("chart-sites", finding, tuple(bars), table.id, note)


def _site(label: str) -> str:
    """A site as a place in a sentence."""
    words = {"hospital outpatient": "a hospital outpatient department", "office": "an office"}
    name = label.lower()
    return words.get(name, f"an {name}" if name[:1] in "aeiou" else f"a {name}")


def year_chart(table: DataTable) -> YearChart | None:
    """Medicare's amounts by year: a panel for each column with three years or more, or None.

    The rows of the table are years, newest first.
    """
    rows = sorted(table.rows, key=lambda row: row.label)
    panels = []
    for at, head in enumerate(table.columns):
        points = tuple(
            Labelled(row.label, cell) for row in rows if (cell := row.cells[at]) is not None
        )
        if sum(isinstance(point.cell, Fact) for point in points) >= MINIMUM_YEARS:
            panels.append(Panel(head, points))
    if not panels:
        return None
    stated = [_moved(panel) for panel in panels[:TITLE_PANELS]]
    text = f"Medicare's {'; '.join(words for words, _ in stated)}"
    facts = tuple(fact for _, facts in stated for fact in facts)
    note = "Each panel has its own scale, which starts at zero."
    return YearChart("chart-years", Sentence(text, facts), tuple(panels), table.id, note)


def _moved(panel: Panel) -> tuple[str, tuple[Fact, ...]]:
    """What became of an amount from the first year of a panel to its last."""
    known = [(p.label, p.cell) for p in panel.points if isinstance(p.cell, Fact)]
    (since, before), (until, now) = known[0], known[-1]
    moved = "as" if before.value == now.value else "after"
    name = panel.label[:1].lower() + panel.label[1:]
    return f"{name}: {now.text} in {until}, {moved} {before.text} in {since}", (now, before)


def funnel_chart(table: DataTable, strength: str) -> BarChart | None:
    """From rows published to votes at one strength; None where few rows are published."""
    at = table.columns.index(strength.capitalize())
    steps = [(row.label, fact) for row in table.rows if (fact := facts_at(row)[at]) is not None]
    found = dict(steps)
    published, counted, votes = (found.get(KEPT[at]) for at in (0, 2, 3))
    if published is None or counted is None or votes is None or _n(published) < MINIMUM_ROWS:
        return None
    counts = f"count{'s' if _n(counted) == 1 else ''}, with {votes.text} vote{_s(votes)}"
    text = (
        f"Of {published.text} published rows, {counted.text} distinct price{_s(counted)} {counts}"
    )
    facts: tuple[Fact, ...] = (published, counted, votes)
    # A row that is valid in two settings stands twice: without that the funnel would seem to grow.
    keyed = found.get(KEPT[1])
    if keyed is not None and _n(keyed) > _n(published):
        text = (
            f"{published.text} published rows stand {keyed.text} times in comparison keys; "
            f"{counted.text} distinct price{_s(counted)} {counts}"
        )
        facts = (published, keyed, counted, votes)
    bars = tuple(Bar(label, fact, is_loss=label not in KEPT) for label, fact in steps)
    note = f"At the {strength} filter strength; light bars are what a step leaves out. {table.note}"
    finding = Sentence(text, facts)
    return BarChart("chart-funnel", finding, bars, table.id, note)


def _n(fact: Fact) -> int:
    return int(str(fact.value))


def _s(fact: Fact) -> str:
    return "" if fact.value == 1 else "s"


def state_chart(table: DataTable) -> TileMap | None:
    """The states as tiles; None where under three states have a median.

    The columns of the table include `Votes` and `Median`; its rows are states.
    """
    votes, median = (table.columns.index(name) for name in ("Votes", "Median"))
    tiles = []
    for row in table.rows:
        n, middle = row.cells[votes], row.cells[median]
        if isinstance(n, Fact) and middle is not None:
            tiles.append(Tile(row.label, middle, n))
    known = [(tile.median, tile.state) for tile in tiles if isinstance(tile.median, Fact)]
    if len(known) < MINIMUM_STATES:
        return None
    known.sort(key=lambda one: (one[0].value, one[1]))
    (low, lowest), (high, highest) = known[0], known[-1]
    n_states = Fact(len(known), "count", low.as_of, rules=("M09",))
    if low.value == high.value:
        text = f"The median is {low.text} in {n_states.text} states"
    else:
        text = (
            f"State medians lie between {low.text} ({lowest}) and {high.text} ({highest}), "
            f"in {n_states.text} states with enough votes"
        )
    finding = Sentence(text, (low, high, n_states))
    return TileMap("chart-states", finding, tuple(tiles), table.id, table.note)


def agreement_chart(
    table: DataTable, hospital: str = "Hospital file", payer: str = "Payer file"
) -> ScatterChart | None:
    """A hospital's statement against a payer's for one price; None under three pairs.

    `hospital` and `payer` are the heads of the columns with the two amounts.
    """
    x, y = (table.columns.index(name) for name in (hospital, payer))
    pairs = []
    for row in table.rows:
        found = facts_at(row)
        left, right = found[x], found[y]
        if left is not None and right is not None:
            label = f"{row.group}, {row.label}" if row.group else row.label
            pairs.append(Pair(label, left, right))
    if len(pairs) < MINIMUM_PAIRS:
        return None
    day = pairs[0].x.as_of
    whole = Fact(len(pairs), "count", day, rules=("M11",))
    equal = Fact(sum(pair.x.value == pair.y.value for pair in pairs), "count", day, rules=("M11",))
    text = (
        f"Payer and hospital files state the same amount for {equal.text} of {whole.text} prices "
        "that both of them state"
    )
    return ScatterChart(
        "chart-agreement", Sentence(text, (equal, whole)), tuple(pairs), hospital, payer, table.id,
        table.note,
    )  # fmt: skip
