"""The rates of a window, and what was allowed for them, as record batches."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ratepress.readers.hospital.cells import CSV_NAMES
from ratepress.readers.hospital.fast.ahead import Behind
from ratepress.readers.hospital.fast.charges import ChargesOfRows, Words, words_of
from ratepress.readers.hospital.fast.found import Found
from ratepress.readers.hospital.fast.items import ItemsOfRows
from ratepress.readers.hospital.fast.masks import any_filled, filled
from ratepress.readers.hospital.fast.numbers import Amounts, dollars_of, factors_of
from ratepress.readers.hospital.fast.payers import Stated
from ratepress.readers.hospital.fast.texts import encoded, occurrences, pairs, row_places, texts_of
from ratepress.readers.hospital.loader import (
    DOLLARS_OF_A_SHARE,
    NO_PAYER,
    NO_PRICE,
    UNKNOWN_METHOD,
    is_of_a_share,
    price_unit,
)
from ratepress.readers.hospital.scope import scope
from ratepress.readers.hospital.values import BAD_COUNT, METHODS, is_valid_count
from ratepress.readers.line_of_business import of_plan

_STATEMENTS = ("dollar", "percentage", "algorithm", "none")


class Rows(NamedTuple):
    """What the rates of a window share with their rows. `places` is the place of each rate."""

    items: ItemsOfRows
    charges: ChargesOfRows
    places: pa.Array


class RateWriter:
    """Writes the rates of one file, window after window."""

    def __init__(self, out: Behind) -> None:
        self._out = out
        self._next = 0

    def write(self, said: Stated, rows: Rows, found: Found, stride: int) -> None:
        """Write the rates of a window; what deviates is counted."""
        orders = said.rows * stride + said.orders
        batch = _Batch(said, rows, found, orders, self._next)
        self._out.run("rates", len(said.rows), **batch.rates())
        self._out.rows("allowed", **batch.allowed())
        self._next += len(said.rows)


class _Batch:
    """The rates of one window while they are made."""

    def __init__(self, said: Stated, rows: Rows, found: Found, orders: Any, first_id: int) -> None:
        self._said, self._rows, self._found, self._orders = said, rows, found, orders
        self._first_id = first_id
        self._n = len(said.rows)
        self._names: list[str | None] = [*said.names, None]

    def rates(self) -> dict[str, pa.Array]:
        """The columns of `rates`."""
        said, n = self._said, self._n
        of_item = self._rows.items.numbers[said.rows]
        items, item = self._rows.items, pa.array(of_item)
        charges = self._rows.charges
        dollars = self._amounts(dollars_of, "standard_charge|negotiated_dollar")
        share = self._amounts(factors_of, "standard_charge|negotiated_percentage")
        algorithm = said.texts["standard_charge|negotiated_algorithm"]
        statement = _statements(dollars, share, algorithm)
        method = self._method(dollars, share)
        self._count_missing(statement)
        made = {
            "rate_id": pa.array(np.arange(self._first_id, self._first_id + n)),
            "item_id": pa.array(items.ids[of_item]),
            "charge_id": pa.array(charges.charge_ids[said.rows]),
            "code_system": items.system.take(item),
            "code": items.code.take(item),
            "published_type": items.type.take(item),
            "payer_name": encoded([*said.names, ""], said.payer),
            "plan_name": encoded(self._names, said.plan),
            "statement": encoded(_STATEMENTS, statement),
            "method": method.column,
            "dollars": dollars.values,
            "percentage": share.values,
            "algorithm": algorithm,
            "price_unit": self._price_units(statement, method, of_item),
            "place_set_id": encoded([""], np.zeros(n, np.int32)),
            "modifier_set_id": charges.modifier_set.at(said.rows).column,
            "note": said.texts["additional_payer_notes"],
            "place": self._rows.places,
        }
        return made | self._lines_of_business() | self._scopes()

    def _amounts(self, read: Any, column: str) -> Amounts:
        amounts: Amounts = read(self._said.texts[column])
        self._count_odd(amounts, column, self._orders)
        return amounts

    def _count_odd(self, amounts: Amounts, column: str, orders: Any) -> None:
        for odd in amounts.odd:
            self._found.add(odd.rule, column, int(orders[odd.first]), odd.sample, odd.times)

    def _method(self, dollars: Amounts, share: Amounts) -> Words:
        texts = texts_of(self._said.texts["standard_charge|methodology"])
        method = words_of(
            texts, METHODS, UNKNOWN_METHOD, CSV_NAMES.method, self._found, 0, self._orders
        )
        of_a_share = np.array(
            [is_of_a_share(dollars, None, word) for word in method.words], np.bool_
        )
        rows = np.flatnonzero(of_a_share[method.numbers] & dollars.there & ~share.there)
        if len(rows):
            sample = texts.texts[method.numbers[rows[0]]]
            first = int(self._orders[rows[0]])
            self._found.add(DOLLARS_OF_A_SHARE, CSV_NAMES.method, first, sample, len(rows))
        return method

    def _count_missing(self, statement: Any) -> None:
        said = self._said
        for rows, rule, subject in (
            (np.flatnonzero(statement == 3), NO_PRICE, CSV_NAMES.dollars),
            (np.flatnonzero(said.payer < 0), NO_PAYER, CSV_NAMES.payer),
        ):
            if not len(rows):
                continue
            payer, plan = (self._names[of[rows[0]]] or "" for of in (said.payer, said.plan))
            sample = f"{payer} / {plan}" if rule == NO_PRICE else plan
            self._found.add(rule, subject, int(self._orders[rows[0]]), sample, len(rows))

    def _price_units(self, statement: Any, method: Words, of_item: Any) -> pa.Array:
        has_codes = filled(self._rows.items.code)
        sets = self._rows.charges.modifier_set.at(self._said.rows)
        is_set = np.array([bool(key) for key in sets.words], np.bool_)[sets.numbers]
        of_modifier = ~has_codes[of_item] & is_set
        combined, firsts = pairs(
            (statement, len(_STATEMENTS)),
            (method.numbers, len(method.words)),
            (of_modifier.astype(np.int64), 2),
        )
        units = [
            price_unit(
                _STATEMENTS[statement[row]],
                method.words[method.numbers[row]],
                is_of_modifier=bool(of_modifier[row]),
            )
            for row in firsts.tolist()
        ]
        return encoded(units, combined)

    def _lines_of_business(self) -> dict[str, pa.Array]:
        said, n = self._said, len(self._names)
        combined, firsts = pairs((said.payer, n), (said.plan, n))
        found = [
            of_plan(self._names[said.payer[row]] or "", self._names[said.plan[row]] or "")
            for row in firsts.tolist()
        ]
        return {
            "line_of_business": encoded([line for line, _ in found], combined),
            "line_of_business_evidence": encoded([words for _, words in found], combined),
        }

    def _scopes(self) -> dict[str, pa.Array]:
        said, n = self._said, len(self._names)
        setting = self._rows.charges.setting.at(said.rows)
        billing_class = self._rows.charges.billing_class.at(said.rows)
        combined, firsts = pairs(
            (setting.numbers, len(setting.words)),
            (billing_class.numbers, len(billing_class.words)),
            (said.payer, n),
            (said.plan, n),
        )
        counts, _ = occurrences(combined, len(firsts))
        scopes = []
        for row, count in zip(firsts.tolist(), counts.tolist(), strict=True):
            payer, plan = (self._names[of[row]] or "" for of in (said.payer, said.plan))
            found = scope(
                setting.words[setting.numbers[row]],
                billing_class.words[billing_class.numbers[row]],
                payer,
                plan,
            )
            scopes.append(found)
            for rule, subject in (
                (found.setting_rule, CSV_NAMES.setting),
                (found.class_rule, CSV_NAMES.billing_class),
            ):
                if rule:
                    order = int(self._orders[row])
                    self._found.add(rule, subject, order, plan or payer, count)
        return {
            "setting": encoded([found.setting for found in scopes], combined),
            "billing_class": encoded([found.billing_class for found in scopes], combined),
            "scope_evidence": encoded([found.evidence for found in scopes], combined),
        }

    def allowed(self) -> dict[str, Any]:
        """The columns of `allowed`, and how many rows `n` they have."""
        texts = self._said.texts
        columns = {
            "median": CSV_NAMES.median,
            "p10": CSV_NAMES.p10,
            "p90": CSV_NAMES.p90,
            "count": CSV_NAMES.count,
            "estimated_amount": CSV_NAMES.estimated,
        }
        rows = np.flatnonzero(any_filled([texts[name] for name in columns.values()], self._n))
        orders = self._orders[rows]
        cells = {key: texts[name].take(pa.array(rows)) for key, name in columns.items()}
        self._count_counts(cells["count"], orders)
        values: dict[str, Any] = {
            "n": len(rows),
            "rate_id": pa.array(self._first_id + rows),
            "count": cells.pop("count"),
        }
        for key, column in cells.items():
            amounts = dollars_of(column)
            self._count_odd(amounts, columns[key], orders)
            values[key] = amounts.values
        return values

    def _count_counts(self, column: pa.Array, orders: Any) -> None:
        for _, text, count, first in texts_of(column).met():
            if not is_valid_count(text):
                self._found.add(BAD_COUNT, CSV_NAMES.count, int(orders[first]), text, count)


def _statements(dollars: Amounts, share: Amounts, algorithm: pa.Array) -> Any:
    has_algorithm = filled(algorithm)
    return np.select([dollars.there, share.there, has_algorithm], [0, 1, 2], 3).astype(np.int32)


def places_of(numbers: Any, columns: Any) -> pa.Array:
    """`row 4`, or `row 4 column 17` where a column is above 0.

    >>> places_of(np.array([4, 4]), np.array([0, 17])).to_pylist()
    ['row 4', 'row 4 column 17']
    """
    rows = row_places(numbers)
    if not columns.any():
        return rows
    texts = ["", *(f" column {column}" for column in range(1, int(columns.max()) + 1))]
    ends = encoded(texts, columns.astype(np.int32)).cast(pa.string())
    return pc.binary_join_element_wise(rows, ends, "")
