"""What the rows of one file must agree on among themselves, checked once all are read.

Rules F330 (rate and weight), F331 (localities) and F332 (components). A deviation is counted in the
tally with its place; the rows stay as they were published.
"""

from __future__ import annotations

from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ratepress.core.decimals import EXACT, cents
from ratepress.core.rules import rule
from ratepress.readers.base import Tally

_WEIGHTS = {"opps_codes": "relative_weight", "opps_apcs": "relative_weight"}
_WEIGHTS |= {"asc_codes": "payment_weight"}
_HEAVIEST = 25
_THOUSANDTH = Decimal("0.001")


class FileCheck:
    """The rows of a table that are compared at the end of its file."""

    def __init__(self, table: str, tally: Tally) -> None:
        self._table = table
        self._tally = tally
        self._weight = _WEIGHTS.get(table)
        self._rated: list[tuple[Decimal, Decimal, str]] = []

    def see(self, row: dict[str, Any]) -> None:
        """One loaded row."""
        if self._weight is None:
            return
        weight, rate = row.get(self._weight), row.get("rate")
        if weight and rate:
            self._rated.append((weight, rate, row["place"]))

    def finish(self) -> None:
        """Count what deviates."""
        if self._table == "pfs_gpci":
            few_localities(self._tally)
        factor = common_factor(self._rated)
        if factor is None:
            return
        for weight, rate, place in self._rated:
            if cents(EXACT.multiply(weight, factor)) != cents(rate):
                found = f"{rate.normalize():f} against {weight.normalize():f} × {factor}"
                self._tally.problem("F330", "rate", place, found)


def common_factor(rated: list[tuple[Decimal, Decimal, str]]) -> Decimal | None:
    """The conversion factor, three decimals, on which the heaviest rows agree; None where too few.

    A heavy row tells it to the thousandth: half a cent over its weight is less than that.

    >>> rows = [(Decimal(100 + n), Decimal(100 + n) * Decimal("89.169"), "") for n in range(12)]
    >>> common_factor(rows)
    Decimal('89.169')
    """
    heaviest = sorted(rated, key=lambda one: -one[0])[:_HEAVIEST]
    told = Counter(
        EXACT.divide(rate, weight).quantize(_THOUSANDTH, ROUND_HALF_UP, EXACT)
        for weight, rate, _ in heaviest
    )
    (factor, n_rows) = told.most_common(1)[0] if told else (Decimal(0), 0)
    return factor if n_rows >= int(rule("F330").parameters["fewest_rows"]) else None


def few_localities(tally: Tally) -> None:
    """Count a file of indices that has fewer localities than any whole one (rule F331)."""
    if tally.loaded < int(rule("F331").parameters["fewest_localities"]):
        tally.problem("F331", "localities", "the whole file", str(tally.loaded))


class ComponentCheck:
    """Professional and technical parts against the whole service, in one relative value file."""

    _PARTS = ("work_rvu", "nonfacility_pe_rvu", "facility_pe_rvu", "malpractice_rvu")

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._rows: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}

    def see(self, row: dict[str, Any]) -> None:
        """One loaded row."""
        if row["pctc_indicator"] == "1" and row["modifier"] in ("", "26", "TC"):
            same = self._rows.setdefault((row["variant"], row["code"]), {})
            same[row["modifier"]] = row

    def finish(self) -> None:
        """Count each code of a status that is paid whose parts do not add to the whole."""
        for rows in self._rows.values():
            if set(rows) != {"", "26", "TC"} or len({r["status"] for r in rows.values()}) > 1:
                continue
            whole = rows[""]
            if whole["status"] not in ("A", "R", "T"):
                continue
            for part in self._PARTS:
                if _is_na(whole, part):
                    continue
                added = rows["26"][part] + rows["TC"][part]
                if added != whole[part]:
                    found = f"{added} against {whole[part]}"
                    self._tally.problem("F332", part, whole["place"], found)


def _is_na(row: dict[str, Any], part: str) -> bool:
    """Whether the part is practice expense of a setting in which the service is not priced."""
    site = part.removesuffix("_pe_rvu")
    return site != part and bool(row[f"{site}_is_na"])
