"""What Medicare pays: amounts, the reasons for none, sources, and agreement with CMS's files."""

import csv
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest

from medicare_layouts import gpci, pprrvu
from ratepress.core.errors import MissingReferenceData, UsageError
from ratepress.core.facts import Fact, Gap
from ratepress.core.rules import registry
from ratepress.medicare.price import explain, price, price_on
from ratepress.medicare.statuses import PRICED, STATUSES

JULY = date(2026, 7, 15)
# Relative values of 32557 in CMS's releases of July 2026 and October 2025.
DRAIN_2026 = {
    "HCPCS": "32557",
    "WORK RVU": "3.04",
    "NON-FAC PE RVU": "16.03",
    "FACILITY PE RVU": "0.50",
    "MP RVU": "0.33",
    "NON-FACILITY TOTAL": "19.40",
    "FACILITY TOTAL": "3.87",
}
DRAIN_2025 = {
    **DRAIN_2026,
    "WORK RVU": "3.12",
    "NON-FAC PE RVU": "15.71",
    "FACILITY PE RVU": "0.97",
    "MP RVU": "0.29",
    "NON-FACILITY TOTAL": "19.12",
    "FACILITY TOTAL": "4.38",
}


@pytest.fixture
def ask(lake, load_medicare):
    """Loads rows of July 2026 and the two localities, then asks for a price."""

    def ask(*rows, code="32557", on=JULY, **question):
        load_medicare(pprrvu(*rows))
        load_medicare(gpci())
        return price(lake, code, on, **question)

    return ask


def gap(prices) -> Gap:
    (only,) = prices
    assert only.amount is None
    assert only.steps == ()
    assert isinstance(only.result, Gap)
    return only.result


def test_32557_in_july_2026(ask):
    """National amounts of the July 2026 release: 129.26 facility, 647.98 non-facility."""
    prices = ask(DRAIN_2026)
    assert [(p.site, p.amount) for p in prices] == [
        ("facility", Decimal("129.26")),
        ("nonfacility", Decimal("647.98")),
    ]
    assert {p.substituted for p in prices} == {False}


@pytest.mark.parametrize(("on", "substituted"), [("2025-10-15", False), ("2025-06-15", True)])
def test_32557_in_2025(lake, load_medicare, on, substituted):
    """141.68 and 618.47 in October; the same in June, marked, as no earlier release is loaded."""
    load_medicare(pprrvu(DRAIN_2025, year=2025, quarter="October"))
    prices = price(lake, "32557", date.fromisoformat(on))
    assert [p.amount for p in prices] == [Decimal("141.68"), Decimal("618.47")]
    for p in prices:
        assert p.substituted is substituted
        assert ("P00" in p.result.rules) is substituted
        assert bool(p.notes) is substituted
        assert p.result.note == (p.notes[0] if substituted else None)


def test_a_qualifying_participant_is_paid_with_the_other_factor(ask):
    """3.87 × 33.5675 = 129.906225."""
    (paid,) = ask(DRAIN_2026, site="facility", qualifying=True)
    assert paid.amount == Decimal("129.91")


def test_a_locality_weights_each_part(ask):
    """(3.04 × 1.5 + 0.50 × 1.065 + 0.33 × 0.551) × 33.4009 = 176.169... in Alaska."""
    (paid,) = ask(DRAIN_2026, site="facility", locality="02102-01")
    exact = (
        Decimal("3.04") * Decimal("1.5")
        + Decimal("0.50") * Decimal("1.065")
        + Decimal("0.33") * Decimal("0.551")
    ) * Decimal("33.4009")
    assert paid.amount == exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert (paid.locality, paid.locality_name) == ("02102-01", "ALASKA, AK")


def test_a_fact_names_the_rows_it_is_made_from(ask, lake):
    (paid,) = ask(DRAIN_2026, site="facility", locality="10112-00")
    kinds = {c.content_id: c.kind for c in lake.manifest().contents}
    rvu, index, factor = paid.result.sources
    assert (kinds[rvu.content_id], rvu.place) == ("medicare-pfs-rvu-csv", "row 10")
    assert (kinds[index.content_id], index.place) == ("medicare-gpci-csv", "row 4")
    assert "90 FR 49266" in factor.label
    assert paid.result.unit == "USD"
    assert paid.result.as_of == JULY
    assert set(paid.result.rules) <= set(registry())


def test_na_is_no_price_whatever_number_stands_there(ask):
    (facility, office) = ask({**DRAIN_2026, "NON-FAC NA INDICATOR": "NA"})
    assert facility.amount == Decimal("129.26")
    assert office.amount is None
    assert "not priced in the non-facility setting" in office.result.why
    assert office.result.rules == ("P04",)


@pytest.mark.parametrize("code", sorted(STATUSES.keys() - PRICED))
def test_a_status_that_is_not_priced_gives_its_reason(ask, code):
    found = gap(ask({**DRAIN_2026, "STATUS CODE": code}, site="facility"))
    assert found.why == f"status {code}, {STATUSES[code].label}: {STATUSES[code].why_unpriced}"
    assert found.which_source_would_fill_it


