"""The families of Medicare's tables, and what each calls its columns: families.csv, layouts.csv.

A family is one table as CMS publishes it. `layouts.csv` gives, for each of its columns, the header
names by which it is known (`|` between several, `*` for a year, factor or footnote number in the
name, `~` for any text), or, for texts without a header, the positions in a line.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from ratepress.readers.medicare.sheet import plain_name

# Addenda of ASC put the quarter before the name: `July 2026 Payment Rate`.
QUARTER = re.compile(r"(JANUARY|APRIL|JULY|OCTOBER) (20\d\d) ")


@dataclass(frozen=True, slots=True)
class Field:
    """One column: how its cells are read (`kind`), and the names or the positions it stands at."""

    column: str
    kind: str
    headers: tuple[str, ...]
    is_required: bool

    @property
    def span(self) -> slice:
        """The positions in a line of a text without a header."""
        first, last = self.headers[0].split("-")
        return slice(int(first) - 1, int(last))

    def is_named(self, name: str) -> bool:
        """Whether a header name is this column's."""
        return any(_pattern(header).fullmatch(name) for header in self.headers)


@dataclass(frozen=True, slots=True)
class Family:
    """One table as published: where it goes, and how its release and its rows are known.

    `title` stands in the lines above the header, where the names alone do not tell. `line` is the
    form of a line, where there is no header. `fixed` are values that every row gets.
    """

    name: str
    table: str
    title: str
    release: str
    key: tuple[str, ...]
    fixed: Mapping[str, str]
    line: re.Pattern[str] | None
    fields: tuple[Field, ...]

    def locate(self, names: Sequence[str]) -> dict[str, int] | None:
        """The position of each column in a header line; None where a required one is absent."""
        plain = [bare_name(name) for name in names]
        where: dict[str, int] = {}
        for field in self.fields:
            found = [n for n, name in enumerate(plain) if field.is_named(name)]
            if found:
                where[field.column] = found[0]
            elif field.is_required:
                return None
        return where


@cache
def _pattern(header: str) -> re.Pattern[str]:
    escaped = re.escape(header)
    return re.compile(escaped.replace("\\*", "[0-9 ]+").replace("\\~", ".*"))


def bare_name(name: str) -> str:
    """A header name without the quarter before it.

    >>> bare_name("July 2026  Payment Rate ")
    'PAYMENT RATE'
    """
    return _bare_name(name) if len(name) < 200 else _bare_name.__wrapped__(name)


@lru_cache(maxsize=4096)  # Each family is asked about the same rows; a long cell is no name.
def _bare_name(name: str) -> str:
    return QUARTER.sub("", plain_name(name))


@cache
def families() -> dict[str, Family]:
    """Every family by name.

    >>> families()["clfs"].table
    'clfs_rates'
    """
    fields: dict[str, list[Field]] = {}
    for row in _rows("layouts.csv"):
        field = Field(
            row["column"], row["kind"], tuple(row["headers"].split("|")), row["required"] == "yes"
        )
        fields.setdefault(row["family"], []).append(field)
    return {row["family"]: _family(row, fields[row["family"]]) for row in _rows("families.csv")}


def _family(row: Mapping[str, str], fields: Sequence[Field]) -> Family:
    fixed = dict(pair.split("=") for pair in row["fixed"].split())
    line = re.compile(row["line"], re.ASCII) if row["line"] else None
    return Family(
        row["family"],
        row["table"],
        row["title"],
        row["release"],
        tuple(row["key"].split()),
        fixed,
        line,
        tuple(fields),
    )


def _rows(name: str) -> list[dict[str, str]]:
    text = (resources.files("ratepress.readers.medicare") / name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))
