"""The codes that a reader should compare with one, found in data, and how they differ.

Rules C43 (who belongs) and C44 (what is shown). Amounts are Medicare's national ones of the day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

import duckdb
import msgspec

from ratepress.coding.add_ons import CONTRACTOR, AddOns, add_ons_of
from ratepress.coding.edits import Edit, Edits
from ratepress.coding.subject import Subject, base_row
from ratepress.coding.units import UnitLimit, unit_limit
from ratepress.core.facts import Fact, Gap
from ratepress.core.rules import rule
from ratepress.lake.batches import remembered
from ratepress.medicare import gaps
from ratepress.medicare.facility import FacilityPrice, facility_prices_on, outpatient_classes
from ratepress.medicare.formula import SITE_LABELS, fee
from ratepress.medicare.indicators import indicators
from ratepress.medicare.parameters import value
from ratepress.medicare.releases import Release
from ratepress.medicare.rows import NATION, RvuRow, rvu_rows

Cell = Fact | Gap | None
_EditWith = Callable[[str], Edit | None]
_INDICATORS = (
    "global_days",
    "pctc_indicator",
    "multiple_procedure",
    "bilateral_surgery",
    "assistant_surgery",
    "co_surgeons",
    "team_surgery",
    "endoscopic_base",
    "supervision",
)


class Column(msgspec.Struct, frozen=True):
    """One quality by which members may differ: its id, and its name for a page."""

    id: str
    label: str


class FamilyMember(msgspec.Struct, frozen=True):
    """One code: what ties it to the code asked, in words, and its cells by column id."""

    code: str
    ties: tuple[str, ...]
    cells: dict[str, Cell]


class Alike(msgspec.Struct, frozen=True):
    """A quality that all members share."""

    label: str
    cell: Cell


class Family(msgspec.Struct, frozen=True):
    """The family of a code, the code itself among the members, by number.

    `columns` are those in which members differ. `left_out` counts the codes beyond
    `most_members` of rule C43.
    """

    code: str
    columns: tuple[Column, ...]
    members: tuple[FamilyMember, ...]
    alike: tuple[Alike, ...]
    left_out: int
    rules: tuple[str, ...] = ("C43", "C44")


def family(connection: duckdb.DuckDBPyConnection, subject: Subject) -> Family:
    """The family of a code on its day; the code alone where nothing is tied to it.

    What is not loaded (edits, add-on links, outpatient classes) ties nothing. A member's cell is
    a Fact, a Gap with its reason, or None where the quality does not apply.
    """
    ties = _ties(connection, subject)
    most = int(rule("C43").parameters["most_members"])
    nearest = sorted(ties, key=lambda code: (-len(ties[code]), _distance(code, subject.code), code))
    kept = nearest[: most - 1]
    codes = sorted((subject.code, *kept))
    rows = rvu_rows(connection, subject.answer.release, codes)
    columns, all_cells = _cells(connection, subject, {c: base_row(rows[c]) for c in codes})
    differ = {c.id for c in columns if _differs(all_cells, c.id)}
    first = all_cells[subject.code]
    return Family(
        subject.code,
        tuple(c for c in columns if c.id in differ),
        tuple(
            FamilyMember(code, ties.get(code, ()), _only(all_cells[code], differ)) for code in codes
        ),
        tuple(
            Alike(c.label, first[c.id])
            for c in columns
            if c.id not in differ and first[c.id] is not None
        ),
        len(nearest) - len(kept),
    )


def circle(connection: duckdb.DuckDBPyConnection, codes: Sequence[str]) -> list[str]:
    """Codes among which the families of `codes` are found, and some more: all that may be tied.

    >>> import tempfile, pathlib
    >>> from ratepress.lake.store import Lake
    >>> lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")
    >>> circle(lake.connect(), ["32557"])
    []
    """
    rows = connection.execute(_CIRCLE, {"codes": list(codes)}).fetchall()
    return [code for (code,) in rows]


# --- who belongs ---------------------------------------------------------------------------------

_PRICED = """
SELECT code, min_by(endoscopic_base, modifier) AS base FROM pfs_rvu
WHERE content_id = ? AND variant = ? AND status IN ('A', 'R', 'T')
GROUP BY code ORDER BY code
"""


_CIRCLE = """
WITH asked AS (SELECT unnest($codes::VARCHAR[]) AS code),
bases AS (
  SELECT DISTINCT endoscopic_base AS base FROM pfs_rvu JOIN asked USING (code)
  WHERE endoscopic_base <> ''
  UNION SELECT code FROM asked
)
SELECT code FROM pfs_rvu WHERE left(code, 3) IN (SELECT left(code, 3) FROM asked)
UNION SELECT base FROM bases
UNION SELECT code FROM pfs_rvu WHERE endoscopic_base IN (SELECT base FROM bases)
UNION SELECT add_on_code FROM addon_edits WHERE primary_code IN (SELECT code FROM asked)
UNION SELECT primary_code FROM addon_edits WHERE add_on_code IN (SELECT code FROM asked)
EXCEPT SELECT code FROM asked
ORDER BY 1
"""


class _Priced:
    """The priced codes of a release with their endoscopic bases, and where to look for ties.

    A tie needs the same first three places, a base in common, or an add-on link; so most codes
    need not be asked.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, release: Release) -> None:
        rows = connection.execute(_PRICED, [release.content_id, release.variant]).fetchall()
        self.base: dict[str, str | None] = dict(rows)
        self._by_start: dict[str, list[str]] = {}
        self._by_base: dict[str, list[str]] = {}
        for code, base in rows:
            self._by_start.setdefault(code[:3], []).append(code)
            if base:
                self._by_base.setdefault(base, []).append(code)

    def near(self, code: str, own: str | None, links: Mapping[str, str]) -> list[str]:
        """Every code that anything may tie to `code`, whose own base is `own`, by number."""
        found = {*self._by_start.get(code[:3], ()), *self._by_base.get(code, ()), *links}
        if own:
            found |= {own, *self._by_base.get(own, ())}
        return sorted((found & self.base.keys()) - {code})


