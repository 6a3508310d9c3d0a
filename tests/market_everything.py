"""One lake made by hand in which every rule of the market decides something.

Generated lakes meet the rarer cases now and then; this one holds each, with a word on why. It is
judged by the oracle as the generated ones are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from market_lakes import Charge, Described, Group, PriceFile, Rate
from market_strategies import FACILITY_RATES, GROUPS, PFS, filler

FRESH, FRESHER, EDGE, STALE = (
    date(2026, 4, 1), date(2026, 7, 15), date(2025, 6, 15), date(2025, 6, 14),
)  # fmt: skip
FIRST = ("First Hospital", "GA")
MORE_GROUPS = (
    *GROUPS,
    Group("one network", (("ein", "581", "1"), ("ein", "581", "2")), ("North",)),
    *(Group(f"t{i}", (("ein", f"7{i:02d}", "1"),)) for i in range(40)),
)


def _priced(amount: str | None, *groups: str, **fields: Any) -> Rate:
    """A professional price of 32557 in place 22, which Medicare pays 143.62."""
    fields = {"places": ("22",), "groups": groups, **fields}
    return Rate(dollars=None if amount is None else Decimal(amount), **fields)


def _keys_and_medicare() -> Iterator[Rate]:
    """Prices that the bounds of Q04 leave out, in keys that Medicare prices and in others."""
    for amount in ("71.81", "71.8099", "4308.60", "4308.6001", "143.62"):
        yield _priced(amount, "t0")
        yield _priced(amount, "t0", setting="inpatient")
        yield _priced(amount, "t0", setting="both", places=("11", "22", "77"))
    for fields in (
        {"drug_unit": Decimal(10), "drug_unit_type": "ME"},
        {"price_unit": "day"},
        {"price_unit": "case"},
        {"code_system": "local"},
        {"billing_class": "facility"},
        {"billing_class": None},
        {"modifiers": ("26",)},
        {"places": ()},
        {"arrangement": "bundle"},
        {"method": "derived"},
        {"line_of_business": "exchange"},
    ):
        yield _priced("50000", "t1", **fields)
    for places in ((), ("11",), ("22",), ("CSTM-00",), ("22", "CSTM-00"), ("77",)):
        for modifiers in ((), ("26",), ("TC",), ("TC", "26")):
            yield _priced("90", "t2", code="70551", places=places, modifiers=modifiers)


def _facilities() -> Iterator[Rate]:
    """Facility prices of each kind of facility, beside the bounds of Q04 (rule M07)."""
    for places in ((), ("22",), ("24",), ("22", "24"), ("21",), ("21", "22"), ("11",), ("11", "24"),
                   ("CSTM-00",)):  # fmt: skip
        for setting in ("outpatient", "inpatient", "both", None):
            for amount in ("499.99", "500", "300.01", "18000.31", "30000", "30000.01"):
                yield _priced(amount, "t11", billing_class="facility", places=places,
                              setting=setting, line_of_business="exchange")  # fmt: skip
    for setting in ("inpatient", None, "outpatient"):
        for amount in ("12632.526", "12632.52", "140361.4", "140361.41"):
            for billing_class in ("facility", "professional"):
                yield _priced(amount, "t12", code="470", code_system="ms-drg", setting=setting,
                              billing_class=billing_class, places=())  # fmt: skip
    for billing_class in ("facility", "professional"):
        for modifiers in ((), ("26",)):
            yield _priced("5", "t13", code="80053", billing_class=billing_class, places=(),
                          modifiers=modifiers)  # fmt: skip


def _amounts() -> Iterator[Rate]:
    """Q01 and the first parts of Q02, each the lowest or highest price of its own code's key."""
    for amount in (None, "0", "-5", "0.01", "0.0101", "99999", "99998", "99999.99", "999999.9",
                   "99999999999999", "99999999999999.99", "9999"):  # fmt: skip
        yield _priced(amount, "t3", code="J1100", code_system="hcpcs")
    for share in ("0", "-1", "40.5"):
        yield _priced(None, "t3", statement="percentage", percentage=Decimal(share))
        # Dollars are a dollar price whatever percentage stands beside them, and repeats too.
        yield _priced("610", "t4", percentage=Decimal(share))
    yield _priced(None, "t3", statement="none")
    yield _priced(None, "t3", statement="algorithm", algorithm="by contract")


