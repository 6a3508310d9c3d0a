"""What is remembered of a dossier once its page is written: what other pages say of the code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import msgspec

from ratepress.core.facts import Fact
from ratepress.dossier.descriptions import TABLE as DESCRIPTIONS
from ratepress.dossier.model import DataTable, Dossier, Section

# The columns of the table of payers that hold rows and votes.
_ROWS, _VOTES = 3, 6


class PayerLine(msgspec.Struct, frozen=True, array_like=True):
    """One payer on the page of a code: its address, name, published rows and votes."""

    address: str
    name: str
    rows: int
    votes: int


class Counts(msgspec.Struct, frozen=True, array_like=True):
    """One step of the funnel, at each strength."""

    step: str
    minimum: int
    balanced: int
    maximum: int


class Changed(msgspec.Struct, frozen=True, array_like=True):
    """What became of a code's contracts since the day of the snapshot before (rule M17)."""

    since: date
    changed: int
    new: int
    gone: int


class Figure(msgspec.Struct, frozen=True, array_like=True):
    """One figure of a summary as text with its type, for JSON has no decimals; without sources."""

    label: str
    text: str
    kind: str
    unit: str
    as_of: date | None
    rules: tuple[str, ...]

    @classmethod
    def of(cls, label: str, fact: Fact) -> Figure:
        """The figure of a fact that a rule made."""
        kind = type(fact.value).__name__
        return cls(label, str(fact.value), kind, fact.unit, fact.as_of, fact.rules)

    @property
    def fact(self) -> Fact:
        """The fact again; the page that the figure is from has its sources."""
        return Fact(_VALUES[self.kind](self.text), self.unit, self.as_of, rules=self.rules)


_VALUES: dict[str, Callable[[str], Decimal | int | bool | date | str]] = {
    "Decimal": Decimal,
    "int": int,
    "bool": lambda text: text == "True",
    "date": date.fromisoformat,
    "str": str,
}


class Record(msgspec.Struct, frozen=True, omit_defaults=True):
    """One code page. `inputs` is a digest of all that it is made from but the links.

    `links` are the addresses that it leads to where they have a page, `linked` the codes among them
    that had one. `figures` are those of its summary without their sources, which the page has.
    `funnel` are the steps of its quality section at each strength, `flags` by rule how many prices
    are flagged and not assessed. `description` is what most rows of a file call the code, where the
    page shows it. `changed` is there where a snapshot before is.
    """

    system: str
    code: str
    label: str
    as_of: date
    strength: str
    inputs: str = ""
    finding: str = ""
    figures: tuple[Figure, ...] = ()
    payers: tuple[PayerLine, ...] = ()
    links: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    funnel: tuple[Counts, ...] = ()
    flags: dict[str, tuple[int, int]] = {}
    linked: tuple[str, ...] = ()
    description: str = ""
    changed: Changed | None = None

    @property
    def address(self) -> str:
        """The address of the page: `code/cpt/32557`."""
        return f"code/{self.system}/{self.code}"

    @property
    def name(self) -> str:
        """The code in its system: `CPT 32557`."""
        return f"{self.system.upper()} {self.code}"

    @property
    def plain_label(self) -> str | None:
        """Our label, where it says more than the code."""
        return None if self.label == self.name else self.label

    def figure(self, label: str) -> Fact | None:
        """The figure of the summary under that label."""
        return next((one.fact for one in self.figures if one.label == label), None)

    @property
    def href(self) -> str:
        """The page from the root of the site."""
        return f"{self.address}/index.html"


def record_of(dossier: Dossier, inputs: str = "") -> Record:
    """What is remembered of a dossier."""
    by_id = {section.id: section for section in dossier.sections}
    summary, payers = by_id.get("summary"), by_id.get("payers")
    rows = [row for section in dossier.sections for table in section.tables for row in table.rows]
    return Record(
        dossier.system,
        dossier.code,
        dossier.label,
        dossier.as_of,
        dossier.strength,
        inputs,
        summary.sentences[0].text if summary is not None and summary.sentences else "",
        tuple(
            Figure.of(one.label, one.cell)
            for one in (() if summary is None else summary.facts)
            if isinstance(one.cell, Fact) and one.cell.rules
        ),
        tuple(
            PayerLine(
                row.link or "", row.label, _number(row.cells[_ROWS]), _number(row.cells[_VOTES])
            )
            for table in _tables(payers, "payers")
            if len(table.columns) > _VOTES
            for row in table.rows
        ),
        tuple(dict.fromkeys(row.link for row in rows if row.link)),
        tuple(file.content_id for file in dossier.sources),
        tuple(
            Counts(row.label, *(_number(cell) for cell in row.cells))
            for table in _tables(by_id.get("quality"), "funnel")
            for row in table.rows
        ),
        {
            row.label.partition(" ")[0]: (_number(row.cells[0]), _number(row.cells[1]))
            for table in _tables(by_id.get("quality"), "flags")
            for row in table.rows
        },
        description=next(
            (
                row.cells[0].text
                for table in _tables(by_id.get("overview"), DESCRIPTIONS)
                for row in table.rows
                if isinstance(row.cells[0], Fact)
            ),
            "",
        ),
        changed=_changed(summary),
    )


def _changed(summary: Section | None) -> Changed | None:
    """The counts of the sentence on what changed, in the order in which it states them."""
    for sentence in () if summary is None else summary.sentences:
        since, *counts = sentence.facts or (None,)
        if since is not None and since.rules == ("M17",) and isinstance(since.value, date):
            changed, new, gone = (_number(fact) for fact in counts[:3])
            return Changed(since.value, changed, new, gone)
    return None


def _tables(section: Section | None, table_id: str) -> list[DataTable]:
    return [] if section is None else [one for one in section.tables if one.id == table_id]


def _number(cell: object) -> int:
    return cell.value if isinstance(cell, Fact) and isinstance(cell.value, int) else 0
