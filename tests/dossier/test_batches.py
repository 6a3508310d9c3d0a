"""Dossiers made together are those made one by one, each on a plain connection of its own."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ratepress
from ratepress.codes.argument import CodeRef
from ratepress.coding.family import circle, family
from ratepress.coding.subject import Subject, find_subject
from ratepress.dossier.build import (
    RATES_A_BATCH,
    READ,
    batches,
    codes_with_data,
    dossier_of,
    dossiers,
    rates_of,
)
from ratepress.dossier.context import Context
from ratepress.dossier.source_files import SourceFiles
from ratepress.lake.store import Lake
from ratepress.market.agreement import run_agreement
from ratepress.market.benchmark import run_market
from ratepress.market.steps import steps
from ratepress.press.demo import example_files
from ratepress.readers.add import add

DAY = date(2026, 7, 15)


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake of the packaged example files."""
    lake = Lake.create(tmp_path_factory.mktemp("examples") / "lake")
    for path in example_files():
        add(lake, path)
    return lake


def test_a_batch_makes_the_dossiers_of_a_plain_connection(examples: Lake) -> None:
    codes = [CodeRef("cpt", code) for code in ("32551", "32555", "32557", "76942", "99213")]
    connection, manifest = examples.snapshot()
    together = list(dossiers(connection, manifest, codes, DAY, "balanced"))
    for code, made in zip(codes, together, strict=True):
        alone, same = examples.snapshot()
        run_market(alone, [code], DAY, ("state",))
        run_agreement(alone)
        assert made == dossier_of(Context(alone, code, DAY, "balanced"), SourceFiles(same))


def test_every_code_of_the_files_is_found_in_its_system(examples: Lake) -> None:
    connection = examples.connect()
    found = codes_with_data(connection, DAY)
    rows = connection.execute(
        "SELECT DISTINCT code_system, code FROM rates UNION SELECT DISTINCT code_system, code "
        "FROM charges"
    ).fetchall()
    assert {CodeRef(*row) for row in rows if None not in row} <= set(found)
    schedule = {row[0] for row in connection.execute("SELECT code FROM pfs_rvu").fetchall()}
    assert {code.code for code in found if code.system in ("cpt", "hcpcs")} >= schedule
    assert found == sorted(set(found))


_CODES = st.lists(
    st.builds(CodeRef, st.sampled_from(["cpt", "hcpcs"]), st.integers(1, 40).map(str))
)


@given(_CODES, st.lists(st.integers(0, 3 * RATES_A_BATCH // 2), min_size=80, max_size=80))
def test_no_batch_has_more_rates_than_it_may_but_for_one_code_alone(
    codes: list[CodeRef], rates: list[int]
) -> None:
    every = [CodeRef(system, str(n)) for system in ("cpt", "hcpcs") for n in range(1, 41)]
    n_rates = dict(zip(every, rates, strict=True))
    cut = batches(codes, n_rates)
    assert [code for part in cut for code in part] == sorted(set(codes))
    for part in cut:
        assert len({code.system for code in part}) == 1
        assert len(part) == 1 or sum(n_rates[code] for code in part) <= RATES_A_BATCH
    for one, after in pairwise(cut):  # None is cut short without need.
        held = sum(n_rates[code] for code in one) + n_rates[after[0]]
        assert one[0].system != after[0].system or held > RATES_A_BATCH


def test_every_table_of_the_market_that_the_room_names_is_kept_for_it() -> None:
    named = {step.name for step in steps()}
    package = Path(ratepress.__file__).parent
    texts = [
        *package.glob("dossier/**/*.py"), *package.glob("market/agreement/**/*.py"),
        *package.glob("market/agreement/**/*.sql"), package / "market/diff.py",
    ]  # fmt: skip
    found = {
        name
        for path in texts
        for name in re.findall(r"(?:FROM|JOIN) (\w+)", path.read_text("utf-8"))
        if name in named
    }
    # `prices` is what the agreement calls a table of its own rows; of the market's it reads none.
    assert found - {"prices"} <= READ
    assert found >= READ


def test_the_rates_of_a_code_are_those_of_all_files(example_lake: Lake) -> None:
    connection = example_lake.connect()
    asked = "SELECT count(*) FROM rates WHERE code_system = 'cpt' AND code = '32557'"
    assert rates_of(connection)[CodeRef("cpt", "32557")] == connection.execute(asked).fetchone()[0]


def test_batches_are_of_one_system_and_hold_each_code_once() -> None:
    codes = [CodeRef("cpt", f"{n:05}") for n in range(1200)] + [CodeRef("apc", "5182")]
    cut = batches([*codes, codes[0]])
    assert [len(batch) for batch in cut] == [1, 400, 400, 400]
    assert sorted(code for batch in cut for code in batch) == sorted(codes)


def test_the_circle_of_codes_holds_every_member_of_their_families(examples: Lake) -> None:
    connection = examples.connect()
    sizes = []
    for code in ("32557", "76942", "99213"):
        subject = find_subject(connection, code, DAY, code)
        assert isinstance(subject, Subject)
        members = {one.code for one in family(connection, subject).members}
        assert members - {code} <= set(circle(connection, [code]))
        sizes.append(len(members))
    assert max(sizes) > 1