@pytest.mark.parametrize("code", sorted(PRICED))
def test_a_status_that_is_priced_has_an_amount(ask, code):
    (paid,) = ask({**DRAIN_2026, "STATUS CODE": code}, site="facility")
    assert paid.amount == Decimal("129.26")
    assert bool(paid.notes) == (code != "A")


def test_restricted_coverage_without_values_is_priced_by_the_contractor(ask):
    """Over 900 rows of status R in a release carry zeros only; a fee of 0.00 would be false."""
    zeros = dict.fromkeys(("WORK RVU", "FACILITY PE RVU", "MP RVU", "FACILITY TOTAL"), "0.00")
    found = gap(ask({**DRAIN_2026, **zeros, "STATUS CODE": "R"}, site="facility"))
    assert "no relative values" in found.why


def test_a_code_not_in_the_release_is_a_gap(ask):
    assert (
        "99999 is not in release 2026C" in gap(ask(DRAIN_2026, code="99999", site="facility")).why
    )


def test_26_and_tc_have_rows_of_their_own(ask):
    whole = {**DRAIN_2026, "PCTC IND": "1"}
    rows = (
        whole,
        {**whole, "MOD": "26", "FACILITY PE RVU": "0.10", "FACILITY TOTAL": "3.47"},
        {**whole, "MOD": "TC", "WORK RVU": "0.00", "NON-FACILITY TOTAL": "16.36"},
    )
    (professional,) = ask(*rows, site="facility", modifiers=["26"])
    assert professional.amount == Decimal("115.90")  # 3.47 × 33.4009 = 115.901123
    assert professional.modifier == "26"
    assert "P05" in professional.result.rules


@pytest.mark.parametrize("modifier", ["26", "tc"])
def test_a_physician_service_has_no_components(ask, modifier):
    found = gap(ask(DRAIN_2026, site="facility", modifiers=[modifier]))
    assert "PC/TC indicator 0" in found.why


def test_a_code_paid_under_a_modifier_only_says_so(ask):
    row = {**DRAIN_2026, "MOD": "26", "PCTC IND": "6"}
    assert "only with modifier 26" in gap(ask(row, site="facility")).why


def test_a_discontinued_procedure_without_a_row_is_for_the_contractor(ask):
    assert "contractor decides" in gap(ask(DRAIN_2026, site="facility", modifiers=["53"])).why


@pytest.mark.parametrize(
    ("indicator", "amount"), [("1", "193.89"), ("0", "129.26"), ("2", "129.26"), ("3", "258.52")]
)
def test_modifier_50_by_the_bilateral_indicator(ask, indicator, amount):
    """Of the fee of 129.26: 150% for 1, 100% for 0 and 2, 200% for 3."""
    (paid,) = ask({**DRAIN_2026, "BILAT SURG": indicator}, site="facility", modifiers=["50"])
    assert paid.amount == Decimal(amount)
    assert "P07" in paid.result.rules


def test_modifier_50_where_the_concept_does_not_apply(ask):
    found = gap(ask({**DRAIN_2026, "BILAT SURG": "9"}, site="facility", modifiers=["50"]))
    assert "Bilateral surgery indicator 9" in found.why


def test_a_modifier_without_a_rule_is_named_and_not_ignored(ask):
    found = gap(ask(DRAIN_2026, site="facility", modifiers=["GZ", "50"]))
    assert found.why == "modifier pricing not modelled: GZ"


def test_two_components_contradict_each_other(ask):
    assert "contradict" in gap(ask(DRAIN_2026, site="facility", modifiers=["26", "TC"])).why


def test_the_opps_cap_is_paid_where_it_is_lower(ask):
    cap = {
        "NON-FACILITY PE USED FOR OPPS PAYMENT AMOUNT": "10.00",
        "MP USED FOR OPPS PAYMENT AMOUNT": "0.33",
    }
    (paid,) = ask({**DRAIN_2026, **cap}, site="nonfacility")
    assert paid.amount == Decimal("446.57")  # 13.37 × 33.4009 = 446.570033
    assert "P06" in paid.result.rules


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ({"code": "3255"}, "code"),
        ({"code": "32557'--"}, "code"),
        ({"modifiers": ["5"]}, "modifier"),
        ({"site": "office"}, "site"),
        ({"locality": "Alabama"}, "locality"),
        ({"locality": "10112-99"}, r"no Medicare locality 10112-99 .* 10112-00"),
    ],
)
def test_a_malformed_question_is_refused(ask, question, message):
    with pytest.raises(UsageError, match=message):
        ask(DRAIN_2026, **question)


def test_a_locality_without_indices_of_the_year_names_the_file(lake, load_medicare):
    load_medicare(pprrvu(DRAIN_2026))
    with pytest.raises(MissingReferenceData, match=r"GPCI2026\.csv"):
        price(lake, "32557", JULY, locality="10112-00")


