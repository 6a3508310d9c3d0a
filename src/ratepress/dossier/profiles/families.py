"""A family of services: its codes side by side, with Medicare's amounts and the medians."""

from __future__ import annotations

from collections.abc import Iterable

from ratepress.core.facts import Fact
from ratepress.dossier.model import DataTable, Profile, Row, Section, Sentence, plain_id
from ratepress.dossier.profiles.common import number, profile, several
from ratepress.dossier.profiles.survey import Survey
from ratepress.dossier.record import Record
from ratepress.market.registries import family_of

COLUMNS = {
    "Physician fee, in a facility": "Medicare physician fee, facility",
    "Physician fee, office": "Medicare physician fee, non-facility",
    "Hospital outpatient rate": "Medicare hospital outpatient rate",
    "Commercial median, facility": "Hospital facility price, commercial median",
    "Commercial median, professional": "Professional price, commercial median",
}
"""The columns of a family, and under which label the summary of a code has their figures."""


def families(records: Iterable[Record], survey: Survey) -> list[Profile]:
    """A profile of each family of services that has a page, by name."""
    found: dict[str, list[Record]] = {}
    for record in records:
        name = family_of(record.system, record.code)
        if name is not None:
            found.setdefault(name, []).append(record)
    return [_family(name, held, survey) for name, held in sorted(found.items())]


def family_address(name: str) -> str:
    """The address of the page of a family: `family/respiratory`."""
    return f"family/{plain_id(name.replace(' ', '-'))}"


def _family(name: str, held: list[Record], survey: Survey) -> Profile:
    n = Fact(len(held), "count", survey.as_of, rules=("C43", "Q09"))
    text = f"{name.capitalize()}: {several(len(held), 'code')} of this site, by number."
    columns = tuple(c for c, label in COLUMNS.items() if any(r.figure(label) for r in held))
    rows = tuple(
        Row(
            record.name,
            (
                number(sum(line.votes for line in record.payers), (), "M02"),
                *(record.figure(COLUMNS[column]) for column in columns),
            ),
            note=record.plain_label,
            link=record.address,
        )
        for record in sorted(held, key=lambda one: (one.system, one.code))
    )
    title = "Codes, Medicare's national amounts and commercial medians"
    note = "Each code's page says where its figures come from; an empty cell has its reason there."
    table = DataTable("codes", title, "Code", ("Votes", *columns), rows, note)
    body = (
        Section("summary", "Summary", (Sentence(text, (n,)),)),
        Section("codes", "Codes", tables=(table,)),
    )
    return profile("family", family_address(name).partition("/")[2], name, survey, body, ())
