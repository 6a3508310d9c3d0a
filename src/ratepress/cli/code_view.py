"""How `ratepress code` looks on a terminal: sections with a heading, tables that wrap."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ratepress.cli.output import heading, say, table, width

if TYPE_CHECKING:
    from ratepress.coding.bundling import Bundling
    from ratepress.coding.family import Cell, Family
    from ratepress.coding.global_period import GlobalPeriod
    from ratepress.coding.modifiers import ModifierRow
    from ratepress.dossier.sheet import CodeSheet
    from ratepress.medicare.coverage import Coverage, ListedDiagnosis

FEW = 24
"""So many codes of a list are shown; `--all` shows those of edits and add-on links whole."""

_WHOSE = {
    "practitioner": "Practitioner",
    "outpatient": "Outpatient hospital",
    "dme": "Equipment supplier",
}
_RANGE = re.compile(r".+ \((\w{5} to \w{5})\)")
_LABEL_WIDTH = 20
_CODE_WIDTH = 12


def show(sheet: CodeSheet, *, is_whole: bool) -> None:
    """Print a sheet; `is_whole` lists every code of the edits and add-on links."""
    from ratepress.codes.argument import parse_code
    from ratepress.dossier.editorial import plain_label

    heading(f"{sheet.code}  {plain_label(parse_code(sheet.code))}")
    release = f"release {sheet.release} of the physician fee schedule"
    say(f"on {sheet.date}" + (f", {release}" if sheet.release else ""))
    if sheet.facts:
        heading("Indicators")
        rows = [
            (f.label, f.value, "" if f.fact.text == f.value else f.fact.text) for f in sheet.facts
        ]
        table(("indicator", "published", "meaning"), rows)
    _modifiers(sheet.modifiers)
    if sheet.global_period:
        _global_period(sheet.global_period)
    _units(sheet)
    for edits in sheet.edits:
        _edits(sheet.code, edits, is_whole=is_whole)
    if sheet.edits and not is_whole:
        say("`--all` lists every code of the edits and add-on links.")
    _add_ons(sheet, is_whole=is_whole)
    if sheet.family:
        _family(sheet.family)
    _coverage(sheet.coverage)
    _policies(sheet)
    _clinical(sheet)
    if sheet.gaps:
        heading("Not available")
        rows = [(g.what, g.why, g.which_source_would_fill_it) for g in sheet.gaps]
        table(("what", "why", "would be filled by"), rows)


def _modifiers(rows: Sequence[ModifierRow]) -> None:
    from ratepress.coding.modifiers import grouped

    if not rows:
        return
    found: dict[tuple[str, str, str], list[str]] = {}
    for one in grouped(rows):
        said = (one.first.verdict, one.first.effect, one.first.decided_by)
        found.setdefault(said, []).append(one.label)
    heading("Modifiers that it may carry")
    cells = [
        (", ".join(labels), verdict, effect, _by_number(decided_by))
        for wanted in ("allowed", "conditional")
        for (verdict, effect, decided_by), labels in found.items()
        if verdict == wanted
    ]
    table(("modifier", "verdict", "effect on payment", "decided by"), cells)
    heading("Modifiers that are not allowed")
    refused = [
        (", ".join(labels), effect, _by_number(decided_by))
        for (verdict, effect, decided_by), labels in found.items()
        if verdict == "not allowed"
    ]
    table(("modifier", "why", "decided by"), refused)


def _by_number(decided_by: str) -> str:
    """A range of codes by its numbers alone: its name would fill half of a narrow table."""
    found = _RANGE.fullmatch(decided_by)
    return f"codes {found[1]}" if found else decided_by


def _global_period(period: GlobalPeriod) -> None:
    heading(f"Global period {period.value}: {period.label}")
    rows = []
    if period.n_days is not None:
        days = "1 day" if period.n_days == 1 else f"{period.n_days} days"
        rows.append(("days", f"{period.first_on} to {period.last_on}, {days}"))
    rows += [("share of the fee", f"{part}: {share}") for part, share in period.shares.items()]
    rows += [("paid in the fee", words) for words in period.included]
    rows += [("paid apart", words) for words in period.apart]
    rows += [(f"opened by {o.modifier}", o.when) for o in period.opened_by]
    table(("", "what"), _once(rows, 1))


def _once(rows: Iterable[tuple[str, ...]], n_first: int) -> list[tuple[str, ...]]:
    """Rows whose first cells stand only where one of them changes."""
    found: list[tuple[str, ...]] = []
    last: tuple[str, ...] = ()
    for row in rows:
        first = row[:n_first]
        found.append(("",) * n_first + row[n_first:] if first == last else row)
        last = first
    return found


def _units(sheet: CodeSheet) -> None:
    if not sheet.units:
        return
    heading("Most units in a day (MUE)")
    rows = [
        (
            _WHOSE[u.setting],
            u.units,
            u.adjudication_indicator,
            u.meaning,
            u.rationale,
            u.release,
        )
        for u in sheet.units
    ]
    columns = ("claims of", "units", "MAI", "counted over", "rationale", "release")
    table(columns, rows, numbers=("units",))


def _edits(code: str, edits: Bundling, *, is_whole: bool) -> None:
    from ratepress.coding.bundling import by_kind
    from ratepress.coding.edits import BYPASS

    whose = _WHOSE[edits.setting].lower()
    heading(f"Edits with other codes, {whose} claims (NCCI {edits.release})")
    views = (
        (edits.column_1, f"{code} is paid (column 1), these are denied beside it:"),
        (edits.column_2, f"{code} is denied (column 2) beside these:"),
    )
    for column, words in views:
        if not column:
            say(words, "  none")
            continue
        say(words)
        of_kinds = by_kind([one.code for one in column], [one.bypass for one in column])
        rows = [
            (
                f"{BYPASS[bypass]}, bypass {bypass}",
                kind,
                f"{len(codes):,}",
                _listed(codes, is_whole=is_whole),
            )
            for (bypass, kind), codes in of_kinds.items()
        ]
        columns = ("both are paid", "kind", "pairs", "codes")
        table(columns, _once(rows, 1), numbers=("pairs",))


def _listed(codes: Sequence[str], *, is_whole: bool) -> str:
    shown = codes if is_whole else codes[:FEW]
    rest = len(codes) - len(shown)
    return " ".join(shown) + (f" and {rest:,} more" if rest else "")


def _add_ons(sheet: CodeSheet, *, is_whole: bool) -> None:
    from ratepress.coding.add_ons import CONTRACTOR, TYPES

    found = sheet.add_ons
    if found is None:
        return
    heading(f"Add-on codes (release {found.release})")
    if not (found.primaries or found.add_ons):
        say("It is no add-on code, and none is listed to add to it.")
        return
    rows = []
    for links, words, other in (
        (found.primaries, "add-on to", "primary_code"),
        (found.add_ons, "adds to it", "add_on_code"),
    ):
        for kind in sorted({link.edit_type for link in links}):
            codes = [getattr(link, other) for link in links if link.edit_type == kind]
            codes = ["by the contractor" if c == CONTRACTOR else c for c in codes]
            rows.append((words, TYPES[kind], _listed(codes, is_whole=is_whole)))
    table(("", "rule", "codes"), rows)


def _family(found: Family) -> None:
    from ratepress.codes.argument import parse_code
    from ratepress.dossier.editorial import plain_label

    heading("Family: codes to compare it with")
    rows = []
    for member in found.members:
        ties = ", ".join(member.ties) or "the code itself"
        rows.append((member.code, plain_label(parse_code(member.code)), ties))
    table(("code", "what", "tied by"), rows)
    if found.left_out:
        say(f"{found.left_out} more are tied to it less closely.")
    own = [member for member in found.members if member.code == found.code]
    others = [member for member in found.members if member.code != found.code]
    per_block = max(1, (width() - _LABEL_WIDTH) // _CODE_WIDTH - 1)
    for start in range(0, len(others), per_block):
        block = own + others[start : start + per_block]
        codes = [member.code for member in block]
        cells = [
            (column.label, *(_short(member.cells[column.id]) for member in block))
            for column in found.columns
        ]
        table(("differs in", *codes), cells, numbers=codes)
    alike = [f"{one.label} {_short(one.cell)}" for one in found.alike if _is_fact(one.cell)]
    if alike:
        say(f"Alike: {', '.join(alike)}.")


def _coverage(found: Coverage) -> None:
    if not (found.documents or found.covered or found.excluded):
        return
    heading("Medicare coverage")
    rows = [
        (d.display_id, d.title, d.effective_from, d.last_day, d.contractor, " ".join(d.states))
        for d in found.documents
    ]
    table(("document", "title", "from", "until", "issued by", "holds in"), rows)
    for listed, words in ((found.covered, "covered"), (found.excluded, "not covered")):
        say(f"Diagnoses listed as {words}: {_diagnoses(listed)}")


def _diagnoses(listed: Sequence[ListedDiagnosis]) -> str:
    codes = [one.code for one in listed]
    return f"{len(codes):,}" + (f", {_listed(codes, is_whole=False)}" if codes else "")


def _policies(sheet: CodeSheet) -> None:
    if not sheet.policies:
        return
    heading("Payer policies")
    rows = [
        (p.payer, p.policy_id, p.version, p.title, p.effective_on, p.stance, p.prior_authorisation)
        for p in sheet.policies
    ]
    table(("payer", "policy", "version", "title", "from", "stance", "prior authorisation"), rows)


def _clinical(sheet: CodeSheet) -> None:
    for note in sheet.clinical:
        heading(f"Editorial notes of {note.written_on}, {note.author}: {note.review}")
        rows = [(one.topic, one.heading, one.text) for one in note.statements]
        table(("topic", "what", "note"), _once(rows, 1))


def _is_fact(cell: Cell) -> bool:
    from ratepress.core.facts import Fact

    return isinstance(cell, Fact)


def _short(cell: Cell) -> str:
    """A cell of the comparison: the value, `none` for a gap, nothing where it does not apply."""
    from ratepress.core.facts import Fact

    if cell is None:
        return ""
    return cell.text if isinstance(cell, Fact) else "none"