def _ties(connection: duckdb.DuckDBPyConnection, subject: Subject) -> dict[str, tuple[str, ...]]:
    """What ties each other priced code to the one asked, where it is enough to belong."""
    release = subject.answer.release
    priced = remembered(
        connection,
        ("family", release.content_id, release.variant),
        lambda: _Priced(connection, release),
    )
    links = _links(add_ons_of(connection, subject.code, subject.on))
    classes = remembered(
        connection,
        ("outpatient classes", subject.on),
        lambda: outpatient_classes(connection, subject.on),
    )
    edits = _by_partner(subject.edits)
    found = {}
    for code in priced.near(subject.code, subject.base.endoscopic_base, links):
        strong = _strong(subject, code, priced.base[code], links)
        weak = _weak(subject.code, code, edits, classes)
        if strong or len(weak) > 1:
            found[code] = (*strong, *weak)
    return found


def _strong(
    subject: Subject, code: str, base: str | None, links: Mapping[str, str]
) -> tuple[str, ...]:
    """Ties of which one is enough."""
    own = subject.base.endoscopic_base
    bases = {b for b in (own, base) if b}
    found = []
    if code[:4] == subject.code[:4]:
        found.append(f"number {code[:4]}")
    if bases and (own in (base, code) or base == subject.code):
        found.append(f"endoscopic base {own or base}")
    if code in links:
        found.append(links[code])
    return tuple(found)


def _weak(code: str, other: str, edits: _EditWith, classes: Mapping[str, str]) -> tuple[str, ...]:
    """Ties of which two are needed, inside the first three places of the number."""
    if other[:3] != code[:3]:
        return ()
    found = []
    edit = edits(other)
    if edit is not None:
        found.append(f"edit of bypass {edit.modifier_indicator}")
    if code in classes and classes[code] == classes.get(other):
        found.append(f"APC {classes[code]}")
    return tuple(found)


def _by_partner(edits: Edits | Gap | None) -> _EditWith:
    return edits.by_partner() if isinstance(edits, Edits) else lambda _: None


def _links(add_ons: AddOns | Gap) -> dict[str, str]:
    if isinstance(add_ons, Gap):
        return {}
    primaries = {p.primary_code: "its primary" for p in add_ons.primaries}
    primaries.pop(CONTRACTOR, None)
    return primaries | {a.add_on_code: "its add-on" for a in add_ons.add_ons}


def _distance(code: str, other: str) -> int:
    """How far two numbers are apart; letters count as the digit 0."""
    one, two = (int("".join(c if c.isdigit() else "0" for c in text)) for text in (code, other))
    return abs(one - two)


# --- how they differ -----------------------------------------------------------------------------


