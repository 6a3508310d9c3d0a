"""The arithmetic of one stay in plain decimals, from 42 CFR part 412 and the pricer's roundings.

The pricer keeps nine decimals between its steps and pays each part in cents.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

import msgspec

from ratepress.core.decimals import EXACT, cents
from ratepress.core.facts import SourceRef
from ratepress.medicare.formula import Step, plain
from ratepress.medicare.repricing.inpatient.hospitals import Hospital
from ratepress.medicare.repricing.inpatient.rates import Rates

_NONE = Decimal(0)
_WIDE = Context(prec=50)


class Place(msgspec.Struct, frozen=True):
    """The wage index and capital factor of a stay, and where they come from."""

    wage_index: Decimal
    gaf: Decimal
    sources: tuple[SourceRef, ...]


class Paid(msgspec.Struct, frozen=True):
    """A payment in dollars, its steps, and which rules had a part in it."""

    amount: Decimal
    outlier: Decimal
    is_assessed: bool
    is_changed: bool
    steps: tuple[Step, ...]


def pay(
    amounts: tuple[Decimal, Decimal],
    weight: Decimal,
    place: Place,
    rates: Rates,
    record: Hospital | None,
    charges: Decimal | None,
    *,
    is_burn: bool,
) -> Paid | None:
    """The payment of a stay; None where a factor of the hospital lies where it cannot."""
    with localcontext(EXACT):
        case = _Case(amounts, weight, place, rates, record)
        outlier = case.outlier(charges, is_burn=is_burn)
        return case.total(outlier)


class _Case:
    def __init__(
        self,
        amounts: tuple[Decimal, Decimal],
        weight: Decimal,
        place: Place,
        rates: Rates,
        record: Hospital | None,
    ) -> None:
        self.rates, self.record, self.place = rates, record, place
        labor, other = amounts
        is_far = record is not None and record.ccn[:2] in ("02", "12")
        self.cola = (record.cola if record and is_far and record.cola else Decimal(1)).quantize(
            Decimal("0.001")
        )
        self.capital_cola = _to(Decimal("0.3152") * (self.cola - 1) + 1, 3)
        self.operating = _to((labor * place.wage_index + other * self.cola) * weight, 9)
        rate = cents((rates.capital_rate or _NONE) * place.gaf)
        self.capital = _to(weight * rate * self.capital_cola, 9)
        self.steps = [
            Step(
                "operating federal amount",
                f"({plain(labor)} x {plain(place.wage_index)} + {plain(other)} x"
                f" {plain(self.cola)}) x {plain(weight)}",
                self.operating,
            ),
            Step(
                "capital federal amount",
                f"{plain(weight)} x {plain(rate)} x {plain(self.capital_cola)}",
                self.capital,
            ),
        ]

    def _ratio(self, name: str) -> Decimal:
        return _NONE if self.record is None else getattr(self.record, name) or _NONE

    @property
    def teaching(self) -> Decimal:
        """42 CFR 412.105(d): 1.35 x [(1 + r)^0.405 - 1]."""
        return _to(Decimal("1.35") * (_power(1 + self._ratio("interns_to_beds"), "0.405") - 1), 9)

    @property
    def capital_teaching(self) -> Decimal:
        """42 CFR 412.322(b): e^(0.2822 x r) - 1, r at most 1.5."""
        ratio = min(self._ratio("capital_ime_ratio"), Decimal("1.5"))
        return _to(_power(Decimal("2.7183"), str(Decimal("0.2822") * ratio)) - 1, 9)

    @property
    def _needy(self) -> Decimal:
        return _to(self._ratio("ssi_ratio") + self._ratio("medicaid_ratio"), 4, "even")

    @property
    def disproportionate(self) -> Decimal:
        """42 CFR 412.106(d)(2)."""
        record = self.record
        if record is None or self._needy < Decimal("0.15"):
            return _NONE
        if self._needy < Decimal("0.202"):
            share = Decimal("0.025") + Decimal("0.65") * (self._needy - Decimal("0.15"))
        else:
            share = Decimal("0.0588") + Decimal("0.825") * (self._needy - Decimal("0.202"))
        share = _to(share, 4)
        kind = record.provider_type
        if kind in ("07", "14", "15", "17", "22"):  # No cap for these.
            return share
        beds = record.beds or 0
        is_small = beds < (500 if record.is_rural else 100)
        capped = is_small or (record.is_rural and kind in ("16", "21"))
        return min(share, Decimal("0.12")) if capped else share

    @property
    def capital_disproportionate(self) -> Decimal:
        """42 CFR 412.320(b): e^(0.2025 x percentage) - 1, urban with 100 beds."""
        record = self.record
        if record is None or record.is_rural or (record.beds or 0) < 100:
            return _NONE
        return _to(_power(Decimal("2.7183"), str(Decimal("0.2025") * self._needy)) - 1, 4)

    def outlier(self, charges: Decimal | None, *, is_burn: bool) -> tuple[Decimal, Decimal] | None:
        """42 CFR 412.84: operating and capital; None where it cannot be assessed."""
        fixed, high = self.rates.fixed_loss, self.rates.labor_share
        operating_ccr, capital_ccr = self._ratio("operating_ccr"), self._ratio("capital_ccr")
        both = operating_ccr + capital_ccr
        if self.record is None or charges is None or fixed is None or high is None or not both:
            return None
        index = self.place.wage_index
        labor = self.rates.low_labor_share if index <= 1 else high
        part, capital_part = _to(operating_ccr / both, 9), _to(capital_ccr / both, 9)
        loss = _to((fixed * labor * index + fixed * (1 - labor) * self.cola) * part, 9)
        threshold = _to(
            self.operating * (1 + self.teaching)
            + self.operating * self.disproportionate * self.rates.dsh_part
            + loss
            + self._care,
            9,
        )
        capital_loss = _to(fixed * self.place.gaf * capital_part * self.capital_cola, 9)
        added = 1 + self.capital_teaching + self.capital_disproportionate
        capital_threshold = _to(self.capital * added + capital_loss, 9)
        if self._is_new:
            capital_threshold = _NONE
        cost, capital_cost = _to(charges * operating_ccr, 9), _to(charges * capital_ccr, 9)
        self.steps.append(Step("operating cost", f"charges x {plain(operating_ccr)}", cost))
        self.steps.append(Step("operating outlier threshold", "payment and fixed loss", threshold))
        if cost + capital_cost < threshold + capital_threshold:
            return _NONE, _NONE
        share = self.rates.burn_outlier_share if is_burn else self.rates.outlier_share
        beyond = max(cost - threshold, _NONE)
        capital_beyond = _NONE if self._is_new else max(capital_cost - capital_threshold, _NONE)
        return cents(_to(beyond * share, 9)), cents(_to(capital_beyond * share, 9))

    @property
    def _is_new(self) -> bool:
        return self.record is not None and self.record.is_new_hospital == "Y"

    @property
    def _care(self) -> Decimal:
        return _to(self._ratio("uncompensated_care"), 2, "even")

    def total(self, outlier: tuple[Decimal, Decimal] | None) -> Paid | None:
        """42 CFR 412.154, 412.162, 412.172 and 412.101 on what the parts come to."""
        base, capital = cents(self.operating), cents(self.capital)
        parts = {
            "operating": base,
            "indirect medical education": cents(base * self.teaching),
            "disproportionate share": cents(base * self.disproportionate * self.rates.dsh_part),
            "uncompensated care": self._care,
        }
        if not self._is_new:
            parts["capital"] = capital
            parts["capital, teaching"] = cents(capital * self.capital_teaching)
            parts["capital, disproportionate share"] = cents(
                capital * self.capital_disproportionate
            )
        beyond = sum(outlier or (), _NONE)
        parts["outlier"] = beyond
        whole = sum(parts.values(), _NONE)
        changes = self._changes(whole, base)
        if changes is None:
            return None
        total = whole + sum(changes.values(), _NONE)
        if self.record is not None and self._is_reduced:
            changes["hospital-acquired conditions"] = -cents(total * self.rates.hac_share)
            total += changes["hospital-acquired conditions"]
        self.steps += [Step(name, "in cents", v, is_rounded=True) for name, v in parts.items()]
        self.steps += [Step(name, "in cents", v, is_rounded=True) for name, v in changes.items()]
        self.steps.append(Step("payment", "the sum", total, is_rounded=True))
        return Paid(total, beyond, outlier is not None, bool(changes), tuple(self.steps))

    @property
    def _is_reduced(self) -> bool:
        record = self.record
        is_there = record is not None and record.ccn[:2] not in ("40", "84")
        return is_there and record is not None and record.hac_reduction == "Y"

    def _changes(self, whole: Decimal, base: Decimal) -> dict[str, Decimal] | None:
        record = self.record
        changes: dict[str, Decimal] = {}
        if record is None:
            return changes
        relief = record.low_volume_factor or _NONE
        if record.has_temporary_relief == "Y" and _NONE < relief <= Decimal("0.25"):
            changes["low volume"] = cents(whole * relief)
        if record.hrr_participant == "1" and record.hrr_factor is not None:
            if not Decimal("0.97") <= record.hrr_factor <= 1:
                return None
            changes["readmissions"] = cents(record.hrr_factor * base - base)
        has_quality = record.quality_indicator == "1"
        if record.vbp_participant == "Y" and has_quality and record.vbp_factor is not None:
            if not Decimal("0.98") <= record.vbp_factor <= 2:
                return None
            changes["value-based purchasing"] = cents(record.vbp_factor * base - base)
        return changes


def _to(value: Decimal, places: int, rounding: str = "up") -> Decimal:
    how = ROUND_HALF_UP if rounding == "up" else None
    return value.quantize(Decimal(1).scaleb(-places), how, EXACT)


def _power(base: Decimal, exponent: str) -> Decimal:
    """base^exponent as e^(exponent x ln base)."""
    return _WIDE.exp(_WIDE.multiply(Decimal(exponent), _WIDE.ln(base)))
