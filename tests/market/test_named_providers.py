"""Rules Q08 to Q10 and M09 by their cases: who a payer names, what it bills, and where it is.

The payer states 32557, which is respiratory surgery. 235Z00000X is a speech-language pathologist,
207R00000X an internist, 282N00000X a hospital, 193200000X a group practice.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from market_lakes import Described, Group, PriceFile, Rate, write
from market_reading import published
from market_registries import Provider, Registries, written
from ratepress.core.errors import UsageError
from ratepress.market.benchmark import benchmark
from ratepress.market.registries import AREA_KINDS, family_of, ghost_pairs, registry_files

AS_OF = date(2026, 7, 15)
CODES = (("cpt", "32557"),)
DAY = date(2026, 4, 1)
SPEECH, INTERNIST, HOSPITAL, PRACTICE = "235Z00000X", "207R00000X", "282N00000X", "193200000X"


def payer(*npis: str, billing_class: str = "professional") -> PriceFile:
    """One price of one TIN with these NPIs."""
    group = Group("1", tuple(("ein", "581", npi) for npi in npis))
    rate = Rate(dollars=Decimal(100), groups=("1",), billing_class=billing_class)
    return PriceFile("p", DAY, (rate,), groups=(group,))


def outcome(
    rule: str, file: PriceFile, providers: tuple[Provider, ...] = (), used: tuple = ()
) -> str | None:
    """What a rule says of the one voter of a file."""
    (found,) = outcomes(rule, [file], providers, used)
    return found


def outcomes(
    rule: str, cases: list[PriceFile], providers: tuple[Provider, ...] = (), used: tuple = ()
) -> list[str | None]:
    """What a rule says of the one voter of each file, in one lake; a price tells them apart."""
    files = [
        replace(case, name=f"p{i}", rates=(replace(case.rates[0], dollars=Decimal(i)),))
        for i, case in enumerate(cases, start=100)
    ]
    registries = Registries(((DAY, providers),) if providers else (), used)
    found = published(Described(tuple(files), registries=registries), CODES, AS_OF).voter_flags
    said = {where[2]: where[-1] for where in found if where[-2] == rule}
    return [said.get(file.rates[0].dollars) for file in files]


def test_q10_provider_unresolved() -> None:
    """1000000007 fails: the check digit of 100000000 is 4."""
    named = payer("1")
    cases = [
        (payer("1"), None),
        (payer("0"), "flagged"),  # the contract is known by TIN alone
        (payer("x7"), "flagged"),
        (payer("x7", "1"), None),  # one good NPI names somebody
        (replace(named, groups=(Group("1", location="https://example.org/1"),)), "flagged"),
        (replace(named, groups=(Group("1"),)), "flagged"),  # not defined
        (replace(named, rates=(replace(named.rates[0], groups=()),)), "flagged"),
    ]
    assert outcomes("Q10", [file for file, _ in cases]) == [expected for _, expected in cases]


def test_q10_leaves_out_at_the_maximum_alone() -> None:
    found = published(Described((payer("0"),)), CODES, AS_OF)
    assert {row[0] for row in found.votes} == {"minimum", "balanced"}
    assert [row["n_left_out"] for _, row in sorted(found.voter_funnel.items())] == [0, 1, 0]


def test_q09_ghost_rate_by_the_register() -> None:
    cases = [
        ((SPEECH,), "flagged"),
        ((INTERNIST,), "not assessed"),  # never "plausible" by the register alone
        ((SPEECH, INTERNIST), "not assessed"),
        ((SPEECH, None), "not assessed"),
        ((SPEECH, PRACTICE), "flagged"),  # a group practice says nothing of who renders
        ((PRACTICE,), "not assessed"),
        ((SPEECH, "not registered"), "not assessed"),
    ]
    numbers = iter(range(1, 99))
    files, those = [], []
    for taxonomies, _ in cases:
        found = [Provider(str(next(numbers)), taxonomy=t) for t in taxonomies]
        those += [one for one in found if one.taxonomy != "not registered"]
        files.append(payer(*(one.npi for one in found)))
    assert outcomes("Q09", files, tuple(those)) == [expected for _, expected in cases]


def test_q09_is_not_assessed_without_a_registry() -> None:
    assert outcome("Q09", payer("1")) == "not assessed"


def mates(n: int, n_billing: int) -> tuple[tuple[str, str, str], ...]:
    """Internists of the utilisation data, some of whom bill respiratory surgery."""
    return tuple(
        (str(100 + i), "Internal Medicine", "32556" if i < n_billing else "99213") for i in range(n)
    )


@pytest.mark.parametrize(
    ("used", "expected"),
    [
        (mates(50, 0), "flagged"),
        (mates(49, 0), "not assessed"),  # too few to learn from
        (mates(200, 1), None),  # five in a thousand
        (mates(201, 1), "flagged"),  # fewer
        ((*mates(50, 0), ("1", "Internal Medicine", "32556")), None),  # bills it itself
        # Laryngoscopy is cut out of respiratory surgery.
        ((*mates(50, 0), ("1", "Internal Medicine", "31505")), "flagged"),
    ],
)
def test_q09_ghost_rate_learned_from_utilisation(used: tuple, expected: str | None) -> None:
    """By taxonomy, where the registry has the provider and its mates."""
    kind = tuple(Provider(str(100 + i), taxonomy=INTERNIST) for i in range(201))
    providers = (Provider("1", taxonomy=INTERNIST), *kind)
    assert outcome("Q09", payer("1"), providers, used) == expected


def test_q09_learned_by_specialty_where_there_is_no_registry() -> None:
    used = (*mates(49, 0), ("1", "Internal Medicine", "99213"))
    assert outcome("Q09", payer("1"), (), used) == "flagged"
    assert outcome("Q09", payer("2"), (), used) == "not assessed"


def test_q09_learns_nothing_of_paediatricians() -> None:
    """Medicare has few children, so that what it does not pay for says nothing of them."""
    providers = tuple(
        Provider(n, taxonomy="208000000X") for n in ("1", *(m[0] for m in mates(50, 0)))
    )
    assert outcome("Q09", payer("1"), providers, mates(50, 0)) == "not assessed"


def test_q09_leaves_out_the_ghost_and_keeps_the_other_voters_of_the_price() -> None:
    groups = (Group("1", (("ein", "581", "1"),)), Group("2", (("ein", "582", "2"),)))
    rate = Rate(dollars=Decimal(100), groups=("1", "2"))
    file = PriceFile("p", DAY, (rate,), groups=groups)
    those = (Provider("1", taxonomy=SPEECH), Provider("2", taxonomy=INTERNIST))
    found = published(Described((file,), registries=Registries(((DAY, those),))), CODES, AS_OF)
    votes = {s: sum(n for row, n in found.votes.items() if row[0] == s)
             for s in ("minimum", "balanced", "maximum")}  # fmt: skip
    assert votes == {"minimum": 2, "balanced": 1, "maximum": 1}
    assert all(row["n_flagged"] == 0 for row in found.funnel.values())


def test_q09_a_price_of_ghosts_alone_is_flagged_and_left_out() -> None:
    file = payer("1")
    registries = Registries(((DAY, (Provider("1", taxonomy=SPEECH),)),))
    found = published(Described((file,), registries=registries), CODES, AS_OF)
    assert [where[-2:] for where in found.flags if where[-2] == "Q09"] == [("Q09", "flagged")]
    assert {row[0] for row in found.votes} == {"minimum"}


def test_q09_and_q10_do_not_ask_of_a_hospitals_own_prices() -> None:
    file = PriceFile("h", DAY, (Rate(dollars=Decimal(100)),), ("First Hospital", "GA"))
    assert not published(Described((file,)), CODES, AS_OF).voter_flags


PERSON = Provider("1", taxonomy=INTERNIST)
CLINIC = Provider("2", kind="organization", taxonomy="261QM1300X")
WARD = Provider("3", kind="organization", taxonomy=HOSPITAL)


def test_q08_billing_class_wrong_for_the_taxonomy() -> None:
    unknown, untold = Provider("4", kind=None), Provider("5", taxonomy=None)
    cases = [
        ("facility", (PERSON,), "flagged"),
        ("facility", (PERSON, WARD), None),
        ("facility", (CLINIC,), None),
        ("professional", (WARD,), "flagged"),
        ("professional", (WARD, PERSON), None),
        ("professional", (CLINIC,), None),
        ("both", (PERSON,), None),
        ("facility", (unknown,), "not assessed"),
        ("professional", (untold,), "not assessed"),
        ("professional", (WARD, untold), "not assessed"),
    ]
    files = [payer(*(o.npi for o in those), billing_class=kind) for kind, those, _ in cases]
    found = outcomes("Q08", files, (PERSON, CLINIC, WARD, unknown, untold))
    assert found == [expected for _, _, expected in cases]


def two_states(tmp_path: Path) -> Described:
    """One TIN with practices in Georgia and Massachusetts, at a price for each; one in Georgia."""
    groups = (
        Group("ga", (("ein", "581", "1"),)),
        Group("ma", (("ein", "581", "2"),)),
        Group("other", (("ein", "582", "3"),)),
    )
    rates = tuple(
        Rate(dollars=Decimal(amount), groups=(group,))
        for amount, group in ((100, "ga"), (300, "ma"), (500, "other"))
    )
    providers = (
        Provider("1"),
        Provider("2", state="MA", zip_code="02554"),
        Provider("3", zip_code="30309"),
    )
    hospital = PriceFile(
        "h", DAY, (Rate(dollars=Decimal(900), billing_class="professional"),),
        ("First Hospital", "MA"), addresses=("1 A St, Nantucket, MA 02554",),
    )  # fmt: skip
    return Described(
        (PriceFile("p", DAY, rates, groups=groups), hospital),
        registries=Registries(
            ((DAY, providers),),
            zip_counties=(("02554", "25019", "1", "1"), ("30322", "13089", "1", "1")),
            areas=(("13089", "12060"),),
        ),
    )


def test_m09_a_voter_in_two_states_votes_once_in_each_and_once_nationally(tmp_path: Path) -> None:
    lake = write(tmp_path / "lake", two_states(tmp_path))
    table = benchmark(lake, "32557", as_of=AS_OF, by=AREA_KINDS)
    found = {
        (row["area_kind"], row["area"]): (row["n_votes"], row["prices"])
        for row in table.to_pylist()
        if row["grain"] == "all payers"
    }
    # Nationally: the TIN of both at 200, the median of its two, the other at 500, the hospital.
    assert found["nation", ""][0] == 3
    # In each state only what it is paid there; the hospital is in Massachusetts by its licence.
    assert found["state", "GA"] == (2, [Decimal(100), Decimal(500)])
    assert found["state", "MA"] == (2, [Decimal(300), Decimal(900)])
    assert found["zip3", "303"] == (2, [Decimal(100), Decimal(500)])
    assert found["zip3", "025"] == (2, [Decimal(300), Decimal(900)])
    # 30309 has no county here, and 25019 is in no area.
    assert found["cbsa", "12060"] == (1, [Decimal(100)])
    assert len(found) == 6


def test_m09_one_state_alone_in_either_case(tmp_path: Path) -> None:
    lake = write(tmp_path / "lake", two_states(tmp_path))
    for written_as in ("MA", "ma"):
        rows = benchmark(lake, "32557", as_of=AS_OF, state=written_as).to_pylist()
        assert {(row["area_kind"], row["area"]) for row in rows} == {("state", "MA")}


def test_m09_an_unknown_kind_of_area_is_refused(tmp_path: Path) -> None:
    lake = write(tmp_path / "lake", two_states(tmp_path))
    with pytest.raises(UsageError, match=r"no such kind of area.*county.*state, cbsa, zip3"):
        benchmark(lake, "32557", as_of=AS_OF, by=("county",))


def test_the_newest_registry_that_is_not_after_the_date_answers(tmp_path: Path) -> None:
    days = [date(2026, 8, 1), date(2026, 7, 15), date(2025, 1, 1), date(2027, 1, 1)]
    registries = Registries(tuple((day, (Provider("1"),)) for day in days))
    with write(tmp_path / "lake", Described((), registries=registries)).connect() as connection:
        ids = [one[1] for one in registry_files(connection, AS_OF)]
        rows = connection.execute("SELECT content_id, release FROM contents").fetchall()
        released = dict(rows)
    assert [released[one] for one in ids] == [
        "2026-07-15", "2025-01-01", "2026-08-01", "2027-01-01",
    ]  # fmt: skip


def test_the_short_numbers_of_these_tests_are_npis_or_are_none() -> None:
    """By hand: 24 + 2 = 26 of 100000000, so its check digit is 4."""
    assert (written("0"), written("x7")) == ("0", "1000000007")
    assert written("1")[:9] == "100000001"


@pytest.mark.parametrize(
    ("system", "code", "family"),
    [
        ("cpt", "30000", "respiratory"), ("cpt", "31499", "respiratory"),
        ("cpt", "31505", "laryngoscopy"), ("cpt", "31579", "laryngoscopy"),
        ("cpt", "59409", "maternity"), ("cpt", "99213", "evaluation and management"),
        ("cpt", "36415", "venipuncture"), ("hcpcs", "J1100", "drugs"), ("cpt", "0001U", None),
        ("ms-drg", "470", None), ("local", "32557", None),
    ],
)  # fmt: skip
def test_families_are_cut_by_the_ranges_of_the_code_sets(
    system: str, code: str, family: str | None
) -> None:
    assert family_of(system, code) == family


def test_ranges_of_families_never_overlap_and_each_pair_of_the_register_names_one() -> None:
    from ratepress.market.registries import family_ranges

    ranges = sorted((r.first, r.last) for r in family_ranges())
    assert all(first <= last for first, last in ranges)
    assert all(last < first for (_, last), (first, _) in itertools.pairwise(ranges))
    assert {family for _, family in ghost_pairs()} <= {r.family for r in family_ranges()}
    assert ("207W", "maternity") in ghost_pairs()
    assert ("207W", "eye") not in ghost_pairs()
    assert ("152W", "eye") not in ghost_pairs()
