"""Rule M10: the user's rates in the market, with figures worked out by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from market_lakes import Described, PfsRow, PriceFile, Rate, write
from ratepress.codes.argument import CodeRef
from ratepress.core.errors import UsageError
from ratepress.lake.store import Lake
from ratepress.market.compare import compare, percentile_of
from ratepress.market.own_rates import OwnRate, read_own_rates

AS_OF = date(2026, 7, 15)
VOTES = ("100", "200", "300", "400", "500")
# Medicare: (3.00 + 1.00 + 0.30) x 33.4009 = 143.62 in a facility.
PFS = (PfsRow("32557", "", Decimal("3.00"), Decimal("10.00"), Decimal("1.00"), Decimal("0.30")),)


@pytest.fixture(scope="module")
def lake(tmp_path_factory) -> Lake:
    """Five hospitals at 100 to 500 for facilities, two in another key, one exchange price."""
    professional = {"billing_class": "professional", "places": ("22",)}
    files = tuple(
        PriceFile(
            f"h{n}",
            date(2026, 4, 1),
            (
                Rate(dollars=Decimal(amount), billing_class="facility"),
                *((Rate(dollars=Decimal(150 + n), **professional),) if n < 2 else ()),
                *((Rate(dollars=Decimal(7), line_of_business="exchange"),) if n == 0 else ()),
            ),
            (f"Hospital {n}", "GA"),
        )
        for n, amount in enumerate(VOTES)
    )
    return write(tmp_path_factory.mktemp("market") / "lake", Described(files, PFS))


def mine(rate: str, *, volume: str | None = None, **narrowed: str) -> OwnRate:
    amount = None if volume is None else Decimal(volume)
    return OwnRate(2, {}, CodeRef("cpt", "32557"), "", Decimal(rate), amount, narrowed)


@pytest.mark.parametrize(
    ("rate", "percentile", "standing", "distance", "opportunity"),
    [
        # Below all; the median of the five is 300, at market from 285 to 315.
        ("50", "0.0", "under", "-250.00", "2500.00"),
        ("284.99", "40.0", "under", "-15.01", "150.10"),
        ("285", "40.0", "at", "-15.00", "150.00"),
        ("300", "50.0", "at", "0.00", "0.00"),  # two below, one equal: (2 + 0.5) / 5
        ("315", "60.0", "at", "15.00", "-150.00"),
        ("315.01", "60.0", "above", "15.01", "-150.10"),
        ("500", "90.0", "above", "200.00", "-2000.00"),
        ("501", "100.0", "above", "201.00", "-2010.00"),
    ],
)
def test_m10_a_rate_among_five_votes(lake, rate, percentile, standing, distance, opportunity):
    found = compare(lake, [mine(rate, volume="10")], as_of=AS_OF)
    first = found.rows[0]
    assert (first.n_votes, first.p25, first.median, first.p75) == (5, 200, 300, 400)
    assert [str(n) for n in (first.percentile, first.distance, first.opportunity)] == [
        percentile, distance, opportunity,
    ]  # fmt: skip
    assert (first.standing, first.status, first.is_headline) == (standing, "compared", True)


def test_keys_stay_apart_and_few_votes_give_no_percentile(lake):
    """The professional key has two votes, 150 and 151; 287.24 is 200% of Medicare's 143.62."""
    found = compare(lake, [mine("287.24", volume="2")], as_of=AS_OF)
    facility, professional = found.rows
    assert (facility.billing_class, professional.billing_class) == ("facility", "professional")
    assert (professional.status, professional.n_votes) == ("thin", 2)
    assert {professional.median, professional.percentile, professional.opportunity} == {None}
    assert (professional.medicare_amount, professional.percent_of_medicare) == (
        Decimal("143.62"),
        Decimal("200.0"),
    )
    assert not professional.is_headline
    assert found.opportunity == Decimal("25.52")  # (300 - 287.24) x 2, of the headline key alone


def test_the_opportunity_is_told_by_billing_class(lake):
    """A hospital's prices and a practitioner's are two markets: 250 and 10, and none below zero."""
    found = compare(lake, [mine("275", volume="10")], as_of=AS_OF)
    (first, *_) = found.rows
    assert first.opportunity == 250
    others = (
        msgspec.structs.replace(first, billing_class="professional", opportunity=Decimal(10)),
        msgspec.structs.replace(first, opportunity=Decimal(-5)),
        msgspec.structs.replace(first, is_headline=False),
    )
    mixed = msgspec.structs.replace(found, rows=(first, *others))
    assert mixed.opportunity_by_class == {"facility": Decimal(250), "professional": Decimal(10)}
    assert mixed.opportunity == 260
    assert mixed.classes == {"facility": 2, "professional": 1}


