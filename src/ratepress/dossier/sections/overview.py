"""Section 2, billing code overview: what the service is, and where the data say it is done."""

from __future__ import annotations

from ratepress.codes.argument import CodeRef
from ratepress.codes.places import PLACES
from ratepress.core.facts import Fact, Gap, SourceRef
from ratepress.dossier.context import Context, count
from ratepress.dossier.editorial import editorial
from ratepress.dossier.model import Cell, DataTable, Labelled, Row, Section
from ratepress.medicare.releases import find_release

FAMILY_SIZE = 8


def build(context: Context) -> Section:
    """The editorial definition, settings and places from the rates, and the codes next to it."""
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
                "no editorial record is written for this code, and descriptors are not published",
                "an editorial record with a reference",
            ),
        )
    tables = (_sites(context), _family(context))
    return Section(
        "overview",
        "Billing code overview",
        facts=facts,
        tables=tuple(table for table in tables if table.rows),
        gaps=(*gaps, *_site_gaps(tables[0])),
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
            Fact(row["setting"], "text", sources=sources, rules=("M01",)),
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


def _family(context: Context) -> DataTable:
    """The neighbours by number that the fee schedule of the date has, and how they differ."""
    if context.code.system != "cpt" or not context.code.code.isdigit():
        return DataTable("family", "Codes next to it", "Code", (), ())
    answer = find_release(context.connection, context.as_of)
    if answer is None:
        return DataTable("family", "Codes next to it", "Code", (), ())
    held = answer.release
    found = context.rows(_FAMILY, held.content_id, held.variant, context.code.code, FAMILY_SIZE)
    rows = tuple(
        Row(
            _name(row["code"]),
            tuple(_indicator(context, row, name) for name in _DIFFERENCES),
        )
        for row in found
    )
    return DataTable(
        "family",
        "Codes next to it, and how they differ",
        "Code",
        tuple(_DIFFERENCES.values()),
        rows,
        f"Neighbours by number in release {held.name}. {answer.note or ''}".strip(),
    )


def _name(code: str) -> str:
    note = editorial(CodeRef("cpt", code))
    return f"{code} {note.label}" if note else code


_DIFFERENCES = {
    "work_rvu": "Work RVU",
    "facility_total_rvu": "Total RVU, facility",
    "nonfacility_total_rvu": "Total RVU, non-facility",
    "global_days": "Global days",
    "bilateral_surgery": "Bilateral",
    "multiple_procedure": "Multiple",
}


def _indicator(context: Context, row: dict[str, object], name: str) -> Cell:
    release, content_id = str(row["release"]), str(row["content_id"])
    source = (SourceRef(f"PFS relative value file {release}", content_id, str(row["place"])),)
    is_na = name.startswith("nonfacility") and row["nonfacility_is_na"]
    if is_na or (name.startswith("facility") and row["facility_is_na"]):
        return Fact("NA", "code", context.as_of, source, ("P04",))
    value = row[name]
    if name.endswith("_rvu"):
        return Fact(f"{value:.2f}", "RVU", context.as_of, source, ("P01",))
    return Fact(str(value), "code", context.as_of, source, ("P01",))


_FAMILY = """
SELECT * FROM (
  SELECT *, abs(CAST(code AS INTEGER) - CAST($3 AS INTEGER)) AS distance
  FROM pfs_rvu
  WHERE content_id = $1 AND variant = $2 AND modifier = '' AND status IN ('A', 'R', 'T')
    AND regexp_full_match(code, '\\d{5}') AND code[1:4] = $3[1:4]
  ORDER BY distance, code LIMIT $4
) ORDER BY code
"""
