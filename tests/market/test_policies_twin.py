"""The policy of a day against a plain reading of the register, on registers made at random."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from budget import some
from ratepress.lake.store import Lake
from ratepress.market.policies import policies
from ratepress.readers.add import add
from registers import register

FIRST = date(2026, 1, 1)
CODES = ("32550", "32556", "32557")
days = st.integers(0, 40).map(lambda n: FIRST + timedelta(days=n))
versions = st.lists(
    st.tuples(
        st.sampled_from(("Aetna", "Cigna")),
        days,
        st.none() | st.integers(0, 10),
        st.lists(st.sampled_from(CODES), min_size=1, unique=True),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda one: (one[0], one[1]),
)


def row(number: int, one: tuple[str, date, int | None, list[str]]) -> str:
    payer, first, length, codes = one
    last = "" if length is None else str(first + timedelta(days=length))
    return f"{payer},P,{number},Made,,{first},{last},,{' '.join(codes)},covered,no,"


def plainly(stated: list[tuple[int, tuple]], payer: str, code: str, on: date) -> str | None:
    """The version that a person would read off: the last begun, if it holds and names it."""
    best = None
    for number, (whose, first, length, codes) in stated:
        if whose == payer and first <= on and (best is None or first > best[1]):
            last = date.max if length is None else first + timedelta(days=length)
            best = (str(number), first, last, codes)
    return best[0] if best and on <= best[2] and code in best[3] else None


@settings(max_examples=some(6), deadline=None, suppress_health_check=list(HealthCheck))
@given(versions, st.lists(days, min_size=1, max_size=3))
def test_the_version_of_a_day_is_what_one_reads_off(
    made: list[tuple[str, date, int | None, list[str]]], asked: list[date]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        lake = Lake.create(Path(name) / "lake")
        path = Path(name) / "register.csv"
        path.write_bytes(register(*(row(number, one) for number, one in enumerate(made))))
        add(lake, path)
        with lake.connect() as connection:
            for on in asked:
                for code in CODES:
                    found = policies(connection, code, on).policies
                    expected = {
                        payer: plainly(list(enumerate(made)), payer, code, on)
                        for payer in ("Aetna", "Cigna")
                    }
                    assert {p.payer: p.version for p in found} == {
                        payer: version for payer, version in expected.items() if version
                    }
