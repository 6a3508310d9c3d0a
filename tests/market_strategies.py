"""Hypothesis strategies for small lakes in which everything that the market treats occurs.

The pools are small, so that repeats, shared keys and voters with several prices are frequent.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from budget import some
from market_lakes import Charge, Contents, Described, Group, PfsRow, PriceFile, Rate

AS_OF = date(2026, 7, 15)
CODES = (
    ("cpt", "32557"), ("cpt", "70551"), ("hcpcs", "J1100"), ("ms-drg", "470"), ("local", "32557"),
    ("cpt", "80053"),
)  # fmt: skip

PFS = (
    # × 33.4009: facility 143.62 (4.30 RVU), non-facility 444.23 (13.30 RVU).
    PfsRow("32557", "", Decimal("3.00"), Decimal("10.00"), Decimal("1.00"), Decimal("0.30")),
    # One site only: NA in the facility; 26 and TC have rows of their own.
    PfsRow("70551", "", Decimal("1.44"), Decimal("4.50"), None, Decimal("0.06"), pctc="1"),
    PfsRow(
        "70551", "26", Decimal("1.44"), Decimal("0.50"), Decimal("0.50"), Decimal("0.06"), pctc="1"
    ),
    PfsRow("70551", "TC", Decimal("0"), Decimal("4.00"), None, Decimal("0.01"), pctc="1"),
    PfsRow("J1100", "", Decimal("0"), Decimal("0"), Decimal("0"), Decimal("0"), status="E"),
)
FACILITY_RATES = (
    ("OPPS", "32557", Decimal(1000)),
    ("OPPS", "70551", Decimal("230.50")),
    ("ASC", "32557", Decimal("600.005")),
    ("IPPS", "470", Decimal("1.9289")),  # 13,025.11 + 1,011.03 = 14,036.14
    ("CLFS", "80053", Decimal("10.56")),  # A test, which the physician fee schedule has not.
)
DATES = (
    None,
    date(2020, 8, 27),
    date(2025, 6, 14),  # the day before 13 months before the as-of date: stale
    date(2025, 6, 15),  # that day: not stale
    date(2026, 4, 1),
    date(2026, 7, 15),
    date(2026, 7, 16),  # later than the as-of date
)
HOSPITALS = (
    ("First Hospital", "GA"), ("FIRST HOSPITAL", "GA"), ("First Hospital", None), ("Second", "GA"),
)  # fmt: skip
AMOUNTS = tuple(
    Decimal(text) if text else None
    for text in (
        "", "0", "-5", "0.01", "0.02", "9999", "99999", "99999.99", "999999.9", "99998",
        "99999999999999", "100", "100.01", "100.0001", "143.62", "250.505", "333.33", "1000",
        "0.9", "1", "1.01", "40.5",
        # Half of 143.62 and 30 times it, and the next amounts outside.
        "71.81", "71.8099", "4308.60", "4308.6001", "777",
        # The bounds of OPPS and ASC for 32557, of a stay of 470, and of the test.
        "500", "499.9999", "30000", "30000.0001", "300.0050", "300.0049", "12632.526",
        "12632.5259", "140361.4", "140361.4001", "5.28", "5.2799",
    )
)  # fmt: skip
GROUPS = (
    Group("1", (("ein", "581", "1"), ("ein", "581", "2")), ("North", "South")),
    Group("2", (("ein", "581", "1"), ("ein", "581", "2")), ("North", "South")),  # as 1
    Group("3", (("ein", "581", "1"),), ("North",)),
    Group(
        "4",
        (("ein", "582", "3"), ("npi", "581", "0")),
    ),
    Group("5", ((None, "", "4"),), ("North",)),
    Group("6", (("ein", "", "5"), ("ein", "583", "5"))),
    Group("7.5", (), ("South",), "https://example.org/7"),
    Group("8", (("ein", "584", "6"),), (), "https://example.org/8"),
    Group("9"),
)
# Where files were seen and where they are listed; what each means stands in the oracle, by hand.
ORIGINS = (
    "/files/ppo.json.gz", "/other/ppo.json", "https://a.example/ppo.json.gz?...",
    "https://b.example/ppo.json.gz", "http://B.example:80/hmo.json.gz?id=2#x",
    "C:\\files\\hmo.json", "/files/all.zip!west.json", "https://a.example/dl?...",
    "/files/unlisted.json", "/files/a plan.json",
)  # fmt: skip
URLS = (
    "https://a.example/ppo.json.gz?Signature=s&Expires=9", "https://A.example:443/ppo.json.gz",
    "https://b.example/ppo.json.gz", "https://b.example/hmo.json.gz?id=1",
    "https://b.example/hmo.json.gz?id=2", "https://b.example/all.zip", "https://a.example/dl?id=1",
    "https://a.example/dl?id=2", "https://a.example/a%20plan.json.gz",
)  # fmt: skip
VERSIONS = (
    (None, None), ("3.0.0", "3"), ("v2.0", "3"), ("1.3.1", "1.x"), ("2.0", "1.x"), ("3", None),
)  # fmt: skip
CHANGES = (
    "dollars", "payer_name", "plan_name", "groups", "places", "price_unit", "expires_on",
)  # fmt: skip
PUBLISHERS = ("A payer", "Aetna", "Cigna")
STEPS = (Decimal("0.0003"), Decimal("17.77"))


def rates(
    amounts: tuple[Decimal | None, ...], group_ids: tuple[str, ...] | None
) -> st.SearchStrategy[Rate]:
    """One rate: a dollar amount of `amounts`, or another statement."""
    groups = (
        st.none()
        if group_ids is None
        else st.lists(st.sampled_from(group_ids), max_size=3, unique=True).map(tuple)
    )
    common = {
        "payer_name": st.sampled_from(("Aetna", "AETNA [1001]", "Cigna", "Bcbs")),
        "plan_name": st.sampled_from((None, "PPO", "HMO")),
        "line_of_business": st.sampled_from(
            ("commercial", "commercial", "medicare advantage", "unknown", "unknown")
        ),
        "arrangement": st.sampled_from((None, "ffs")),
        "method": st.sampled_from(("fee schedule", "fee schedule", None, "percentage")),
        "billing_class": st.sampled_from(("professional", "facility", "facility", None)),
        "setting": st.sampled_from(("outpatient", "inpatient", "both", None, "contradictory")),
        "places": st.sampled_from(
             ((), ("11",), ("22",), ("11", "22"), ("CSTM-00",), ("11", "77"), ("24",),
              ("22", "24"), ("21", "22"), ("21",), ("11", "24"))
        ),
        "modifiers": st.sampled_from(((), (), (), ("26",), ("TC",), ("26", "59"))),
        "groups": groups,
        "expires_on": st.sampled_from(
            (None, None, date(2026, 7, 14), date(2026, 7, 15), date(9999, 12, 31))
        ),
    }  # fmt: skip
    coded = st.sampled_from((*CODES, CODES[0], ("cpt", "99999"), (None, None)))
    drug = st.sampled_from(
        ((None, None), (None, None), (Decimal(10), "ME"), (Decimal("0.5"), None))
    )
    percent = st.sampled_from((None, None, Decimal("40.5"), Decimal("0.357"), Decimal(0)))

    def build(
        code: tuple[str | None, str | None],
        drug: tuple[Decimal | None, str | None],
        amount: Decimal | None,
        statement: str,
        share: Decimal | None,
        unit: str,
        **fields: object,
    ) -> Rate:
        if statement == "percentage":
            share = share or Decimal(0)
        elif statement != "dollar":  # A row that states dollars may state a percentage as well.
            share = None
        unit = "charges" if statement == "percentage" else unit
        return Rate(
            code_system=code[0],
            code=code[1],
            drug_unit=drug[0],
            drug_unit_type=drug[1],
            statement=statement,
            dollars=amount if statement == "dollar" else None,
            percentage=share,
            algorithm="by contract" if statement == "algorithm" else None,
            price_unit=unit,
            **fields,
        )

    statement = st.sampled_from(("dollar",) * 7 + ("percentage", "algorithm", "none"))
    return st.builds(
        build,
        code=coded,
        drug=drug,
        amount=st.sampled_from(amounts),
        statement=statement,
        share=percent,
        unit=st.sampled_from(("service", "service", "service", "day", "case")),
        **common,
    )


charges = st.builds(
    Charge,
    gross=st.sampled_from(
        (None, Decimal(1000), Decimal(1000), Decimal("333.33"), Decimal("0.01"), Decimal(99999),
         Decimal(3_000_000), Decimal(10**13))
    ),
    setting=st.sampled_from(("outpatient", "inpatient", "both", None)),
    billing_class=st.sampled_from(("facility", None, None)),
    modifiers=st.sampled_from(((), (), ("26",))),
)  # fmt: skip


@st.composite
def alike(
    draw: st.DrawFn, amounts: tuple[Decimal | None, ...], group_ids: tuple[str, ...] | None
) -> tuple[Rate, ...]:
    """Rates that differ in few things: what fills one key."""
    one = draw(rates(amounts, group_ids))
    n = draw(st.integers(1, 6))
    found = [one]
    for _ in range(n):
        other = draw(rates(amounts, group_ids))
        changes = draw(
            st.sets(
                st.sampled_from(
                    (
                        "dollars",
                        "payer_name",
                        "plan_name",
                        "groups",
                        "places",
                        "price_unit",
                        "expires_on",
                    )
                ),
                max_size=3,
            )
        )
        fields = {name: getattr(other, name) for name in changes}
        if one.statement != "dollar":
            fields.pop("dollars", None)
            fields.pop("price_unit", None)
        elif "dollars" in fields:
            fields["dollars"] = draw(st.sampled_from(amounts))
        found.append(Rate(**{**one.__dict__, **fields}))
    return tuple(found)


def filler(n_codes: int, n_families: int, dollars: Decimal, plan_name: str) -> tuple[Rate, ...]:
    """One amount for many codes of Aetna's: what rule Q02 asks about."""
    return tuple(
        Rate(
            code=f"{10 + number % n_families}{number:03d}"[:5],
            dollars=dollars,
            plan_name=plan_name,
        )
        for number in range(n_codes)
    )


