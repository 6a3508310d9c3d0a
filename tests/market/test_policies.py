"""The policy of a payer on a day, and what changed between versions."""

from __future__ import annotations

from datetime import date

import pytest

from ratepress.core.errors import UsageError
from ratepress.lake.store import Lake
from ratepress.market.policies import policies, policy_changes
from ratepress.readers.add import add
from registers import NEW, OLD, POLICIES_YAML, register


@pytest.fixture
def put(lake: Lake, tmp_path):
    """Adds a register under a name of its own."""

    def add_register(data: bytes, name: str = "register.csv") -> None:
        (tmp_path / name).write_bytes(data)
        add(lake, tmp_path / name)

    return add_register


def found(lake: Lake, code: str, on: date):
    with lake.connect() as connection:
        return policies(connection, code, on)


@pytest.mark.parametrize(
    ("code", "on", "versions"),
    [
        ("32557", date(2024, 12, 31), []),
        ("32557", date(2025, 1, 1), ["1"]),
        ("32557", date(2025, 12, 31), ["1"]),
        ("32557", date(2026, 1, 1), ["2"]),
        ("32550", date(2025, 6, 1), ["1"]),
        # Version 2 does not name it any more, so nothing answers from its first day.
        ("32550", date(2026, 1, 1), []),
        ("ms-drg:470", date(2026, 1, 1), ["2"]),
    ],
)
def test_the_version_of_the_day_answers_for_its_codes(lake, put, code, on, versions):
    put(register(OLD, NEW))
    answer = found(lake, code, on)
    assert [one.version for one in answer.policies] == versions
    assert bool(answer.gaps) == (not versions)


def test_a_policy_that_ended_answers_until_its_last_day(lake, put):
    put(register(OLD.replace("2025-01-01,,", "2025-01-01,2025-03-31,")))
    assert found(lake, "32557", date(2025, 3, 31)).policies
    assert "none in force on 2025-04-01" in found(lake, "32557", date(2025, 4, 1)).gaps[0].why


def test_the_register_added_last_restates_a_version(lake, put):
    put(register(OLD), "first.csv")
    put(register(OLD.replace("covered with criteria", "covered")), "second.csv")
    (one,) = found(lake, "32557", date(2025, 6, 1)).policies
    assert one.stance == "covered"
    with lake.connect() as connection:
        (change,) = policy_changes(connection)
    assert (change.field, change.before, change.after) == (
        "stance",
        "covered with criteria",
        "covered",
    )
    assert change.from_version == change.to_version == "1"


def test_names_of_one_payer_are_one_payer(lake, put):
    put(register(OLD, NEW.replace("Aetna", "AETNA INC.")))
    (one,) = found(lake, "32557", date(2026, 2, 1)).policies
    assert (one.payer_id, one.payer, one.payer_as_written) == ("aetna", "Aetna", "AETNA INC.")
    put(register(OLD.replace("Aetna", "Acme Mutual").replace("INV-1", "X")), "acme.csv")
    assert found(lake, "32557", date(2026, 2, 1)).notes == (
        "Acme Mutual is not in the register of payers: shown as written.",
    )


def test_each_field_that_differs_is_a_change(lake, put):
    put(register(OLD, NEW))
    with lake.connect() as connection:
        changes = policy_changes(connection, "32550")
        assert policy_changes(connection, "99213") == ()
    assert [(c.field, c.before, c.after) for c in changes] == [
        ("version", "1", "2"),
        ("effective_on", "2025-01-01", "2026-01-01"),
        ("last_review_on", "2024-12-01", "2025-12-01"),
        ("stance", "covered with criteria", "not covered"),
        ("prior_authorisation", "no", "unknown"),
        ("codes", "cpt:32550", ["cpt:32557", "ms-drg:470"][1]),
    ]


def test_a_version_stated_alike_twice_is_no_change(lake, put):
    put(register(OLD), "first.csv")
    put(register(OLD, NEW.replace("INV-1", "INV-2")), "second.csv")
    with lake.connect() as connection:
        assert policy_changes(connection) == ()


def test_payers_stand_side_by_side(lake, put):
    put(register(OLD))
    put(POLICIES_YAML.encode(), "r.yaml")
    answer = found(lake, "32557", date(2025, 7, 1))
    assert [one.payer for one in answer.policies] == ["Aetna", "Cigna"]


def test_what_is_no_code_is_refused(lake):
    with pytest.raises(UsageError):
        found(lake, "drain", date(2025, 7, 1))
