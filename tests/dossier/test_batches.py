"""Dossiers made together are those made one by one, each on a plain connection of its own."""

from __future__ import annotations

from datetime import date

import pytest

from ratepress.codes.argument import CodeRef
from ratepress.coding.family import circle, family
from ratepress.coding.subject import Subject, find_subject
from ratepress.dossier.build import batches, codes_with_data, dossier_of, dossiers
from ratepress.dossier.context import Context
from ratepress.dossier.source_files import SourceFiles
from ratepress.lake.store import Lake
from ratepress.market.agreement import run_agreement
from ratepress.market.benchmark import run_market
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


def test_batches_are_of_one_system_and_hold_each_code_once() -> None:
    codes = [CodeRef("cpt", f"{n:05}") for n in range(1200)] + [CodeRef("apc", "5182")]
    cut = batches([*codes, codes[0]])
    assert [len(batch) for batch in cut] == [1, 500, 500, 200]
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
