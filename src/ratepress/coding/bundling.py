"""The edits of one code seen from the other side: which codes are denied beside it, which deny it.

Rule C65 finds the edits (`coding.edits`); kinds of service are by number, rule C36.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from operator import itemgetter

import msgspec

from ratepress.coding.edits import Edit, Edits
from ratepress.coding.ranges import kind_of


class Partner(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The other code of an edit. `bypass` is its indicator: 0 never, 1 with a modifier."""

    code: str
    bypass: str
    rationale: str | None = None
    edit_from: date | None = None
    edit_until: date | None = None
    place: str | None = None


class Bundling(msgspec.Struct, frozen=True, gc=False):
    """The edits of the code in one setting: codes denied beside it, and codes that deny it.

    `column_1`: the code is paid and the partner is not; `column_2`: the partner is paid.
    """

    setting: str
    release: str
    substituted: bool
    column_1: tuple[Partner, ...]
    column_2: tuple[Partner, ...]
    rules: tuple[str, ...]
    content_ids: tuple[str, ...]


def bundling(edits: Edits) -> Bundling:
    """Both views of the edits of a code, each edit by its other code.

    >>> from ratepress.coding.edits import EditRows
    >>> none = EditRows.of([], "column_2")
    >>> day = date(2026, 7, 15)
    >>> bundling(Edits("32557", day, "practitioner", "2026C", False, none, none, ())).release
    '2026C'
    """
    sources = (*edits.column_1.sources, *edits.column_2.sources)
    content_ids = {source.content_id for source in sources if source.content_id}
    return Bundling(
        edits.setting,
        edits.release,
        edits.substituted,
        tuple(_partner(e, e.column_2) for e in edits.column_1),
        tuple(_partner(e, e.column_1) for e in edits.column_2),
        edits.rules,
        tuple(sorted(content_ids)),
    )


def _partner(edit: Edit, code: str) -> Partner:
    return Partner(
        code,
        edit.modifier_indicator,
        edit.rationale,
        edit.edit_from,
        edit.edit_until,
        edit.source.place,
    )


def by_kind(codes: Iterable[str], indicators: Iterable[str]) -> dict[tuple[str, str], list[str]]:
    """The other codes of edits by bypass indicator and kind of service (rule C36).

    Those never paid together come first.

    >>> by_kind(["76942", "32556", "71046"], ["1", "0", "1"])[("1", "imaging and radiation")]
    ['76942', '71046']
    """
    found: dict[tuple[str, str], list[str]] = {}
    for code, bypass in sorted(zip(codes, indicators, strict=True), key=itemgetter(1)):
        kind = kind_of(code)
        found.setdefault((bypass, kind.label if kind else "others"), []).append(code)
    return found
