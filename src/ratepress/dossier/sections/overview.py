"""Section 2, billing code overview: what the service is, and where the data say it is done."""

from __future__ import annotations

from ratepress.codes.places import PLACES
from ratepress.core.facts import Fact, Gap
from ratepress.dossier.context import Context, count
from ratepress.dossier.descriptions import descriptions
from ratepress.dossier.family_table import family_table
from ratepress.dossier.model import Cell, DataTable, Labelled, Row, Section
from ratepress.dossier.words import setting_words


def build(context: Context) -> Section:
    """The editorial definition, settings and places from the rates, and the family of the code."""
    note = context.editorial
    facts: tuple[Labelled, ...] = ()
    gaps: tuple[Gap, ...] = ()
    if note:
        source = (note.source,)
        facts = (
            Labelled("What it is", Fact(note.service, "text", note.since, source)),
            Labelled("Kind of service", Fact(note.service_type, "text", note.since, source)),
        )
    else:
        gaps = (
            Gap(
                "Plain description of the service",
                "no editorial record is written for this code"
                + ("" if context.with_descriptions else ", and descriptors are not published"),
                "an editorial record with a reference",
            ),
        )
    family, alike = family_table(context)
    tables = (descriptions(context), _sites(context), family)
    return Section(
        "overview",
        "Billing code overview",
        sentences=alike,
        facts=facts,
        tables=tuple(table for table in tables if table.rows),
        gaps=(*gaps, *_site_gaps(tables[1])),
    )


def _sites(context: Context) -> DataTable:
    found = context.rows(_SITES, context.code.system, context.code.code)
    sources = context.sources_of(context.published)
    rows = []
    for row in found:
        place = PLACES.get(row["member"]) if row["member"] else None
        label = f"{place.label} ({place.code})" if place else row["member"] or "no place stated"
        cells: tuple[Cell | None, ...] = (
            Fact(row["billing_class"], "text", sources=sources, rules=("M01",)),
            Fact(setting_words(row["setting"]), "text", sources=sources, rules=("M01",)),
            count(row["n_rows"], sources, ("M01",)),
        )
        rows.append(Row(label, cells))
    return DataTable(
        "sites",
        "Where the published prices say it is done",
        "Place of service",
        ("Billing class", "Setting", "Rows"),
        tuple(rows),
        "Counted from the price files; a row that names several places counts at each.",
    )


_SITES = """
SELECT s.member, r.billing_class, r.setting, count(*) AS n_rows
FROM published_rates r
LEFT JOIN place_sets s ON s.content_id = r.content_id AND s.place_set_id = r.place_set_id
WHERE r.code_system = ? AND r.code = ?
GROUP BY ALL
ORDER BY n_rows DESC, s.member, r.billing_class, r.setting
LIMIT 12
"""


def _site_gaps(sites: DataTable) -> tuple[Gap, ...]:
    if sites.rows:
        return ()
    return (
        Gap(
            "Typical sites of service",
            "no file of the lake states a payer's negotiated price of this code",
            "a payer file with places of service",
        ),
    )