def _forms() -> Iterator[Rate]:
    """Q03 and Q06 to Q08 and Q12, each beside its nearest neighbour that is not flagged."""
    for amount, share in (("62.5", "62.5"), ("62.5", "62.51"), ("1", None), ("1.0001", None)):
        method = "fee schedule" if share else "percentage"
        stated = None if share is None else Decimal(share)
        yield _priced(amount, "t8", method=method, percentage=stated, code_system="local")
    for share in ("1", "1.01"):
        yield _priced(None, "t8", statement="percentage", percentage=Decimal(share))
    for amount, unit in (("900", "day"), ("900", "case"), ("901", "case"), ("900", "service")):
        yield _priced(amount, "t9", price_unit=unit, arrangement="q06", code_system="local")
    yield _priced("900", "t8", price_unit="case", arrangement="q06", code_system="local")
    for end in (date(2026, 7, 14), date(2026, 7, 15), None):
        yield _priced("500.25", "t8", expires_on=end, arrangement=f"q07 {end}")
        yield _priced("500.75", "t8", expires_on=end, arrangement="q07")
    for system, code in (("ms-drg", "470"), ("cpt", "70551")):
        for modifiers in ((), ("26",)):
            for billing_class in ("professional", "facility"):
                yield _priced("800", "t8", code_system=system, code=code, modifiers=modifiers,
                              billing_class=billing_class, arrangement="q08")  # fmt: skip
    for place in ("11", "22"):
        for setting in ("inpatient", "outpatient", "contradictory"):
            for billing_class in ("professional", "facility"):
                yield _priced("450", "t8", places=(place,), setting=setting,
                              billing_class=billing_class, arrangement="q12")  # fmt: skip


def _voters() -> Iterator[Rate]:
    """Sets that are one by content or are not, in keys of their own (arrangements)."""
    for number, (one, other) in enumerate(
        [
            (("1",), ("2",)),  # the same members
            (("1",), ("1", "2")),  # the same members twice
            (("1",), ("3",)),  # fewer members, one TIN
            (("one network",), ("1",)),  # fewer networks
            (("4",), ("4", "5")),
            (("5",), ("6",)),  # no TIN; one of two without
            (("7.5",), ("8",)),  # not fetched; partly known
            (("9",), ()),  # not defined; nobody named
        ]
    ):
        for groups in (one, other, one):
            yield _priced("300", *groups, arrangement=f"a{number}")
        yield _priced("500", *other, arrangement=f"a{number}")
        yield _priced("300", *one, arrangement=f"a{number}", payer_name="Cigna")
    for i in range(40):  # 40 contracts; more than half of 3 in the next key known by group alone
        yield _priced(str(150 + 7 * i), f"t{i}", code="470", code_system="ms-drg",
                      billing_class="facility")  # fmt: skip
    # Quartiles 218.25 and 354.75 of these 40: fences at 105.3178 and 735.1477 (Q05). A voter with a
    # price on either side of its own keeps its vote.
    for voter, amount in (("t20", "105.31"), ("t20", "735.15"), ("t21", "105.32"),
                          ("t21", "735.14")):  # fmt: skip
        yield _priced(amount, voter, code="470", code_system="ms-drg", billing_class="facility")
    for i in range(12):
        yield _priced(str(250 + i), f"t{i}", code="470", code_system="ms-drg", method="fair",
                      billing_class="facility")  # fmt: skip
    for group in ("5", "7.5", "9", "t5"):
        yield _priced("400", group, code="470", code_system="ms-drg", method="derived",
                      billing_class="facility")  # fmt: skip
    # The mean of these two has five decimals.
    yield _priced("100", "t6", method="derived")
    yield _priced("100.0001", "t6", method="derived")


def _payer_file(name: str, day: date | None, *rates: Rate) -> PriceFile:
    return PriceFile(name, day, rates, None, groups=MORE_GROUPS)


def _hospital(name: str, day: date | None, *rates: Rate, who: Any = FIRST) -> PriceFile:
    return PriceFile(name, day, tuple(rates), who)


def _placeholders(name: str, n_same: int, n_families: int, n_other: int) -> PriceFile:
    """777 dollars for `n_same` codes with the asked one, and other amounts for the rest (Q02)."""
    others = (
        Rate(code=f"9{i:04d}", dollars=Decimal(1000 + i), plan_name="PPO") for i in range(n_other)
    )
    same = filler(n_same - 1, n_families, Decimal(777), "PPO")
    asked = (
        Rate(dollars=Decimal(777), plan_name="PPO", arrangement=name),
        # The same dollars in a plan that has few codes: the plan first in the alphabet speaks.
        Rate(dollars=Decimal(777), plan_name="HMO", arrangement=f"{name} too"),
        Rate(dollars=Decimal(777), plan_name="PPO", arrangement=f"{name} too"),
    )
    return _hospital(name, FRESH, *asked, *same, *others, who=(name, "TX"))


def _percent(share: str, payer: str = "Aetna", **fields: Any) -> Rate:
    """A percentage of charges of a facility's."""
    fields = {"billing_class": "facility", "price_unit": "charges", **fields}
    return Rate(
        statement="percentage",
        percentage=Decimal(share),
        payer_name=payer,
        plan_name=None,
        **fields,
    )


