"""What commands print: results for people or as JSON on stdout, messages and progress on stderr.

Text from files is hostile until shown otherwise: nothing of it reaches a terminal as an escape
sequence or as markup.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, TextIO

from ratepress.core.errors import RatepressError
from ratepress.core.shapes import failure, success, to_json

if TYPE_CHECKING:
    from rich.console import Console

# C0 (line feed too), DEL, C1, and the marks that reorder or hide text (Unicode TR 36, 3.2);
# lone surrogates stand for bytes of a path that are no UTF-8.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
# Wide enough that no row of a table wraps in a pipe, where there is no edge to wrap at.
_PIPE_WIDTH = 10_000
# Columns of which a part is of no use.
_WHOLE = ("id", "modifier", "verdict")


class Reached(Protocol):
    """Moves a progress bar to a byte; `total` where the size becomes known on the way."""

    def __call__(self, position: int, total: int | None = None, /) -> None: ...


class Bar(Protocol):
    """Moves the bar of one thing to a byte; without a position the bar goes away."""

    def __call__(
        self, what: str, position: int | None = None, total: int | None = None, /
    ) -> None: ...


class Unfinished(Exception):
    """An error with what was done all the same; `data` goes beside it in the JSON error shape."""

    def __init__(self, error: RatepressError, data: object) -> None:
        super().__init__(str(error))
        self.error = error
        self.data = data


def safe(text: object) -> str:
    r"""`text` with every control character written out.

    >>> safe("\x1b[31mred\x1b[0m")
    '\\x1b[31mred\\x1b[0m'
    """
    return _UNSAFE.sub(_written_out, str(text))


def _written_out(match: re.Match[str]) -> str:
    number = ord(match[0])
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"


def console(stream: TextIO | None = None) -> Console:
    """A console on `stream` (stdout) that takes text as it is: no markup, no emoji codes.

    Colour is for terminals only, and NO_COLOR turns it off there too.
    """
    from rich.console import Console

    class Quiet(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # `run` ends it; rich would end the process with exit code 1.

    stream = stream or sys.stdout
    width = None if stream.isatty() else _PIPE_WIDTH
    return Quiet(file=stream, markup=False, emoji=False, highlight=False, width=width)


def say(*lines: object) -> None:
    """Lines for people on stdout, made safe."""
    if not lines:
        return
    out = console()
    for line in lines:
        out.print(safe(line), soft_wrap=True)


def heading(text: str) -> None:
    """A heading for people on stdout, bold on a terminal, with an empty line before it."""
    from rich.text import Text

    console().print(Text(f"\n{safe(text)}", style="bold"), soft_wrap=True)


def width() -> int:
    """How many characters fit in a line of stdout; very many where it is no terminal."""
    return console().width


def table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], *, numbers: Sequence[str] = ()
) -> None:
    """A table for people on stdout; the columns named in `numbers` are set to the right.

    A column in which nothing stands is left out.
    """
    cells = [["" if cell is None else safe(cell) for cell in row] for row in rows]
    kept = [i for i in range(len(columns)) if any(row[i] for row in cells)]
    names = [safe(columns[i]) for i in kept]
    cells = [[row[i] for i in kept] for row in cells]
    is_number = [columns[i] in numbers for i in kept]
    if not sys.stdout.isatty() and (sys.stdout.encoding or "").lower() == "utf-8":
        plain = in_a_pipe(names, cells, is_number)
        if plain is not None:
            sys.stdout.write(plain)
            return
    _rich_table(names, cells, is_number, [columns[i] in _WHOLE for i in kept])


def in_a_pipe(
    names: Sequence[str], cells: Sequence[Sequence[str]], is_number: Sequence[bool]
) -> str | None:
    """The table as `rich` sets it where no line has to break; None where only that one knows how.

    Most runs are in pipes, where loading `rich` takes longer than all else that is said.

    >>> print(in_a_pipe(["file", "read"], [["a.csv", "12"]], [False, True]).replace(" ", "_"))
    _____________
    _file___read_
    _───────────_
    _a.csv____12_
    _____________
    <BLANKLINE>
    """
    rows = [names, *cells]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    total = sum(widths) + 2 * len(widths)
    is_plain = all(cell.isascii() and not cell.endswith(" ") for row in rows for cell in row)
    if not is_plain or not all(widths) or total >= _PIPE_WIDTH:
        return None
    lines = [" " * total] * (len(rows) + 3)
    for at, row in enumerate(rows):
        set_cells = [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, is_number, strict=True)
        ]
        lines[at + 1 + (at > 0)] = f" {'  '.join(set_cells)} "
    lines[2] = f" {'─' * (total - 2)} "
    return "".join(f"{line}\n" for line in lines)


def _rich_table(
    names: Sequence[str],
    cells: Sequence[Sequence[str]],
    is_number: Sequence[bool],
    is_whole: Sequence[bool],
) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    made = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for name, number, whole in zip(names, is_number, is_whole, strict=True):
        # These are never broken, so that a narrow terminal breaks the words beside them.
        made.add_column(
            Text(name),
            justify="right" if number else "left",
            overflow="fold",
            no_wrap=number or whole,
        )
    for row in cells:
        made.add_row(*(Text(cell) for cell in row))
    console().print(made)


def done(
    command: str,
    data: object,
    show: Callable[[], None],
    *,
    as_json: bool,
    notes: Iterable[str] = (),
) -> None:
    """Print a result: the JSON success shape, or what `show` prints and the notes."""
    said = tuple(dict.fromkeys(notes))
    if as_json:
        write_json(success(command, data, said))
        return
    show()
    say(*(f"Note: {note}" for note in said))


def failed(command: str, error: RatepressError, *, as_json: bool, data: object = None) -> None:
    """Print an error: the JSON error shape on stdout, or one message on stderr."""
    if as_json:
        shape = failure(command, error)
        write_json(shape if data is None else {**shape, "data": data})
        return
    from rich.text import Text

    line = Text("Error: ", style="bold red").append(safe(error), style="not bold default")
    console(sys.stderr).print(line, soft_wrap=True)


def write_json(value: object) -> None:
    """JSON on stdout in UTF-8, whatever the locale; control characters of texts as escapes."""
    text = to_json(value).decode("utf-8")
    # They stand inside strings only, but for the line feeds of the layout.
    text = _UNSAFE.sub(lambda m: m[0] if m[0] == "\n" else f"\\u{ord(m[0]):04x}", text)
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("ascii" if text.isascii() else "utf-8") + b"\n")
    sys.stdout.buffer.flush()


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show on a terminal that work goes on; silent elsewhere."""
    if not sys.stderr.isatty():
        yield
        return
    with console(sys.stderr).status(safe(what)):
        yield


