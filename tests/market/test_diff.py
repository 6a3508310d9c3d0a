"""Rule M17: what changed between two snapshots, by hand and by properties."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given

import market_strategies as generated
from market_lakes import Described, Group, PriceFile, Rate, write
from market_reading import lake_of
from ratepress.codes.argument import CodeRef
from ratepress.core.errors import UsageError
from ratepress.lake.store import Lake
from ratepress.market.diff import Count, Snapshot, all_codes, counts, diff

SPRING, SUMMER = date(2026, 4, 30), date(2026, 7, 31)
MERCY, GRACE = ("Mercy", "GA"), ("Grace", "GA")


def rate(amount: str, payer: str = "Aetna", code: str = "32557") -> Rate:
    return Rate(dollars=Decimal(amount), payer_name=payer, code=code)


@pytest.fixture(scope="module")
def lake(tmp_path_factory) -> Lake:
    """Mercy publishes again in July: one price up, one the same, one gone, one new."""
    april, july = date(2026, 4, 1), date(2026, 7, 1)
    spring = (rate("100"), rate("200", "Cigna"), rate("300", code="70551"))
    summer = (rate("110"), rate("200", "Cigna"), rate("400", code="99213"))
    groups = (Group("1", (("ein", "581", "1"),)),)
    unchanged = Rate(dollars=Decimal(50), groups=("1",), places=("22",))
    files = (
        PriceFile("mercy, april", april, spring, MERCY),
        PriceFile("mercy, july", july, summer, MERCY),
        PriceFile("grace", april, (rate("500"),), GRACE),
        PriceFile("payer", april, (unchanged,), groups=groups),
    )
    return write(tmp_path_factory.mktemp("diff") / "lake", Described(files))


def test_m17_new_gone_changed_and_the_same(lake: Lake) -> None:
    found = diff(Snapshot(lake, SPRING), Snapshot(lake, SUMMER))
    rows = {(r["code"], r["payer"], r["entity"]): r for r in found.to_pylist()}
    changes = {where: row["change"] for where, row in rows.items()}
    assert changes == {
        ("32557", "Aetna", "mercy, GA"): "changed",
        ("32557", "Cigna", "mercy, GA"): "same",
        ("70551", "Aetna", "mercy, GA"): "gone",
        ("99213", "Aetna", "mercy, GA"): "new",
        ("32557", "Aetna", "grace, GA"): "same",
        ("32557", "Aetna", "ein 581"): "same",
    }
    changed = rows["32557", "Aetna", "mercy, GA"]
    assert (changed["before"], changed["after"]) == (100, 110)
    assert (changed["difference"], changed["percent"]) == (Decimal("10.00"), Decimal("10.0"))
    gone = rows["70551", "Aetna", "mercy, GA"]
    assert (gone["before"], gone["after"], gone["difference"], gone["percent"]) == (
        300, None, None, None,
    )  # fmt: skip


def test_changes_are_counted_by_payer_code_and_hospital(lake: Lake) -> None:
    found = diff(Snapshot(lake, SPRING), Snapshot(lake, SUMMER))
    ten = Decimal("10.0")
    assert counts(found, "payer") == [
        Count("Aetna", 1, 1, 1, 2, ten), Count("Cigna", 0, 0, 0, 1, None),
    ]  # fmt: skip
    assert counts(found, "code") == [
        Count("32557", 0, 0, 1, 3, ten), Count("70551", 0, 1, 0, 0, None),
        Count("99213", 1, 0, 0, 0, None),
    ]  # fmt: skip
    assert counts(found, "hospital") == [
        Count("mercy, GA", 1, 1, 1, 1, ten), Count("grace, GA", 0, 0, 0, 1, None),
    ]  # fmt: skip
    with pytest.raises(UsageError, match="not counted"):
        counts(found, "weather")


def test_codes_may_be_named(lake: Lake) -> None:
    asked = [CodeRef("cpt", "99213")]
    found = diff(Snapshot(lake, SPRING), Snapshot(lake, SUMMER), codes=asked)
    assert found["change"].to_pylist() == ["new"]
    assert [c.code for c in all_codes(lake)] == ["32557", "70551", "99213"]


@generated.examples(3)
@given(generated.lakes(), generated.lakes())
def test_a_snapshot_is_its_own_and_the_other_way_round_is_the_reverse(
    one: Described, other: Described
) -> None:
    """Nothing differs from itself; what is new one way is gone the other."""
    with lake_of(one) as first, lake_of(other) as second:
        here, there = (Snapshot(lake, generated.AS_OF) for lake in (first, second))
        codes = [CodeRef(*code) for code in generated.CODES]
        assert set(diff(here, here, codes=codes)["change"].to_pylist()) <= {"same"}
        forth = diff(here, there, codes=codes)["change"].to_pylist()
        back = diff(there, here, codes=codes)["change"].to_pylist()
    reverse = {"new": "gone", "gone": "new", "same": "same", "changed": "changed"}
    assert sorted(forth) == sorted(reverse[change] for change in back)
