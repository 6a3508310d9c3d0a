"""What the plain reader says of the templates and lists of a file, asked once for each.

The rates in which something new stands are read by the plain reader itself, so that each problem
has its first place and sample from it; of later ones, only the count is added.
"""

from __future__ import annotations

from typing import Any

from ratepress.readers.base import Tally
from ratepress.readers.payer.fast.batches import Meaning
from ratepress.readers.payer.header import FileHeader
from ratepress.readers.payer.items import Item
from ratepress.readers.payer.keys import KeyCheck
from ratepress.readers.payer.prices import Prices

Counts = dict[tuple[str, str], int]
_ITEM = Item(
    item_id=0,
    place="",
    code_system=None,
    code=None,
    published_type=None,
    published_code=None,
    arrangement="ffs",
    severity_of_illness=None,
    fault=None,
)


class _Nowhere:
    def add(self, table: str, /, **row: Any) -> None:
        """Forget a row: the plain reader writes it when it comes to it."""


class Learner:
    """Asks `Prices` what a template means."""

    def __init__(self, check: KeyCheck, header: FileHeader) -> None:
        self._check = check
        self._header = header
        self.meanings: list[Meaning] = []
        self.problems: dict[int, Counts] = {}

    def learn(self, price: dict[str, Any]) -> bool:
        """Add the meaning of a price's template; False where such prices are set aside."""
        tally = Tally()
        check = self._check.counting_in(tally)
        row = Prices(_Nowhere(), tally, check, self._header).row(price, _ITEM, 0, 0)  # type: ignore[arg-type]
        if row is None:
            return False
        unit = row["price_unit"]
        counts = tally.counts()
        if counts:
            self.problems[len(self.meanings)] = counts
        self.meanings.append(
            Meaning(
                is_share=row["statement"] == "percentage",
                price_unit=None if unit == _ITEM.price_unit else unit,
                **{
                    name: row[name]
                    for name in Meaning._fields
                    if name not in ("is_share", "price_unit")
                },
            )
        )
        return True