@st.composite
def crowd(draw: st.DrawFn) -> tuple[tuple[Group, ...], tuple[Rate, ...]]:
    """Contracts of one payer with a price each: the larger samples of rule M06."""
    n = draw(st.sampled_from((12, 31, 41)))
    is_known = draw(st.sampled_from((True, True, False)))
    base, step = Decimal(draw(st.sampled_from((60, 200)))), draw(st.sampled_from(STEPS))
    code, places = draw(st.sampled_from((("32557", ("22",)), ("70551", ()), ("70551", ("11",)))))
    groups = tuple(
        Group(f"c{i}", (("ein", f"9{i:03d}", "1"),) if is_known else ()) for i in range(n)
    )
    prices = tuple(
        Rate(code=code, dollars=base + i * step, groups=(f"c{i}",), places=places) for i in range(n)
    )
    far = draw(st.sampled_from((None, None, Decimal("73"), Decimal("1500"), Decimal("4000"))))
    if far is not None:  # Beyond the fences of rule Q05, where there are enough votes for it.
        prices += (Rate(code=code, dollars=far, groups=("c0",), places=places),)
    return groups, prices


def examples(n: int) -> settings:
    """`n` lakes a test, more of them in a long run."""
    slow = (HealthCheck.too_slow, HealthCheck.data_too_large)
    return settings(max_examples=some(n), deadline=None, suppress_health_check=slow)


