"""The readers of hospital CSV files, tall, wide and legacy, v2 and v3.

Layout: CMS hospital price transparency CSV data dictionaries. Row 1 holds the general headers,
row 2 their values, row 3 the item headers; then come the data rows. A row number is the one a
spreadsheet shows: header rows and blank rows count, a line break inside a cell does not.
What a row is and how it reconciles: docs/reference/rows-hospital.md.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from ratepress.core.errors import UnreadableInput
from ratepress.lake.writer import LakeWriter
from ratepress.readers.base import Header, Tally
from ratepress.readers.hospital.cells import CSV_NAMES
from ratepress.readers.hospital.columns import Columns, is_wide, item_columns
from ratepress.readers.hospital.general import read_heading
from ratepress.readers.hospital.heading import Heading
from ratepress.readers.hospital.loader import Loader
from ratepress.readers.hospital.opening import (
    Opening,
    Row,
    all_rows,
    delimiter_of,
    item_header_in,
    open_rows,
)
from ratepress.readers.hospital.records import Records
from ratepress.readers.hospital.rows import RowLoader
from ratepress.readers.source import Source
from ratepress.readers.text import sniff_encoding

NOT_UTF8, UTF8 = "F003", "utf-8-sig"
_WINDOW_BYTES = 16 << 20
_SHORTER, _PACKED = 4, 4
"""How much shorter the first window of a long file is, and at least how much gzip makes of one."""
# Below this the plain reader is done before Arrow's modules are loaded.
_SMALL_BYTES = 1 << 16


class HospitalTallCsv:
    """Reader of hospital CSV files whose rows name their payer, row by row.

    >>> HospitalTallCsv().recognise(b"hospital_name,last_updated_on,version")
    True
    """

    kind = "hospital-tall-csv"
    version = "2"
    row_is = "one data row of the CSV that is not blank"

    def recognise(self, head: bytes) -> bool:
        """Whether one of the first rows is a header row of a hospital CSV that is not wide."""
        return _is_wide(head) is False

    def warm(self, source: Source) -> None:
        """Load what reads large files."""
        _warm(source)

    def read(self, source: Source, out: LakeWriter, tally: Tally) -> Header:
        """All rows into items, charges, rates, allowed and modifier_notes.

        Raises `UnreadableInput` for a missing required column, a quotation mark that is never
        closed, and a file without data rows.
        """
        return read_csv(source, out, tally)


class HospitalWideCsv:
    r"""Reader of hospital CSV files whose column names hold payers and plans.

    >>> HospitalWideCsv().recognise(
    ...     b"hospital_name,version\nA,3.0.0\ndescription,standard_charge|B|C|negotiated_dollar"
    ... )
    True
    """

    kind = "hospital-wide-csv"
    version = "1"
    row_is = "one payer and plan of a data row that has a cell filled, or one data row without any"

    def recognise(self, head: bytes) -> bool:
        """Whether one of the first rows is an item header with payers in its column names."""
        return _is_wide(head) is True

    def warm(self, source: Source) -> None:
        """Load what reads large files."""
        _warm(source)

    def read(self, source: Source, out: LakeWriter, tally: Tally) -> Header:
        """As for a tall file: each payer and plan of a row is a rate of its own."""
        return read_csv(source, out, tally)


def _warm(source: Source) -> None:
    if source.bytes >= _SMALL_BYTES:
        import ratepress.readers.hospital.fast.engine
        import ratepress.readers.hospital.fast.windows  # noqa: F401


def _is_wide(head: bytes) -> bool | None:
    """Whether a file is wide; None where it is no hospital CSV."""
    text = head.decode("utf-8-sig", "replace")
    if text.lstrip()[:1] in ("{", "[", "<") or delimiter_of(text) is None:
        return None
    header = item_header_in(text)
    return header is not None and is_wide(header)


def read_csv(source: Source, out: LakeWriter, tally: Tally) -> Header:
    """Read a hospital CSV in columns, or row by row where it is small or has to be."""
    if source.bytes >= _SMALL_BYTES:
        counted = Tally()
        header = read_in_columns(source, out, counted)
        if header is not None:
            tally.absorb(counted)
            return header
        out.discard()
    return read_plainly(source, out, tally)


def read_plainly(source: Source, out: LakeWriter, tally: Tally) -> Header:
    """Read a hospital CSV row by row: slow, and plainly right."""
    start = Start(source, tally)
    with source.open() as stream:
        records = Records(source.name, stream, start.encoding, start.delimiter)
        rows = records.rows()
        opening, heading, columns = start.headers(rows)
        default_class = heading.default_class(tally)
        loader = Loader(out, tally, CSV_NAMES, default_class)
        RowLoader(loader, columns).load(all_rows(opening, rows))
    return finish(source, out, tally, opening, heading, columns, default_class)


def read_in_columns(
    source: Source, out: LakeWriter, tally: Tally, window_bytes: int = _WINDOW_BYTES
) -> Header | None:
    """Read a hospital CSV in columns; None where only the plain reader can say what it is.

    Then what was written and counted is to be forgotten.
    """
    # Nearly all files are UTF-8: that is proved on the way, and not by reading them twice.
    from ratepress.readers.hospital.fast.windows import NotUtf8

    counted = Tally()
    try:
        header = _in_columns(source, out, Start(source, counted, UTF8), window_bytes)
    except (NotUtf8, UnreadableInput):
        start = Start(source, tally)
        if start.encoding == UTF8:
            raise
        out.discard()
        return _in_columns(source, out, start, window_bytes)
    tally.absorb(counted)
    return header


def _in_columns(source: Source, out: LakeWriter, start: Start, window_bytes: int) -> Header | None:
    # Arrow's modules take a tenth of a second to load, which a small file would feel.
    from ratepress.readers.hospital.fast.ahead import Behind, ahead
    from ratepress.readers.hospital.fast.engine import ColumnLoader
    from ratepress.readers.hospital.fast.windows import NotForColumns, Windows

    tally = start.tally
    with source.open() as stream:
        records = Records(source.name, stream, start.encoding, start.delimiter)
        ends: dict[int, int] = {}
        opening, heading, columns = start.headers(_noting(records, ends))
    with source.open() as stream:
        head = stream.read(start.mark + ends[opening.item_row])
        default_class = heading.default_class(tally)
        number = opening.item_row + 1
        is_plain = source.container == "plain"
        # Nobody has work before the first window is cut. A short file is one sorted run.
        is_long = source.bytes > (window_bytes if is_plain else window_bytes // _PACKED)
        first = window_bytes // _SHORTER if is_long else None
        if is_plain:
            window_bytes = min(window_bytes, source.bytes + 1)
        windows = Windows(
            stream, start.encoding, start.delimiter, number, window_bytes, columns.repeating, first
        )
        windows.check(head)
        with ThreadPoolExecutor(1) as cutting, ThreadPoolExecutor(1) as writing:
            behind = Behind(out, writing)
            loader = ColumnLoader(behind, tally, columns, default_class)
            try:
                for window, keys in ahead(loader.keyed(iter(windows)), cutting):
                    loader.load(window, keys)
            except NotForColumns:
                return None
            behind.done()
    return finish(source, out, tally, opening, heading, columns, default_class)


def _noting(records: Records, ends: dict[int, int]) -> Iterator[Row]:
    """The rows of a file; at which byte each ends is put into `ends`."""
    for number, row in records.rows():
        ends[number] = records.bytes_read
        yield number, row


class Start:
    """How the bytes of a file are to be read, and its headers.

    Without an `encoding` all of the file is read to find it.
    """

    def __init__(self, source: Source, tally: Tally, encoding: str | None = None) -> None:
        self.name = source.name
        self.tally = tally
        self.encoding = encoding or self._sniffed(source)
        # How many bytes a mark of UTF-8 takes, which is no text of the first line.
        is_marked = self.encoding == "utf-8-sig" and source.head.startswith(BOM_UTF8)
        self.mark = len(BOM_UTF8) if is_marked else 0
        self.delimiter = delimiter_of(source.head.decode("utf-8-sig", "replace")) or ","

    def _sniffed(self, source: Source) -> str:
        with source.open() as stream:
            encoding, offset = sniff_encoding(stream)
        if offset is not None:
            place = f"byte {offset:,}"
            self.tally.problem(NOT_UTF8, "encoding", place, "read as Windows-1252")
        return encoding

    def headers(self, rows: Iterator[Row]) -> tuple[Opening, Heading, Columns]:
        """Read the headers off the top of the rows."""
        name, tally = self.name, self.tally
        opening = open_rows(name, rows, self.delimiter, tally)
        heading = read_heading(name, opening.general, opening.values, opening.place, tally)
        place = f"row {opening.item_row}"
        columns = item_columns(name, opening.items, place, tally, opening.said)
        heading.elements |= set(columns.at).union(*(block.at for block in columns.blocks))
        heading.is_legacy = columns.is_legacy
        return opening, heading, columns


def finish(
    source: Source,
    out: LakeWriter,
    tally: Tally,
    opening: Opening,
    heading: Heading,
    columns: Columns,
    default_class: str | None,
) -> Header:
    """Write what the file says of itself; `UnreadableInput` where it has no data row."""
    if not tally.read:
        raise UnreadableInput(
            f"{source.name}: there is no data row below the headers",
            place=f"row {opening.item_row}",
            todo="download it again: it may have been cut off",
        )
    columns.write(out)
    return heading.write(out, tally, default_class)