def test_a_line_may_narrow_its_keys_and_ask_for_another_line_of_business(lake):
    (only,) = compare(lake, [mine("9", billing_class="professional")], as_of=AS_OF).rows
    assert only.billing_class == "professional"
    (exchange,) = compare(lake, [mine("9", line_of_business="exchange")], as_of=AS_OF).rows
    assert (exchange.line_of_business, exchange.n_votes) == ("exchange", 1)
    assert len(compare(lake, [mine("9")], as_of=AS_OF, line_of_business=None).rows) == 3


def test_what_the_market_does_not_have_says_what_it_has(lake):
    found = compare(lake, [mine("9", setting="inpatient")], as_of=AS_OF)
    assert [(r.status, r.n_votes) for r in found.rows] == [("no market", 0)]
    assert found.rows[0].reason.endswith("there are prices of commercial, exchange")


def test_one_payer_alone(lake):
    assert compare(lake, [mine("300")], as_of=AS_OF, payer="aetna").rows[0].payer == "Aetna"
    assert compare(lake, [mine("300")], as_of=AS_OF, payer="cigna").rows[0].status == "no market"
    with pytest.raises(UsageError, match="No payer of that id states a price"):
        compare(lake, [mine("300")], as_of=AS_OF, payer="aetnaa")


def test_a_line_of_business_that_is_none_is_refused(lake):
    with pytest.raises(UsageError, match="no such line of business"):
        compare(lake, [mine("300")], as_of=AS_OF, line_of_business="individual")


@given(st.lists(st.integers(1, 9), min_size=1, max_size=12), st.integers(0, 10))
def test_the_percentile_is_a_count_of_votes(votes, rate):
    """The oracle counts them one by one."""
    ordered = sorted(map(Decimal, votes))
    share = Fraction(sum(2 * (v < rate) + (v == rate) for v in votes), 2 * len(votes)) * 1000
    half_up = int(share + Fraction(1, 2))
    assert percentile_of(Decimal(rate), ordered) == Decimal(half_up).scaleb(-1)


CSV = """my contract 2026

Code, Modifier ,Rate,Volume,setting,notes
32557,lt 50,"$1,250.5",40,Outpatient,x
"""


def test_the_form_is_read_with_its_spellings(tmp_path: Path):
    """Columns in any case, `modifier` too; the title row before the header is refused by name."""
    path = tmp_path / "mine.csv"
    path.write_text(CSV)
    with pytest.raises(UsageError, match="no fee schedule to compare"):
        read_own_rates(path)
    path.write_text(CSV.split("\n", 2)[2])
    (line,) = read_own_rates(path)
    assert (line.code, line.modifiers) == (CodeRef("cpt", "32557"), "50|LT")
    assert (line.rate, line.volume) == (Decimal("1250.5"), Decimal(40))
    assert line.narrowed == {"setting": "outpatient"}


def test_a_workbook_is_read_as_its_csv(tmp_path: Path):
    book = Workbook()
    for row in (["Code", "Rate"], [32557, 1250.5], ["J1100", "0.12"]):
        book.active.append(row)
    book.save(tmp_path / "mine.xlsx")
    found = read_own_rates(tmp_path / "mine.xlsx")
    assert [(str(line.code), line.rate) for line in found] == [
        ("cpt:32557", Decimal("1250.5")), ("hcpcs:J1100", Decimal("0.12")),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("32557,,0,", "rate is no amount above zero: 0"),
        ("32557,,-5,", "rate is no amount above zero: -5"),
        ('32557,,"1,25",', "rate is no amount above zero: 1,25"),
        ("32557", "no rate"),
        ("32557,,,", "no rate"),
        ("32557,,5,many", "volume is no number: many"),
        ("32557,260,5,", "a modifier has two letters or digits"),
        ("abc,,5,", "code: The system of the code is not plain from its form"),
    ],
)
def test_a_line_that_cannot_be_read_comes_back(tmp_path: Path, lake, row, problem):
    path = tmp_path / "mine.csv"
    path.write_text(f"code,modifiers,rate,volume\n{row}\n32557,,5,1\n")
    found = compare(lake, path, as_of=AS_OF).rows
    assert (found[0].line_no, found[0].status, found[0].reason) == (2, "invalid", problem)
    assert found[1].status == "compared"


@pytest.mark.parametrize(
    ("text", "expected"), [("code,price\n", "rate"), ("code,rate,Rate\n", "rate"), ("", "first")]
)
def test_a_file_without_the_columns_is_refused(tmp_path: Path, text, expected):
    path = tmp_path / "mine.csv"
    path.write_text(text or "\n")
    with pytest.raises(UsageError, match=expected):
        read_own_rates(path)
