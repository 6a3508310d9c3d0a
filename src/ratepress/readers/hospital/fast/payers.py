"""Which rows of a window state something of which payer and plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ratepress.readers.hospital.cells import PAYER_COLUMNS
from ratepress.readers.hospital.columns import Columns
from ratepress.readers.hospital.fast.masks import any_filled
from ratepress.readers.hospital.fast.texts import texts_of

STATEMENTS = PAYER_COLUMNS[2:]
_NOTE = PAYER_COLUMNS[-1]
_MONEY = (
    "standard_charge|negotiated_dollar",
    "standard_charge|negotiated_percentage",
    "standard_charge|negotiated_algorithm",
    "median_amount",
    "estimated_amount",
)


class Payer(NamedTuple):
    """A payer's columns in a window; `order` is 0 for that of a tall file, then by block.

    `payer` and `plan` are names, or None where a row states them in cells. `filled` says which
    rows state anything, `money` which of them a price or an allowed amount.
    """

    order: int
    payer: str | None
    plan: str | None
    cells: Mapping[str, pa.Array]
    filled: Any
    money: Any


def payers_of(columns: Columns, cells: Sequence[pa.Array], n: int) -> list[Payer]:
    """The payers of which any row of the window states something."""
    found = []
    if columns.has_payer_column:
        at = {name: cells[columns.at[name]] for name in PAYER_COLUMNS if name in columns.at}
        said = [cell for name, cell in at.items() if name != _NOTE]
        found.append(_payer(0, None, None, at, said, n))
    for order, block in enumerate(columns.blocks, 1):
        at = {name: cells[position] for name, position in block.at.items()}
        if any(cell.null_count < n for cell in at.values()):
            found.append(_payer(order, block.payer, block.plan, at, list(at.values()), n))
    return found


def _payer(
    order: int,
    payer: str | None,
    plan: str | None,
    at: Mapping[str, pa.Array],
    said: Sequence[pa.Array],
    n: int,
) -> Payer:
    money = any_filled([at[name] for name in _MONEY if name in at], n)
    return Payer(order, payer, plan, at, any_filled(said, n), money)


@dataclass(slots=True)
class Stated:
    """What payers state in a window, payer by payer: rows, orders, names and texts."""

    rows: Any
    orders: Any
    payer: Any
    plan: Any
    names: list[str]
    texts: dict[str, pa.Array] = field(default_factory=dict)


def stated(payers: Sequence[Payer], priced: Sequence[Any], note: pa.Array) -> Stated:
    """The prices of a window in the order of rows, and in a row of payers.

    `priced` says for each payer which rows have its price; `note` is the general note, which
    stands for a tall file's own where that has none.
    """
    names: dict[str, int] = {}
    parts = []
    for payer, rows in zip(payers, (np.flatnonzero(mask) for mask in priced), strict=True):
        if len(rows):
            parts.append((payer, rows, pa.array(rows)))
    rows = np.concatenate([rows for _, rows, _ in parts])
    orders = np.concatenate([np.full(len(r), payer.order, np.int64) for payer, r, _ in parts])
    payer_numbers = [_numbers(payer, "payer", rows, names) for payer, rows, _ in parts]
    plan_numbers = [_numbers(payer, "plan", rows, names) for payer, rows, _ in parts]
    made = Stated(
        rows, orders, np.concatenate(payer_numbers), np.concatenate(plan_numbers), list(names)
    )
    for name in STATEMENTS:
        made.texts[name] = _texts(name, parts, note)
    if len(parts) > 1:
        _sort(made)
    return made


def _numbers(payer: Payer, which: str, rows: Any, names: dict[str, int]) -> Any:
    """The name of the payer or plan of each row, as a number into all names; -1 for none."""
    name = payer.payer if which == "payer" else payer.plan
    if name is not None:
        number = names.setdefault(name, len(names)) if name else -1
        return np.full(len(rows), number, np.int32)
    column = payer.cells.get(f"{which}_name")
    if column is None:
        return np.full(len(rows), -1, np.int32)
    found = texts_of(column.take(pa.array(rows)))
    numbers = [names.setdefault(text, len(names)) for text in found.texts]
    return np.array([*numbers, -1], np.int32)[found.numbers]


def _texts(name: str, parts: Sequence[tuple[Payer, Any, pa.Array]], note: pa.Array) -> pa.Array:
    chunks = []
    for payer, _, take in parts:
        column = payer.cells.get(name)
        if name == _NOTE and payer.order == 0:
            column = _first_said(column, note)
        if column is None or column.null_count == len(column):
            chunks.append(pa.nulls(len(take), pa.string()))
        else:
            chunks.append(column.take(take))
    if len(chunks) == 1:
        return chunks[0]
    return pa.concat_arrays([chunk.cast(pa.string()) for chunk in chunks])


def _first_said(own: pa.Array | None, general: pa.Array) -> pa.Array:
    if own is None or own.null_count == len(own):
        return general
    return pc.coalesce(own.cast(pa.string()), general.cast(pa.string()))


def _sort(made: Stated) -> None:
    order = np.lexsort((made.orders, made.rows))
    take = pa.array(order)
    made.rows, made.orders = made.rows[order], made.orders[order]
    made.payer, made.plan = made.payer[order], made.plan[order]
    for name, column in made.texts.items():
        if column.null_count < len(column):
            made.texts[name] = column.take(take)