@st.composite
def price_files(
    draw: st.DrawFn,
    number: int,
    amounts: tuple[Decimal | None, ...],
    dates: tuple[date | None, ...],
) -> PriceFile:
    hospital = draw(st.sampled_from((None, None, *HOSPITALS)))
    group_ids = None if hospital else tuple(group.group_id for group in GROUPS)
    found: tuple[Rate, ...] = ()
    for part in draw(
        st.lists(
            st.one_of(alike(amounts, group_ids), st.tuples(rates(amounts, group_ids))),
            min_size=1,
            max_size=3,
        )
    ):
        found += part
    groups: tuple[Group, ...] = ()
    if hospital is None:
        groups = GROUPS
        if draw(st.integers(0, 2)) == 0:
            extra, prices = draw(crowd())
            groups, found = (*groups, *extra), (*found, *prices)
    elif draw(st.booleans()):
        percent = draw(st.sampled_from((Decimal("40.5"), Decimal("0.9"), Decimal(1000))))
        found += (Rate(statement="percentage", percentage=percent, price_unit="charges",
                       billing_class=draw(st.sampled_from(("facility", None)))),)  # fmt: skip
        found += filler(
            draw(st.sampled_from((22, 24, 25))),
            draw(st.sampled_from((3, 5))),
            draw(st.sampled_from((Decimal(777), Decimal(100)))),
            draw(st.sampled_from(("PPO", "HMO"))),
        )
    return PriceFile(
        f"file {number}",
        draw(st.sampled_from(dates)),
        found,
        hospital,
        groups=groups,
        publisher=draw(st.sampled_from(PUBLISHERS)),
        origins=tuple(draw(st.lists(st.sampled_from(ORIGINS), min_size=1, max_size=2))),
        stated_market=draw(st.sampled_from((None, None, None, "other"))),
        versions=draw(st.sampled_from(VERSIONS)),
        charges=tuple(draw(st.lists(charges, max_size=3))) if hospital else (),
    )


@st.composite
def contents(draw: st.DrawFn, number: int, dates: tuple[date | None, ...]) -> Contents:
    markets = st.lists(st.sampled_from(("group", "individual", None, "other")), max_size=3)
    urls = st.lists(st.sampled_from(URLS), max_size=2)
    structures = draw(st.lists(st.tuples(markets.map(tuple), urls.map(tuple)), max_size=3))
    return Contents(
        f"table {number}",
        draw(st.sampled_from(dates)),
        tuple(structures),
        draw(st.sampled_from(PUBLISHERS)),
    )


@st.composite
def lakes(
    draw: st.DrawFn,
    amounts: tuple[Decimal | None, ...] = AMOUNTS,
    dates: tuple[date | None, ...] = DATES,
) -> Described:
    n = draw(st.integers(1, 4))
    files = [draw(price_files(number, amounts, dates)) for number in range(n)]
    # The same content under another date: what a payer publishes again each month.
    if draw(st.booleans()):
        again = draw(st.sampled_from(files))
        when = draw(st.sampled_from(dates))
        files.append(PriceFile(**{**again.__dict__, "name": "again", "published_on": when}))
    tables = tuple(draw(contents(i, dates)) for i in range(draw(st.integers(0, 2))))
    pfs = draw(st.sampled_from(((), PFS, PFS)))
    facility = draw(st.sampled_from(((), FACILITY_RATES, FACILITY_RATES)))
    return Described(tuple(files), pfs, tables, facility)
