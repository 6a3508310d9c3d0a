"""Excel workbooks that open well: text stays text, numbers are numbers, heads stand still.

Written straight as Office Open XML (ECMA-376): a sheet is one pass over its rows, and each text is
written once for all sheets, in the order in which it is first met. General writers take ten times
as long, and ten thousand pages have a workbook each. The same tables give the same bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import msgspec

from ratepress.core.errors import UsageError
from ratepress.press.text import visible

Cell = str | int | Decimal | date | None
Run = tuple[Cell, ...]
"""Cells that stand beside each other in a row."""
FORMATS = {
    "text": "@",
    "date": "yyyy-mm-dd",
    "count": "#,##0",
    "dollars": "#,##0.00",
    "percent": "0.0",
    "number": "General",
}
"""The kinds of column, and how Excel shows their numbers; percents are written as 148.2."""
_ROWS_OF_EXCEL = 1_048_576
_TEXT_OF_EXCEL = 32_767
_DAY_0 = date(1899, 12, 30)
# What Excel reads back as a character: `_x0041_` in a cell is shown as A.
_CODED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
# Where the number of its row goes in a form; no cell holds it, for its text stands elsewhere.
_AT = "\x00"
_WRITTEN = (1980, 1, 1, 0, 0, 0)
_HEAD = 1
_FIRST_OWN_FORMAT = 164
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


class Column(msgspec.Struct, frozen=True):
    """One column: its head, its kind (`FORMATS`) and its width in characters.

    `repeats`: many rows have the same here, together with the other columns of its run; the cells
    are texts and dates. It says nothing of the result, only how it is made.
    """

    head: str
    kind: str = "text"
    width: int = 12
    repeats: bool = False


class Sheet(msgspec.Struct, frozen=True):
    """One worksheet; a cell that is None stays empty.

    Where `runs` are given a row is a tuple of runs, each a tuple of so many cells: what a run of
    columns that repeat holds is written once for all rows that have the same there.
    """

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Cell]] | Sequence[tuple[Run, ...]]
    runs: tuple[int, ...] = ()


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """The bytes of a workbook. No text of it is ever taken for a formula or a link.

    `UsageError` where a sheet has more rows than Excel holds. What is longer than a cell of Excel
    is cut and ends in `…`.

    >>> workbook([Sheet("Rates", (Column("code"),), [["=1+1"]])])[:2]
    b'PK'
    """
    for sheet in sheets:
        if len(sheet.rows) >= _ROWS_OF_EXCEL:
            raise UsageError(
                f"The sheet {sheet.name} has {len(sheet.rows):,} rows, more than Excel holds",
                todo="write CSV instead",
            )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in _parts(sheets):
            # Said with each entry: one that brings its own `ZipInfo` does not ask the archive.
            archive.writestr(
                zipfile.ZipInfo(name, _WRITTEN),
                text.encode("utf-8"),
                zipfile.ZIP_DEFLATED,
                compresslevel=1,
            )
    return out.getvalue()


def _parts(sheets: Sequence[Sheet]) -> Iterator[tuple[str, str]]:
    """The files of the archive, by the names that Excel looks for."""
    numbers = range(1, len(sheets) + 1)
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for n in numbers
    )
    yield (
        "[Content_Types].xml",
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_TYPE}.sharedStrings+xml"/>'
        f"{kinds}</Types>",
    )
    yield "_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")])
    listed = "".join(
        f'<sheet name={quoteattr(sheet.name)} sheetId="{n}" r:id="rId{n}"/>'
        for n, sheet in zip(numbers, sheets, strict=True)
    )
    yield (
        "xl/workbook.xml",
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>',
    )
    targets = [("worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
    yield (
        "xl/_rels/workbook.xml.rels",
        _relations([*targets, ("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")]),
    )
    yield "xl/styles.xml", _styles()
    texts = _Texts()
    for n, sheet in zip(numbers, sheets, strict=True):
        yield f"xl/worksheets/sheet{n}.xml", _sheet(sheet, texts)
    yield "xl/sharedStrings.xml", _shared(texts)


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, start=1)
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def _styles() -> str:
    """Style 1 is that of heads; those of the kinds of column follow in the order of `FORMATS`."""
    formats = "".join(
        f'<numFmt numFmtId="{n}" formatCode={quoteattr(code)}/>'
        for n, code in enumerate(FORMATS.values(), start=_FIRST_OWN_FORMAT)
    )
    top = '<alignment vertical="top"'
    own = "".join(
        f'<xf numFmtId="{n}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" '
        f'applyAlignment="1">{top}/></xf>'
        for n in range(_FIRST_OWN_FORMAT, _FIRST_OWN_FORMAT + len(FORMATS))
    )
    font = '<sz val="11"/><name val="Calibri"/><family val="2"/>'
    edges = "<left/><right/><top/>"
    return (
        f'{_XML}<styleSheet xmlns="{_MAIN}">'
        f'<numFmts count="{len(FORMATS)}">{formats}</numFmts>'
        f'<fonts count="2"><font>{font}</font><font><b/>{font}</font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        f'<borders count="2"><border>{edges}<bottom/><diagonal/></border>'
        f'<border>{edges}<bottom style="thin"/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
        "</cellStyleXfs>"
        f'<cellXfs count="{len(FORMATS) + 2}">'
        '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="0" fontId="1" fillId="0" borderId="1" xfId="0" applyFont="1" '
        f'applyBorder="1" applyAlignment="1">{top} wrapText="1"/></xf>{own}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
        "</styleSheet>"
    )


class _Texts(dict[str, str]):
    """The texts of a workbook with their numbers; one that is new gets the next."""

    def __missing__(self, text: str) -> str:
        number = self[text] = str(len(self))
        return number


def _shared(texts: _Texts) -> str:
    listed = "".join(map(_text, texts))
    return f'{_XML}<sst xmlns="{_MAIN}" uniqueCount="{len(texts)}">{listed}</sst>'


def _sheet(sheet: Sheet, texts: _Texts) -> str:
    names = [_letters(n) for n in range(len(sheet.columns))]
    widths = "".join(
        f'<col min="{n}" max="{n}" width="{column.width}" customWidth="1"/>'
        for n, column in enumerate(sheet.columns, start=1)
    )
    made = [
        f'{_XML}<worksheet xmlns="{_MAIN}">'
        # A program that streams rows learns here how many cells those with empty ones have.
        f'<dimension ref="A1:{names[-1]}{len(sheet.rows) + 1}"/>'
        '<sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        f"</sheetView></sheetViews><cols>{widths}</cols><sheetData>",
        _Rows(sheet, (), texts, _HEAD).row(1, (tuple(column.head for column in sheet.columns),)),
    ]
    rows = _Rows(sheet, sheet.runs, texts)
    in_runs: Any = sheet.rows if sheet.runs else ((tuple(row),) for row in sheet.rows)
    made += [rows.row(at, row) for at, row in enumerate(in_runs, start=2)]
    made.append("</sheetData>")
    if sheet.rows:
        made.append(f'<autoFilter ref="A1:{names[-1]}{len(sheet.rows) + 1}"/>')
    made.append("</worksheet>")
    return "".join(made)


class _Rows:
    """Rows of one sheet, in runs of columns.

    What repeats is written once. Of the rest, cells of the same types have one form, made when
    first met. In both a sign stands for the number of the row.
    """

    def __init__(
        self, sheet: Sheet, runs: Sequence[int], texts: _Texts, text: int | None = None
    ) -> None:
        styles = {kind: n for n, kind in enumerate(FORMATS, start=_HEAD + 1)}
        self._sheet = sheet.name
        self._names = [_letters(n) for n in range(len(sheet.columns))]
        self._kinds = [styles[column.kind] for column in sheet.columns]
        self._text = styles["text"] if text is None else text
        ends = list(accumulate(runs or (len(sheet.columns),)))
        if ends[-1] != len(sheet.columns):
            raise ValueError(f"sheet {sheet.name}: its runs have {ends[-1]} columns")
        self._runs: list[tuple[int, int, dict[Run, str] | None]] = [
            (start, end, {} if runs and all(c.repeats for c in sheet.columns[start:end]) else None)
            for start, end in pairwise([0, *ends])
        ]
        self._forms: dict[tuple[int, tuple[type, ...]], str] = {}
        self._writers: dict[type, Callable[[Any], str]] = {
            str: texts.__getitem__, int: _number, bool: _number, Decimal: _number, date: _day,
        }  # fmt: skip

    def row(self, at: int, parts: tuple[Run, ...]) -> str:
        """The row of number `at`."""
        made = ""
        for (start, end, written), part in zip(self._runs, parts, strict=True):
            if written is None:
                made += self._part(start, end, part)
                continue
            xml = written.get(part)
            if xml is None:
                xml = written[part] = self._part(start, end, part)
            made += xml
        return f'<row r="{_AT}">{made}</row>'.replace(_AT, str(at))

    def _part(self, start: int, end: int, cells: Run) -> str:
        types = (start, tuple(map(type, cells)))
        form = self._forms.get(types)
        if form is None:
            if len(cells) != end - start:
                raise ValueError(f"sheet {self._sheet}: a row has {start + len(cells)} cells")
            form = self._forms[types] = self._form(start, cells)
        writers = self._writers
        return form % tuple([writers[type(cell)](cell) for cell in cells if cell is not None])

    def _form(self, start: int, cells: Run) -> str:
        made = []
        for at, cell in enumerate(cells, start):
            name = f"{self._names[at]}{_AT}"
            if isinstance(cell, str):
                made.append(f'<c r="{name}" s="{self._text}" t="s"><v>%s</v></c>')
            elif cell is not None:
                made.append(f'<c r="{name}" s="{self._kinds[at]}"><v>%s</v></c>')
        return "".join(made)


@lru_cache(1 << 13)
def _text(text: str) -> str:
    shown = visible(text)
    if len(shown) > _TEXT_OF_EXCEL:
        shown = f"{shown[: _TEXT_OF_EXCEL - 1]}…"
    return f'<si><t xml:space="preserve">{escape(_CODED.sub("_x005F_", shown))}</t></si>'


def _number(number: int | Decimal) -> str:
    return f"{number:f}"


def _day(day: date) -> str:
    return str((day - _DAY_0).days)


def _letters(n: int) -> str:
    """The name of a column: A, B, and after Z AA."""
    name = ""
    while n >= 0:
        n, place = divmod(n, 26)
        name = chr(ord("A") + place) + name
        n -= 1
    return name