def _cells(
    connection: duckdb.DuckDBPyConnection, subject: Subject, rows: Mapping[str, RvuRow]
) -> tuple[tuple[Column, ...], dict[str, dict[str, Cell]]]:
    """All columns, and the cells of every code by column id."""
    columns = [Column("fee_facility", "Fee, facility"), Column("fee_nonfacility", "Fee, office")]
    columns += [Column("work_rvu", "Work RVU"), Column("status", "Status")]
    columns += [Column(name, _label(name)) for name in _INDICATORS]
    columns += [
        Column("opps_status", "OPPS status"),
        Column("apc", "APC"),
        Column("opps_rate", "OPPS rate"),
        Column("asc_rate", "ASC rate"),
        Column("mue", "Units a day"),
        Column("edit", "Edit, bypass"),
    ]
    edits = _by_partner(subject.edits)
    found: dict[str, dict[str, Cell]] = {}
    for code, row in rows.items():
        own = remembered(
            connection,
            ("family member", code, subject.on),
            lambda row=row: _own_cells(connection, subject, row),  # type: ignore[misc]
        )
        found[code] = {**own, "edit": _beside(subject.edits, code, edits(code))}
    return tuple(columns), found


def _own_cells(
    connection: duckdb.DuckDBPyConnection, subject: Subject, row: RvuRow
) -> dict[str, Cell]:
    """The cells of one member, which are the same in every family of the day."""
    opps, asc = facility_prices_on(connection, row.code, subject.on)
    return {
        **_of_row(subject, row),
        **_of_facilities(opps, asc),
        "mue": _units(unit_limit(connection, row.code, subject.on)),
    }


def _label(column: str) -> str:
    if column == "endoscopic_base":
        return "Endoscopic base"
    short = {"supervision": "Supervision", "assistant_surgery": "Assistant"}
    label = indicators()[column].label
    return short.get(column, label.removesuffix(" indicator").removesuffix(" surgery"))


def _of_row(subject: Subject, row: RvuRow) -> dict[str, Cell]:
    def fact(value: Decimal | str | None, unit: str) -> Cell:
        if value is None:
            return None
        sources = (subject.answer.source(row.place),)
        return Fact(value, unit, subject.on, sources, ("C01", *subject.answer.rules))

    cells: dict[str, Cell] = {name: fact(getattr(row, name), "code") for name in _INDICATORS}
    for site in SITE_LABELS:
        cells[f"fee_{site}"] = _fee(subject, row, site)
    return cells | {
        "status": fact(row.status, "code"),
        "work_rvu": fact(row.work_rvu.normalize() + Decimal("0.00"), "RVU"),
    }


def _fee(subject: Subject, row: RvuRow, site: str) -> Cell:
    gap = gaps.unpriced(gaps.title(row.code, (), site), row, site)
    if gap is not None:
        return gap
    factor = value("pfs_conversion_factor", subject.on)
    amount = fee(row, site, NATION, factor.value).amount
    sources = (subject.answer.source(row.place), *factor.sources)
    rules = tuple(sorted(("P01", "P02", "P08", *subject.answer.rules)))
    return Fact(amount, "USD", subject.on, sources, rules)


def _of_facilities(opps: FacilityPrice, asc: FacilityPrice) -> dict[str, Cell]:
    sources = opps.result.sources if isinstance(opps.result, Fact) else ()
    rules = opps.result.rules if isinstance(opps.result, Fact) else ("P11",)

    def fact(text: str | None) -> Cell:
        return None if text is None else Fact(text, "code", opps.on, sources, rules)

    return {
        "opps_status": fact(opps.status),
        "apc": fact(opps.apc),
        "opps_rate": opps.result,
        "asc_rate": asc.result,
    }


def _units(limit: UnitLimit | Gap) -> Cell:
    if isinstance(limit, Gap):
        return limit
    return Fact(limit.units, "count", limit.on, (limit.source,), limit.rules, limit.note)


def _beside(edits: Edits | Gap | None, code: str, edit: Edit | None) -> Cell:
    if not isinstance(edits, Edits):
        return edits
    if code == edits.code:
        return None
    if edit is None or edit.bypass == "not in use":
        return None
    return Fact(
        edit.modifier_indicator,
        "code",
        edits.on,
        (edit.source,),
        edits.rules,
        edits.note,
    )


def _differs(cells: Mapping[str, Mapping[str, Cell]], column: str) -> bool:
    seen = {_plain(one[column]) for one in cells.values()}
    return len(seen) > 1


def _plain(cell: Cell) -> str | None:
    """What is compared: the text of a fact, that there is none, or that it does not apply."""
    if cell is None:
        return None
    return cell.text if isinstance(cell, Fact) else "gap"


def _only(cells: Mapping[str, Cell], kept: set[str]) -> dict[str, Cell]:
    return {name: cell for name, cell in cells.items() if name in kept}