@contextmanager
def reading(what: str, total_bytes: int | None = None) -> Iterator[Reached]:
    """A bar on a terminal for a file that is read or fetched.

    Yields what to call with the byte reached, and with the size where it is known only then.
    """
    with reading_each() as bar:

        def reached(position: int, total: int | None = None) -> None:
            bar(what, position, total or total_bytes)

        reached(0)
        yield reached


@contextmanager
def reading_each() -> Iterator[Bar]:
    """A bar on a terminal for each of several files that are read or fetched at once."""
    if not sys.stderr.isatty():
        yield lambda _what, _position=None, _total=None: None
        return
    from rich.markup import escape
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TaskID,
        TextColumn,
        TimeElapsedColumn,
    )

    columns = (
        TextColumn("{task.description}", markup=True),
        BarColumn(),
        DownloadColumn(),
        TimeElapsedColumn(),
    )
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=console(sys.stderr), transient=True) as bars:

        def bar(what: str, position: int | None = None, total: int | None = None) -> None:
            if position is None:
                if what in tasks:
                    bars.remove_task(tasks.pop(what))
                return
            if what not in tasks:
                tasks[what] = bars.add_task(escape(safe(what)), total=None)
            bars.update(tasks[what], completed=position, total=total and max(1, total))

        yield bar