def test_two_gpci_files_that_differ_are_said(lake, load_medicare):
    """A GPCI file does not say when it was published, so neither can be called the later one."""
    load_medicare(pprrvu(DRAIN_2026))
    for pe in ("0.875", "0.900"):
        load_medicare(gpci(("10112", "AL", "00", "ALABAMA", "1.000", pe, "0.566")))
    (paid,) = price(lake, "32557", JULY, site="facility", locality="10112-00")
    assert "differ for 10112-00" in paid.notes[0]
    used = (
        lake.connect()
        .execute("SELECT pe_gpci FROM pfs_gpci ORDER BY content_id LIMIT 1")
        .fetchone()[0]
    )
    expected = (
        Decimal("3.04") + Decimal("0.50") * used + Decimal("0.33") * Decimal("0.566")
    ) * Decimal("33.4009")
    assert paid.amount == expected.quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_two_gpci_files_that_agree_need_no_word(lake, load_medicare):
    load_medicare(pprrvu(DRAIN_2026))
    load_medicare(gpci())
    load_medicare(gpci().replace(b"2023", b"2024"))
    (paid,) = price(lake, "32557", JULY, site="facility", locality="10112-00")
    assert paid.notes == ()


def test_no_release_names_where_cms_publishes_it(lake):
    with pytest.raises(MissingReferenceData, match="pfs-relative-value-files"):
        price(lake, "32557", JULY)


def test_explain_prints_the_arithmetic_the_release_and_the_citations(ask):
    (paid,) = ask(DRAIN_2026, site="facility", locality="10112-00")
    lines = "\n".join(explain(paid))
    for part in (
        "3.04 RVU × GPCI 1.00 = 3.04",
        "0.50 RVU × GPCI 0.875 = 0.4375",
        "3.66428 × 33.4009 = 122.390249852",
        "122.390249852 → 122.39",
        "$122.39",
        "release 2026C, in force from 2026-07-01 to 2026-09-30",
        "row 10",
        "90 FR 49266",
        "P01",
    ):
        assert part in lines


def test_explain_prints_the_reason_for_no_amount(ask):
    (none,) = ask(DRAIN_2026, site="facility", modifiers=["26"])
    assert "no amount: modifier 26 does not apply" in explain(none)[1]


# The real files, read by the csv module and computed by hand here.


def cms(folder, name):
    with (folder / "medicare" / "pfs" / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def by_hand(rvu, index, factor, pe_column):
    parts = zip((rvu[5], rvu[pe_column], rvu[10]), index[4:7], strict=True)
    exact = sum(Decimal(r) * Decimal(g) for r, g in parts) * Decimal(factor)
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


@pytest.mark.files
@pytest.mark.parametrize(
    ("rvu_file", "gpci_file", "on", "factor"),
    [
        ("PPRRVU2026_Jul_nonQPP.redacted.csv", "GPCI2026.csv", JULY, "33.4009"),
        ("PPRRVU2025_Oct.redacted.csv", "GPCI2025.csv", date(2025, 10, 15), "32.3465"),
    ],
)
def test_every_locality_agrees_with_rvu_times_gpci_times_factor(
    data_folder, lake, load_medicare, rvu_file, gpci_file, on, factor
):
    folder = data_folder / "medicare" / "pfs"
    load_medicare(folder / rvu_file)
    load_medicare(folder / gpci_file)
    (rvu,) = (r for r in cms(data_folder, rvu_file) if r[:2] == ["32557", ""])
    localities = [r for r in cms(data_folder, gpci_file) if len(r[1]) == 2]
    assert len(localities) == 109
    with lake.connect() as connection:
        for index in localities:
            found = price_on(connection, "32557", on, locality=f"{index[0]}-{index[2]}")
            assert {p.site: p.amount for p in found} == {
                "facility": by_hand(rvu, index, factor, 8),
                "nonfacility": by_hand(rvu, index, factor, 6),
            }


@pytest.mark.files
def test_capped_imaging_agrees_with_the_amounts_cms_publishes_by_locality(
    data_folder, lake, load_medicare
):
    """OPPSCAP of October 2025 prints what is paid after the cap; every active row agrees."""
    folder = data_folder / "medicare" / "pfs"
    load_medicare(folder / "PPRRVU2025_Oct.redacted.csv")
    load_medicare(folder / "GPCI2025.csv")
    known = {(r[0], r[2]) for r in cms(data_folder, "GPCI2025.csv") if len(r[1]) == 2}
    published = [
        r for r in cms(data_folder, "OPPSCAP_Oct.csv") if r[2:3] == ["A"] and (r[3], r[4]) in known
    ]
    assert len(published) == 6_322
    with lake.connect() as connection:
        for code, modifier, _, mac, number, _, office in published[::40]:
            (found,) = price_on(
                connection,
                code,
                date(2025, 10, 15),
                modifiers=[modifier.strip()],
                site="nonfacility",
                locality=f"{mac}-{number}",
            )
            assert isinstance(found.result, Fact)
            assert "P06" in found.result.rules
            assert found.amount == Decimal(office)
