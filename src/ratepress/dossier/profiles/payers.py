"""A payer: who states its prices, in which lines of business, and on which codes it votes most."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ratepress.core.facts import Fact, Gap, SourceRef
from ratepress.dossier.model import (
    Cell,
    DataTable,
    Labelled,
    Profile,
    Row,
    Section,
    Sentence,
    payer_address,
)
from ratepress.dossier.profiles.common import number, profile, published_on, several
from ratepress.dossier.profiles.survey import PriceRows, Survey
from ratepress.dossier.record import Record
from ratepress.dossier.words import line_cell

MOST_CODES = 200
"""So many codes stand on the page of a payer, those with most votes; the rest is counted."""
_MEDIAN = ("Hospital facility price, commercial median", "Professional price, commercial median")


class _Held(NamedTuple):
    """A code of a payer: its votes and rows there, and what is remembered of it."""

    votes: int
    rows: int
    record: Record


def payers(records: Iterable[Record], survey: Survey) -> list[Profile]:
    """A profile of each payer that states a price in the lake or on a page, by address."""
    names: dict[str, str] = {}
    held: dict[str, list[_Held]] = {}
    for record in records:
        for line in record.payers:
            names.setdefault(line.address, line.name)
            held.setdefault(line.address, []).append(_Held(line.votes, line.rows, record))
    stated: dict[str, list[PriceRows]] = {}
    for one in survey.prices:
        address = payer_address(one.payer_id)
        names.setdefault(address, one.payer)
        stated.setdefault(address, []).append(one)
    return [
        _payer(address, name, held.get(address, []), stated.get(address, []), survey)
        for address, name in sorted(names.items())
    ]


def _payer(
    address: str, name: str, held: list[_Held], stated: list[PriceRows], survey: Survey
) -> Profile:
    files = {one.content_id for one in stated}
    body = (
        _summary(name, held, [survey.ref(one) for one in sorted(files)]),
        Section("files", "Files that state its prices", tables=_files(stated, survey)),
        Section("codes", "Codes", tables=_codes(held)),
        Section("contracts", "Contracts and networks", gaps=(_no_networks(name),)),
    )
    return profile("payer", address.partition("/")[2], name, survey, body, survey.named(files))


def _no_networks(name: str) -> Gap:
    return Gap(
        f"Networks of {name} by name",
        "the files state plans and providers, and few name a network",
        "payer files that name their networks",
    )


def _summary(name: str, held: list[_Held], sources: list[SourceRef]) -> Section:
    n_votes = sum(one.votes for one in held)
    votes = number(n_votes, sources, "M02")
    rows = number(sum(one.rows for one in held), sources, "M01")
    codes = number(len(held), sources, "M01")
    text = f"No code with a page on this site has a price of {name}; its files state other codes."
    if held:
        text = (
            f"On the pages of this site {name} states a price of {several(len(held), 'code')}: "
            f"{several(sum(one.rows for one in held), 'row')} as published, "
            f"{several(n_votes, 'vote')} that {'counts' if n_votes == 1 else 'count'}."
        )
    facts = (("Codes with a price", codes), ("Rows published", rows), ("Votes", votes))
    return Section(
        "summary",
        "Summary",
        (Sentence(text, (codes, rows, votes)),),
        tuple(Labelled(label, fact) for label, fact in facts),
    )


def _files(stated: list[PriceRows], survey: Survey) -> tuple[DataTable, ...]:
    rows = []
    for one in sorted(stated, key=lambda p: (-p.n_rows, p.content_id, p.line_of_business)):
        source = (survey.ref(one.content_id),)
        file = survey.files[one.content_id]
        cells: tuple[Cell | None, ...] = (
            Fact(line_cell(one.line_of_business), "text", sources=source, rules=("F007",)),
            number(one.n_codes, source),
            number(one.n_rows, source),
            published_on(file, source),
        )
        rows.append(Row(file.publisher, cells, note=file.name, link=file.page))
    columns = ("Line of business", "Codes", "Rows", "Published")
    table = DataTable("files", "Files, by line of business", "Published by", columns, tuple(rows))
    return (table,) if rows else ()


def _codes(held: list[_Held]) -> tuple[DataTable, ...]:
    best = sorted(held, key=lambda h: (-h.votes, -h.rows, h.record.system, h.record.code))
    rows = tuple(
        Row(
            one.record.name,
            (
                number(one.votes, (), "M02"),
                number(one.rows, (), "M01"),
                *(one.record.figure(label) for label in _MEDIAN),
            ),
            note=one.record.plain_label,
            link=one.record.address,
        )
        for one in best[:MOST_CODES]
    )
    note = (
        "Votes and rows are this payer's; the medians are those of all payers together. The page "
        "of a code has each payer's own."
    )
    if len(held) > len(rows):
        note += f" {several(len(held) - len(rows), 'more code')} with fewer votes."
    medians = (f"Median of all payers, {kind}" for kind in ("facility", "professional"))
    columns = ("Votes", "Rows", *medians)
    table = DataTable("codes", "Codes with most votes", "Code", columns, rows, note)
    return (table,) if rows else ()
