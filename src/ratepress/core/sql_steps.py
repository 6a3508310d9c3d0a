"""SQL steps: files whose header states the name, the grain and the key of their result."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from importlib import resources

import msgspec


class Step(msgspec.Struct, frozen=True):
    """One SQL file: its name, what one row of its result is, the columns that identify it.

    A result that is not kept is a view: each step that reads it works it out, which costs less than
    to write it down where those are few and take little of it.
    """

    file: str
    name: str
    grain: str
    key: tuple[str, ...]
    sql: str
    is_kept: bool = True


def load_steps(package: str) -> tuple[Step, ...]:
    """The steps in the folder `sql` of a package, in the order in which they run.

    >>> load_steps("ratepress.market")[0].name
    'file_standing'
    """
    folder = resources.files(package) / "sql"
    files = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return tuple(parse_step(name, (folder / name).read_text("utf-8")) for name in files)


def parse_step(file: str, text: str) -> Step:
    """A step from the text of its file; `ValueError` where the header lacks a line.

    A line of the header goes on in the next where that is set in by three spaces.
    """
    header: dict[str, str] = {}
    last = ""
    for line in text.splitlines():
        if not line.startswith("-- "):
            break
        label, colon, rest = line[3:].partition(": ")
        if colon and label in ("step", "grain", "key", "kept"):
            header[label], last = rest.strip(), label
        elif line.startswith("--   ") and last:
            header[last] += f" {line[5:].strip()}"
        else:
            last = ""
    is_kept = header.pop("kept", "yes") == "yes"
    if set(header) != {"step", "grain", "key"}:
        raise ValueError(f"{file}: the header must state step, grain and key")
    key = tuple(part.strip() for part in header["key"].split(","))
    return Step(file, header["step"], header["grain"], key, text, is_kept)


def needed(those: Sequence[Step], results: Iterable[str]) -> tuple[Step, ...]:
    """The steps that the tables `results` rest on, directly or not, in their order.

    >>> steps = load_steps("ratepress.market")
    >>> [step.name for step in needed(steps, ["file_standing", "q01"])][:2]
    ['file_standing', 'speakers']
    """
    wanted = set(results)
    found = []
    for step in reversed(those):
        if step.name in wanted:
            wanted |= tables_read(step.sql)
            found.append(step)
    return tuple(reversed(found))


def tables_read(*texts: str) -> frozenset[str]:
    r"""The names after each FROM and JOIN of some SQL; not of its comments and quoted texts.

    >>> sorted(tables_read("SELECT 1 FROM a -- from the\n JOIN (SELECT 2 FROM b) c ON 'from d'"))
    ['a', 'b']
    >>> sorted(tables_read("SELECT 1 FROM a WHERE x IS NOT DISTINCT FROM y"))
    ['a']
    """
    bare = (re.sub(r"'[^']*'|--[^\n]*", "", text) for text in texts)
    return frozenset(name for text in bare for name in _TABLE.findall(text))


_TABLE = re.compile(r"(?<!DISTINCT )\b(?:FROM|JOIN)\s+([a-z_]\w*)")