def _charged() -> tuple[Rate, ...]:
    """Percentages with one gross charge, with several, with another's and with none (M12)."""
    drug = {"code": "J1100", "code_system": "hcpcs"}
    return (
        *(_percent("60", payer) for payer in ("Aetna", "Cigna", "Bcbs")),
        *(_percent(share, "Cigna") for share in ("33.333333", "1000", "1000.01", "1", "0")),
        _percent("40", setting="inpatient"),  # 1,000 and 1,200
        _percent("40", code="70551", setting="both"),
        _percent("40", code="70551", setting=None),
        _percent("40", code="70551", modifiers=("TC",)),
        _percent("50", code="80053", setting="inpatient"),
        _percent("50", code="80053", billing_class=None),  # 250 and 300
        _percent("50", code="80053", billing_class="professional"),  # 300 alone
        _percent("25", **drug),
        _percent("25", drug_unit=Decimal(10), drug_unit_type="ME", **drug),
    )


CHARGES = (
    Charge(Decimal(1000)),
    Charge(Decimal(1000), billing_class="facility"),
    Charge(Decimal(1000), setting="inpatient"),
    Charge(Decimal("500.25"), code="70551", setting="both"),
    Charge(Decimal(600), code="70551", setting=None),
    Charge(Decimal("123.4567"), code="70551", modifiers=("TC",)),
    # A placeholder is no charge.
    *(Charge(Decimal(g), code="80053", setting="inpatient") for g in ("99999", "0.01", "250")),
    Charge(Decimal(10**13), code="80053", setting="inpatient"),
    Charge(None, code="80053", setting="inpatient"),
    Charge(Decimal(250), code="80053", billing_class="facility"),
    Charge(Decimal(300), code="80053", billing_class="professional"),
    Charge(Decimal(80), code="J1100", code_system="hcpcs", drug_unit=Decimal(10),
           drug_unit_type="ME"),
)  # fmt: skip

FILES = (
    _payer_file("of spring", FRESH, *_keys_and_medicare(), *_facilities(), *_amounts(),
                *_voters()),
    replace(_payer_file("of forms", FRESH, *_forms()), versions=("2.0.0", "1.x")),
    replace(_payer_file("one version", FRESH, _priced("151", "t8")), versions=("v1.3", "1.x")),
    # The unresolved groups of the spring again, at other prices: they add no voter.
    _payer_file(
        "of summer",
        FRESHER,
        *(_priced("900", group, arrangement="a5") for group in ("5", "6")),
        *(_priced("900", group, arrangement="a6") for group in ("7.5", "8")),
        _priced("900", "9", arrangement="a7"),
        _priced("900", arrangement="a7"),
    ),
    # A price that a stale file states too is the fresh file's, and is not stale.
    _payer_file("stale", STALE, _priced("143.62", "t0"), _priced("144", "t7")),
    _payer_file("on the edge", EDGE, _priced("145", "t8")),
    _payer_file("undated", None, _priced("146", "t9"), _priced("143.62", "t0")),
    _payer_file("tomorrow", date(2026, 7, 16), _priced("147", "t10")),
    _hospital("old", STALE, Rate(dollars=Decimal(200), arrangement="h")),
    _hospital(
        "new",
        FRESH,
        Rate(dollars=Decimal(210), arrangement="h"),
        Rate(payer_name="Bcbs", dollars=Decimal(1)),
    ),
    _hospital(
        "new, other class",
        FRESH,
        Rate(dollars=Decimal(230), arrangement="h"),
        Rate(dollars=Decimal(210), arrangement="h"),
        who=("FIRST HOSPITAL", "GA"),
    ),
    _hospital("tomorrow's", date(2026, 7, 16), Rate(dollars=Decimal(240), arrangement="h")),
    _hospital("no date", None, Rate(dollars=Decimal(250), arrangement="h")),
    _hospital(
        "no state",
        STALE,
        Rate(dollars=Decimal(260), arrangement="h"),
        who=("First Hospital", None),
    ),
    _hospital("Bcbs", FRESH, Rate(payer_name="Bcbs", dollars=Decimal(2)), who=("No State", None)),
    replace(_hospital("charges", FRESH, *_charged(), who=("Charging", "FL")), charges=CHARGES),
    replace(
        _hospital("more charges", FRESH, who=("Charging", "FL")),
        charges=(Charge(Decimal(1200), setting="inpatient"), Charge(Decimal(1000))),
    ),
    # What a replaced file charges, and what another hospital does, is nothing to it.
    replace(_hospital("old charges", STALE, who=("Charging", "FL")), charges=(Charge(Decimal(7)),)),
    replace(_hospital("others'", FRESH, who=("Charging", "GA")), charges=(Charge(Decimal(8)),)),
    _placeholders("half of all", 25, 4, 25),
    _placeholders("under half", 25, 4, 26),
    _placeholders("24 codes", 24, 4, 0),
    _placeholders("4 families", 25, 3, 0),
)  # fmt: skip
EVERYTHING = Described(FILES, PFS, facility_rates=FACILITY_RATES)
