"""The states as tiles of one size, toned by classes between round amounts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import ClassVar

from ratepress.core.facts import Fact
from ratepress.dossier.model import Tile, TileMap
from ratepress.press.charts.frame import Frame, amount, frame
from ratepress.press.charts.scale import breaks, dollars
from ratepress.press.footnotes import Footnotes

_ROWS = (
    "AK ME",
    "VT NH",
    "WA ID MT ND MN IL WI MI NY RI MA",
    "OR NV WY SD IA IN OH PA NJ CT",
    "CA UT CO NE MO KY WV VA MD DE",
    "AZ NM KS AR TN NC SC DC",
    "OK LA MS AL GA",
    "HI TX FL PR",
)
_COLUMNS = (
    (0, 10),
    (9, 10),
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 5, 6, 7, 8),
    (3, 4, 5, 6, 7),
    (0, 3, 8, 10),
)
PLACES = {
    state: (column, row)
    for row, (states, columns) in enumerate(zip(_ROWS, _COLUMNS, strict=True))
    for state, column in zip(states.split(), columns, strict=True)
}
"""Column and row of each state, about where it lies; 11 by 8."""
_WIDTH = Decimal(100) / 11
_HEIGHT = 46
_MIDDLE = Decimal("0.47")
_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class TileView:
    """One tile: `x` and `middle` in percent of the width, `y` in pixels.

    `tone` is 1 (lowest) to 5; 0 where there are votes and no median; None without any.
    """

    x: Decimal
    middle: Decimal
    y: int
    state: str
    tone: int | None
    text: str
    title: str


@dataclass(frozen=True)
class TilesView:
    """A tile map ready for its template; `classes` are the ranges of the tones in words."""

    kind: ClassVar = "tiles"
    frame: Frame
    tiles: tuple[TileView, ...]
    classes: tuple[str, ...]
    name: str
    height: int
    has_few: bool


def tiles_view(chart: TileMap, notes: Footnotes) -> TilesView | None:
    """What the template draws for `chart`; None where no state has a median."""
    medians = [amount(tile.median) for tile in chart.tiles if isinstance(tile.median, Fact)]
    if not medians:
        return None
    edges = breaks(min(medians), max(medians))
    known = {tile.state: tile for tile in chart.tiles}
    tiles = tuple(_tile(state, known.get(state), edges) for state in PLACES)
    return TilesView(
        frame(chart, notes),
        tiles,
        tuple(f"{dollars(low)} to {dollars(high)}" for low, high in pairwise(edges)),
        "; ".join(tile.title for tile in tiles if tile.tone is not None),
        _HEIGHT * len(_ROWS),
        any(tile.tone == 0 for tile in tiles),
    )


def _tile(state: str, tile: Tile | None, edges: list[Decimal]) -> TileView:
    column, row = PLACES[state]
    x, middle = (
        (_WIDTH * place).quantize(_HUNDREDTH) for place in (column, column + Decimal("0.47"))
    )
    y = row * _HEIGHT
    if tile is None:
        return TileView(x, middle, y, state, None, "", f"{state}: no price loaded")
    votes = f"{tile.n.text} vote{'' if tile.n.value == 1 else 's'}"
    if not isinstance(tile.median, Fact):
        return TileView(x, middle, y, state, 0, "", f"{state}: {votes}, too few for a median")
    median = amount(tile.median)
    # The upper edge belongs to the class below it, so that the highest median has a class.
    tone = max(1, sum(edge < median for edge in edges))
    words = f"{state}: median {tile.median.text}, {votes}"
    return TileView(x, middle, y, state, tone, dollars(median.to_integral_value()), words)
