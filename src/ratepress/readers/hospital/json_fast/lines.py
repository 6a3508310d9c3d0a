"""The charge lines of a block and the payers on them, as columns.

A payer's texts on a line's words are read by the plain loader, once for each different combination
(a prototype): so a rate is the number of its prototype with amounts and ids of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
from msgspec import UNSET

from ratepress.core.decimals import MONEY_PLACES
from ratepress.lake.schema import MONEY
from ratepress.readers.hospital.cells import Deviation, PayerCells
from ratepress.readers.hospital.elements import NAMES, Elements
from ratepress.readers.hospital.json_fast.columns import (
    Block,
    Capture,
    decimals,
    places,
    texts,
)
from ratepress.readers.hospital.json_fast.items import (
    MOST_KNOWN,
    Items,
    Known,
)
from ratepress.readers.hospital.json_fast.numbers import Numbers, numbers
from ratepress.readers.hospital.json_fast.payers import Payers
from ratepress.readers.hospital.json_fast.rates import Rates
from ratepress.readers.hospital.json_fast.shapes import (
    ABSENT,
    Charge,
    Item,
    Numbered,
    cleaned,
)
from ratepress.readers.hospital.loader import NO_CHARGE, Loader
from ratepress.readers.hospital.values import BAD_COUNT, is_valid_count

_CHARGE_NUMBERS = ("gross_charge", "discounted_cash", "minimum", "maximum")
_CHARGE_NAMES = (NAMES.gross, NAMES.cash, NAMES.minimum, NAMES.maximum)
_PAYER_NAMES = (
    NAMES.dollars,
    NAMES.percentage,
    NAMES.median,
    NAMES.p10,
    NAMES.p90,
    NAMES.estimated,
)
_ALLOWED = ("median", "p10", "p90", "estimated_amount")


class Lines:
    """Charge lines and payers, with what was read once: codes, lines, prototypes."""

    def __init__(self, elements: Elements, capture: Capture, reading: Loader) -> None:
        self._elements = elements
        self._capture = capture
        self._reading = reading
        self.forget()

    def forget(self) -> None:
        """Begin anew, because memory must not grow with the file."""
        self.known = Known(self._reading, self._capture)
        self._templates, self._combinations = Numbered(), Numbered()
        self.prototypes: list[dict[str, Any]] = []
        self._deviations: dict[int, tuple[Deviation, ...]] = {}

    @property
    def is_full(self) -> bool:
        """Whether so much is known that it should be forgotten."""
        return self.known.is_full or len(self.prototypes) > MOST_KNOWN

    def read(
        self,
        items: list[Item],
        charges: list[Charge],
        payers: Payers,
        loaded: Items,
        block: Block,
    ) -> Rates:
        """The lines into the block; gives back the rates on them."""
        known, first = self.known, self._elements.loader._charges
        n = len(charges)
        owner = np.repeat(np.arange(block.n_items), [len(i.standard_charges) for i in items])  # type: ignore[arg-type]
        position = _positions(owner)
        lines = known.line_numbers(
            [(c.setting, c.billing_class, tuple(c.modifier_code or ())) for c in charges]
        )

        def place(row: int) -> str:
            return f"{block.item_place(int(owner[row]))}.standard_charges[{position[row]}]"

        amounts = []
        for key, name in zip(_CHARGE_NUMBERS, _CHARGE_NAMES, strict=True):
            amounts.append(numbers([getattr(c, key) for c in charges], MONEY_PLACES))
            block.n_keys += amounts[-1].n_keys
            _count(amounts[-1], name, place, block)
        read = known.charges
        block.deviations(known.line_deviations, lines, place)
        notes = [c.additional_generic_notes for c in charges]
        block.n_keys += _n_line_keys(charges) + n - sum([note is UNSET for note in notes])
        rates = self._payers(payers, lines, owner, position, loaded, block, place)
        alone = payers.per_line == 0
        has_amount = amounts[0].has_value | amounts[1].has_value
        block.met(
            NO_CHARGE,
            "standard_charges",
            np.flatnonzero(alone & ~has_amount),
            place,
            lambda row: loaded.descriptions[owner[row]],
        )
        rows = int(alone.sum()) + int(payers.per_line.sum())
        block.tally.read += rows
        block.tally.loaded += rows
        at, of_item = pa.array(lines), pa.array(owner)
        block.add(
            "charges",
            n,
            charge_id=pa.array(first + np.arange(n)),
            item_id=pa.array(block.first_item + owner),
            code_system=loaded.code_system.take(of_item),
            code=loaded.code.take(of_item),
            setting=pa.array([c.setting for c in read], pa.string()).take(at),
            billing_class=pa.array([c.billing_class for c in read], pa.string()).take(at),
            modifier_set_id=pa.array([c.modifier_set_id for c in read], pa.string()).take(at),
            note=texts([cleaned(note) for note in notes]),
            place=_line_places(block, owner, position),
            **{
                column: decimals(a.scaled, a.has_value, MONEY)
                for column, a in zip(("gross", "cash", "minimum", "maximum"), amounts, strict=True)
            },
        )
        return rates

    def _payers(
        self,
        payers: Payers,
        lines: Any,
        item: Any,
        position: Any,
        loaded: Items,
        block: Block,
        place_of_line: Callable[[int], str],
    ) -> Rates:
        n = len(payers.template)
        line = np.repeat(np.arange(len(payers.per_line)), payers.per_line)
        entry = _positions(line)

        def place(row: int) -> str:
            return f"{place_of_line(int(line[row]))}.payers_information[{entry[row]}]"

        block.n_keys += payers.n_keys
        self._elements.met |= payers.met
        known = np.array([self._templates[texts_of] for texts_of in payers.templates], np.int64)
        template = known[payers.template]
        amounts = payers.amounts
        for amount, name in zip(amounts, _PAYER_NAMES, strict=True):
            _count(amount, name, place, block)
        dollars, percentage = amounts[:2]
        combination = self._combine(
            template, lines[line], loaded.has_codes[item[line]], dollars, percentage
        )
        block.deviations(self._deviations, combination, place)
        first = self._elements.loader._rates
        self._allowed(payers, first, place, block)
        return Rates(
            rate_id=first + np.arange(n),
            item_id=block.first_item + item[line],
            charge_id=self._elements.loader._charges + line,
            item=block.first_position + item[line],
            line=position[line],
            entry=entry,
            code=loaded.main[item[line]],
            prototype=combination,
            dollars=dollars.scaled,
            has_dollars=dollars.has_value,
            percentage=percentage.scaled,
            has_percentage=percentage.has_value,
        )

    def _combine(
        self, template: Any, line: Any, has_codes: Any, dollars: Numbers, percentage: Numbers
    ) -> Any:
        """The number of the prototype of each rate."""
        key = (template << 32 | line) << 3 | has_codes * 4 | dollars.has_value * 2
        key |= percentage.has_value
        different, which = np.unique(key, return_inverse=True)
        numbers = np.array([self._combinations[one] for one in different.tolist()], np.int32)
        new = list(self._combinations)[len(self.prototypes) :]
        if new:
            known = list(self._templates)
            for one in new:
                self._prototype(one, known[one >> 35])
        return numbers[which] if len(numbers) else np.zeros(0, np.int32)

    def _prototype(self, key: int, texts_of: tuple[Any, ...]) -> None:
        """What the plain loader makes of texts on a charge line, with some amount or none."""
        payer, plan, method, algorithm, note = map(cleaned, texts_of)
        charge = self.known.charges[key >> 3 & 0xFFFFFFFF]
        charge = replace(charge, item=replace(charge.item, has_codes=bool(key & 4)))
        dollars, percentage = "1" if key & 2 else "", "1" if key & 1 else ""
        cells = PayerCells(
            payer, plan, dollars, percentage, algorithm, method, "", "", "", "", "", note
        )
        self._reading.rate(charge, cells, "")
        met = self._capture.deviations()
        if met:
            self._deviations[len(self.prototypes)] = met
        self.prototypes.append(self._capture.take("rates") or {})

    def _allowed(
        self, payers: Payers, first: int, place: Callable[[int], str], block: Block
    ) -> None:
        said, count, amounts = payers.counts, payers.count, payers.amounts[2:]
        is_bad = np.array([bool(text) and not is_valid_count(text) for text in said], np.bool_)
        block.met(
            BAD_COUNT,
            NAMES.count,
            np.flatnonzero(is_bad[count]),
            place,
            lambda row: said[count[row]],
        )
        is_stated = np.array([bool(text) for text in said], np.bool_)[count]
        for amount in amounts:
            is_stated = is_stated | amount.is_stated
        at = np.flatnonzero(is_stated)
        block.add(
            "allowed",
            len(at),
            rate_id=pa.array(first + at),
            count=texts([said[number] for number in count[at].tolist()]),
            **{
                column: decimals(amount.scaled[at], amount.has_value[at], MONEY)
                for column, amount in zip(_ALLOWED, amounts, strict=True)
            },
        )


def _n_line_keys(charges: list[Charge]) -> int:
    """How many keys the charge lines state for their words, modifiers and payers."""
    stated = sum([c.setting is not UNSET for c in charges])
    stated += sum([c.billing_class is not UNSET for c in charges])
    stated += sum([c.payers_information is not ABSENT for c in charges])
    return stated + sum([c.modifier_code is not UNSET for c in charges])


def _positions(owner: Any) -> Any:
    """The position of each row among those of its owner."""
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    return np.arange(len(owner)) - np.repeat(starts, np.diff(starts, append=len(owner)))


def _count(amounts: Numbers, name: str, place: Callable[[int], str], block: Block) -> None:
    for rule, rows in amounts.met:
        block.met(rule, name, rows, place, amounts.sample)


def _line_places(block: Block, owner: Any, position: Any) -> pa.Array:
    at = pa.array(block.first_position + owner)
    return places(
        "standard_charge_information[", at, "].standard_charges[", pa.array(position), "]"
    )
