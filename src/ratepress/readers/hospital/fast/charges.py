"""The charge lines of a window: which row is of which, and the new ones written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from ratepress.lake.sets import set_id
from ratepress.readers.hospital.cells import CHARGE_COLUMNS, CSV_NAMES, Deviation
from ratepress.readers.hospital.fast.ahead import Behind
from ratepress.readers.hospital.fast.found import Found
from ratepress.readers.hospital.fast.items import ItemsOfRows
from ratepress.readers.hospital.fast.numbers import Amounts, dollars_of
from ratepress.readers.hospital.fast.texts import (
    Texts,
    encoded,
    joined,
    row_places,
    texts_of,
)
from ratepress.readers.hospital.loader import UNKNOWN_CLASS, UNKNOWN_SETTING, word
from ratepress.readers.hospital.values import BILLING_CLASSES, SETTINGS, split_modifiers

_AMOUNTS = {
    "gross": "standard_charge|gross",
    "cash": "standard_charge|discounted_cash",
    "minimum": "standard_charge|min",
    "maximum": "standard_charge|max",
}


class Words(NamedTuple):
    """A word for each row, as a number into a list whose last, number -1, is that of blanks."""

    numbers: Any
    words: list[str | None]

    @property
    def column(self) -> pa.DictionaryArray:
        """The words of all rows."""
        return encoded(self.words, self.numbers)

    def at(self, rows: Any) -> Words:
        """The words of these rows."""
        return Words(self.numbers[rows], self.words)


class ChargesOfRows(NamedTuple):
    """What rates repeat of the charge line of each row."""

    charge_ids: Any
    setting: Words
    billing_class: Words
    modifier_set: Words
    has_amount: Any


@dataclass(slots=True)
class Charges:
    """All charge lines of a file, by their item and texts."""

    out: Behind
    default_class: str | None
    _known: dict[str, int] = field(default_factory=dict)
    _sets: set[str] = field(default_factory=set)

    def of(
        self,
        cells: Mapping[str, pa.Array],
        items: ItemsOfRows,
        row_numbers: Any,
        found: Found,
        stride: int,
    ) -> ChargesOfRows:
        """The charge line of each row; new ones are written, deviations counted per row."""
        amounts = {name: dollars_of(cells[column]) for name, column in _AMOUNTS.items()}
        for name, column in _AMOUNTS.items():
            for odd in amounts[name].odd:
                found.add(odd.rule, column, odd.first * stride, odd.sample, odd.times)
        setting = words_of(
            texts_of(cells["setting"]), SETTINGS, UNKNOWN_SETTING, CSV_NAMES.setting, found, stride
        )
        own = words_of(
            texts_of(cells["billing_class"]),
            BILLING_CLASSES,
            UNKNOWN_CLASS,
            CSV_NAMES.billing_class,
            found,
            stride,
        )
        classes = Words(own.numbers, [*own.words[:-1], self.default_class])
        of_item = items.ids[items.numbers], int(items.ids.max()) + 1
        keys = joined([cells[column] for column in CHARGE_COLUMNS], of_item)
        known = self._known
        before = len(known)
        ids = np.array([known.setdefault(key, len(known)) for key in keys.texts], np.int64)
        sets = self._modifier_sets(texts_of(cells["modifiers"]))
        made = ChargesOfRows(
            ids[keys.numbers],
            setting,
            classes,
            sets,
            amounts["gross"].there | amounts["cash"].there,
        )
        is_new = ids >= before
        rows = keys.firsts[is_new]
        if len(rows):
            self._write(rows, ids[is_new], items, made, amounts, cells, row_numbers)
        return made

    def _modifier_sets(self, texts: Texts) -> Words:
        sets: list[str | None] = []
        for text in texts.texts:
            members = split_modifiers(text)
            key = set_id(members)
            sets.append(key)
            if key not in self._sets:
                self._sets.add(key)
                for member in members:
                    self.out.add("modifier_sets", modifier_set_id=key, member=member)
        return Words(texts.numbers, [*sets, ""])

    def _write(
        self,
        rows: Any,
        ids: Any,
        items: ItemsOfRows,
        made: ChargesOfRows,
        amounts: Mapping[str, Amounts],
        cells: Mapping[str, pa.Array],
        row_numbers: Any,
    ) -> None:
        take = pa.array(rows)
        of_item = items.numbers[rows]
        item = pa.array(of_item)
        self.out.rows(
            "charges",
            len(rows),
            charge_id=pa.array(ids),
            item_id=pa.array(items.ids[of_item]),
            code_system=items.system.take(item),
            code=items.code.take(item),
            setting=made.setting.at(rows).column,
            billing_class=made.billing_class.at(rows).column,
            modifier_set_id=made.modifier_set.at(rows).column,
            note=cells["additional_generic_notes"].take(take),
            place=row_places(row_numbers[rows]),
            **{name: found.values.take(take) for name, found in amounts.items()},
        )


def words_of(
    texts: Texts,
    known: frozenset[str],
    rule: str,
    subject: str,
    found: Found,
    stride: int,
    orders: Any = None,
) -> Words:
    """The words of a column; those that the template does not have are counted.

    `orders` are the places of its rows in the order of the window, by default each row's.
    """
    met: list[Deviation] = []
    words: list[str | None] = []
    for _, text, count, first in texts.met():
        words.append(word(text, known, rule, subject, met))
        if met:
            order = first * stride if orders is None else int(orders[first])
            found.add(rule, subject, order, met.pop().sample, count)
    return Words(texts.numbers, [*words, None])
