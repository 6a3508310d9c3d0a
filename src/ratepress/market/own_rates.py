"""The form of a fee schedule of the user's own: CSV or an Excel workbook. Rule M10."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import msgspec

from ratepress.codes.argument import CodeRef, parse_code
from ratepress.core.errors import UnreadableInput, UsageError, clip
from ratepress.lake.sets import set_id
from ratepress.readers.source import Source
from ratepress.readers.text import decode_lines, sniff_encoding

REQUIRED = ("code", "rate")
KEY_COLUMNS = ("line_of_business", "billing_class", "setting", "site", "method")
"""Columns of the comparison key that a line may narrow; empty means whatever the market has."""
OPTIONAL = ("modifiers", "volume", *KEY_COLUMNS)
_SPELLINGS = {"modifier": "modifiers", "units": "volume", "allowed_amount": "rate"}
MOST_LINES = 200_000
_AMOUNT = re.compile(r"\$?\s*([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,11})(\.[0-9]{1,4})?\Z", re.ASCII)


class OwnRate(msgspec.Struct, frozen=True):
    """One line of the schedule; `problem` says what cannot be read, and then nothing else is.

    `rate` is dollars for one service, `volume` services. `modifiers` is the signature of the
    comparison key. `narrowed` holds the columns of the key that the line states.
    """

    line_no: int
    stated: dict[str, str]
    code: CodeRef | None = None
    modifiers: str = ""
    rate: Decimal | None = None
    volume: Decimal | None = None
    narrowed: dict[str, str] = {}
    problem: str | None = None


def read_own_rates(path: Path | str) -> list[OwnRate]:
    r"""Every line of a fee schedule, in order.

    The first row that is not empty names the columns: `code` and `rate`; `modifiers` (several
    separated by spaces), `volume`, and those of `KEY_COLUMNS`. Others are passed over. Raises
    `UsageError` where a column is missing or there are more than `MOST_LINES`, and
    `UnreadableInput` where the file cannot be read.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "mine.csv"
    >>> _ = path.write_text('Code,Modifier,Rate,Volume\n32557,,"$1,250.00",40\n')
    >>> [(one.code.code, one.rate, one.volume) for one in read_own_rates(path)]
    [('32557', Decimal('1250.00'), Decimal('40'))]
    """
    source = Source(Path(path))
    with source.open() as stream:
        encoding, _ = sniff_encoding(stream)
    with source.open() as stream:
        rows = csv.reader(decode_lines(stream, encoding))
        try:
            return _lines(source.name, rows)
        except csv.Error as error:
            raise UnreadableInput(
                f"{source.name}: not a readable CSV: {error}",
                todo="save it again as CSV (UTF-8) or as a workbook",
            ) from error


def _lines(name: str, rows: Iterator[list[str]]) -> list[OwnRate]:
    header: list[str] | None = None
    found: list[OwnRate] = []
    for number, row in enumerate(rows, start=1):
        if not any(cell.strip() for cell in row):
            continue
        if header is None:
            header = _header(name, row)
            continue
        if len(found) == MOST_LINES:
            raise UsageError(
                f"{name}: the schedule has too many lines",
                expected=f"at most {MOST_LINES:,}",
                todo="compare it in parts",
            )
        cells = {column: cell.strip() for column, cell in zip(header, row, strict=False) if column}
        found.append(_line(number, cells))
    if header is None:
        raise UsageError(f"{name}: the file is empty", todo="name the columns in the first row")
    return found


def _header(name: str, row: list[str]) -> list[str]:
    plain = [re.sub(r"[^a-z]+", "_", cell.strip().lower()).strip("_") for cell in row]
    known = [_SPELLINGS.get(text, text) for text in plain]
    kept = [text if text in (*REQUIRED, *OPTIONAL) else "" for text in known]
    missing = [column for column in REQUIRED if column not in kept]
    twice = sorted({text for text in kept if text and kept.count(text) > 1})
    if missing or twice:
        raise UsageError(
            f"{name}: this is no fee schedule to compare",
            found=f"columns {', '.join(cell.strip() for cell in row[:20])}",
            expected=f"one column each of {', '.join(missing or twice)}",
            todo="name the columns in the first row: code, rate, modifiers, volume",
        )
    return kept


def _line(number: int, cells: Mapping[str, str]) -> OwnRate:
    stated = dict(cells)
    # A row that ends early has no cell there.
    stated_rate = cells.get("rate", "")
    rate, volume = _amount(stated_rate), _amount(cells.get("volume", ""))
    modifiers = cells.get("modifiers", "").upper().split()
    problem = None
    code = None
    try:
        code = parse_code(cells.get("code", ""))
    except UsageError as error:
        problem = f"code: {error.message}"
    if problem is None and (rate is None or rate <= 0):
        problem = f"rate is no amount above zero: {clip(stated_rate)}" if stated_rate else "no rate"
    elif problem is None and cells.get("volume") and volume is None:
        problem = f"volume is no number: {clip(cells['volume'])}"
    elif problem is None and not all(re.fullmatch("[A-Z0-9]{2}", one) for one in modifiers):
        problem = "a modifier has two letters or digits"
    if problem is not None:
        return OwnRate(number, stated, problem=problem)
    narrowed = {name: cells[name].lower() for name in KEY_COLUMNS if cells.get(name)}
    return OwnRate(number, stated, code, set_id(modifiers), rate, volume, narrowed)


def _amount(text: str) -> Decimal | None:
    found = _AMOUNT.match(text.strip())
    return Decimal(found[1].replace(",", "") + (found[2] or "")) if found else None
