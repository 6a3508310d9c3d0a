"""The families of registry files, and what each calls its columns: families.csv, layouts.csv.

A family is one table as its publisher gives it out. The header names are those of the publishers'
files; `|` stands between names of one column, `+` between columns that make one value together.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

UNDATED = "undated"


@dataclass(frozen=True, slots=True)
class Field:
    """One column of the table: how its cells are read, and where they stand.

    `is_key`: a row whose cell is not of the kind is set aside; elsewhere the cell is left empty.
    A field without a column name only tells the family by its header.
    """

    column: str
    kind: str
    headers: tuple[tuple[str, ...], ...]
    is_required: bool
    is_key: bool

    def names_in(self, header: Sequence[str]) -> tuple[str, ...] | None:
        """The header names whose cells make this column's value; None where they are absent."""
        return next((names for names in self.headers if set(names) <= set(header)), None)


@dataclass(frozen=True, slots=True)
class Family:
    """One registry file: its table, its publisher, its key, and how its name states a release."""

    name: str
    table: str
    publisher: str
    delimiter: str
    key: tuple[str, ...]
    named: re.Pattern[str]
    release: str
    has_quoted_breaks: bool
    fields: tuple[Field, ...]

    def locate(self, header: Sequence[str]) -> dict[str, tuple[str, ...]] | None:
        """The header names of each column; None where a required one is absent."""
        where = {}
        for field in self.fields:
            names = field.names_in(header)
            if names is not None:
                where[field.column] = names
            elif field.is_required:
                return None
        return where

    def release_of(self, file_name: str) -> str | None:
        """The release that a file's name states; None where it states none.

        >>> families()["nucc-taxonomy"].release_of("nucc_taxonomy_251.csv")
        '25.1'
        """
        found = self.named.search(file_name)
        if found is None:
            return None
        return self.release.format(*(part for part in found.groups() if part))


@cache
def families() -> dict[str, Family]:
    """Every family by name.

    >>> families()["utilisation"].table
    'utilisation'
    """
    fields: dict[str, list[Field]] = {}
    for row in _rows("layouts.csv"):
        headers = tuple(tuple(names.split("+")) for names in row["headers"].split("|"))
        field = Field(
            row["column"], row["kind"], headers, bool(row["required"]), row["required"] == "key"
        )
        fields.setdefault(row["family"], []).append(field)
    return {row["family"]: _family(row, fields[row["family"]]) for row in _rows("families.csv")}


def _family(row: Mapping[str, str], fields: Sequence[Field]) -> Family:
    return Family(
        row["family"],
        row["table"],
        row["publisher"],
        row["delimiter"],
        tuple(row["key"].split()),
        re.compile(row["named"], re.IGNORECASE),
        row["release"],
        bool(row["quoted_breaks"]),
        tuple(fields),
    )


def _rows(name: str) -> list[dict[str, str]]:
    text = (resources.files("ratepress.readers.registries") / name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))
