"""What the plain reader says of the templates and lists of a file, asked once for each.

A rate in which something new and odd stands is read by the plain reader itself, so that each
problem has its first place and sample from it; of later ones, only the count is added.
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


class Learner:
    """Asks `Prices` what a template means."""

    def __init__(self, plain: Prices, check: KeyCheck, header: FileHeader) -> None:
        self._plain = plain
        self._check = check
        self._header = header
        self.meanings: list[Meaning] = []
        self.problems: dict[int, Counts] = {}

    def learn(self, price: dict[str, Any]) -> bool:
        """Add the meaning of a price's template; False where such prices are set aside.

        The sets that it names are written, for it may be that no other reader comes to it.
        """
        tally = Tally()
        check = self._check.counting_in(tally)
        row = self._plain.counting_in(tally, check).row(price, _ITEM, 0, 0)
        if row is None:
            return False
        self._check.has_v2_keys |= check.has_v2_keys
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

    @property
    def is_odd(self) -> bool:
        """Whether the last template learned has problems."""
        return len(self.meanings) - 1 in self.problems
