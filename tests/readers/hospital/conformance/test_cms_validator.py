"""CMS's own validator (npm, 2.4.0) and ours say the same of every file, by rule and by cell.

The files: its fixtures, the templates and examples of the data dictionary, heads of real files,
and 500 files made wrong by chance. Differences that are known and why: the reference page
hospital-conformance, D1 to D8, which cms_validator.py applies by these numbers.
"""

from __future__ import annotations

import gzip
import io
from itertools import islice
from pathlib import Path

import pytest

from cms_validator import Absent, Answer, Case, ask, differences, install
from hospital_mutations import mutated_csv, mutated_json
from ratepress.core.rules import registry
from ratepress.readers.hospital.conformance.check import hold
from ratepress.readers.hospital.conformance.findings import Finding
from ratepress.readers.source import Source

pytestmark = pytest.mark.files
VERSIONS = ("2.0.0", "2.1.0", "2.2.0", "3.0.0")
FIXTURES = "hpt_validator_fixtures/CMSgov__hpt-validator"
EXAMPLES = "hpt_examples/CMSgov__hospital-price-transparency"
TEMPLATES = "hpt_template/CMSgov__hospital-price-transparency"
REAL = "hpt_real_v3/lkowalcz__hospital-price-history"
GOOD = {
    "2": (
        f"{FIXTURES}/sample-tall-valid.csv", f"{FIXTURES}/sample-wide-valid.csv",
        f"{EXAMPLES}/V2.0.0_Tall_CSV_Format_Example.csv",
        f"{EXAMPLES}/V2.0.0_Wide_CSV_Format_Example.csv",
        f"{FIXTURES}/sample-valid-drug-info.json", f"{EXAMPLES}/V2.0.0_JSON_Format_Example.json",
    ),
    "3": (
        f"{EXAMPLES}/V3.0.0_Tall_CSV_Format_Example.csv",
        f"{EXAMPLES}/V3.0.0_Wide_CSV_Format_Example.csv",
        f"{EXAMPLES}/v3_json_format_example.json", f"{FIXTURES}/3.0_sample-valid-drug-info.json",
    ),
}  # fmt: skip
N_MUTATIONS = 500
HEAD_ROWS = {
    f"{REAL}/emory-university-hospital.csv.gz": 3_000,
    f"{REAL}/marthas-vineyard.csv": 3_000,
    f"{REAL}/md-anderson_wide_excerpt.csv.gz": 100,
    "derived/lkowalcz__hospital-price-history/marthas-vineyard_as_v2.2.0_tall.csv.gz": 3_000,
}


def cases_of(data: Path, folder: Path) -> list[Case]:
    prices = data / "price_files"
    cases = [
        Case(path, version)
        for place in (FIXTURES, EXAMPLES, TEMPLATES)
        for path in sorted((prices / place).iterdir())
        for version in VERSIONS
    ]
    for n, (name, rows) in enumerate(HEAD_ROWS.items()):
        path = folder / f"head-{n}.csv"
        path.write_bytes(_head(prices / name, rows))
        cases += [Case(path, version) for version in ("2.2.0", "3.0.0")]
    derived = prices / "derived/lkowalcz__hospital-price-history/adventhealth_as_v2.2.0.json.gz"
    whole = folder / "whole.json"
    whole.write_bytes(gzip.decompress(derived.read_bytes()))
    return [*cases, Case(whole, "2.2.0"), *_mutations(prices, folder)]


def _head(path: Path, rows: int) -> bytes:
    """The first lines of a real file; none of these has a line break in a cell."""
    data = path.read_bytes()
    data = gzip.decompress(data) if path.suffix == ".gz" else data
    return b"".join(islice(io.BytesIO(data), rows + 3))


def _mutations(prices: Path, folder: Path) -> list[Case]:
    cases = []
    for seed in range(N_MUTATIONS):
        version = (*VERSIONS, "3.0.0")[seed % 5]
        good = GOOD[version[0]]
        path = prices / good[seed // 5 % len(good)]
        mutate = mutated_json if path.suffix == ".json" else mutated_csv
        out = folder / f"{seed}{path.suffix}"
        out.write_bytes(mutate(path.read_bytes(), seed))
        cases.append(Case(out, version))
    return cases


@pytest.fixture(scope="module")
def asked(
    data_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> list[tuple[Case, list[Finding], Answer]]:
    try:
        validator = install()
    except Absent as reason:
        pytest.skip(f"CMS's validator is not there: {reason}")
    cases = cases_of(data_folder, tmp_path_factory.mktemp("cases"))
    answers = ask(validator, cases)
    return [(case, _found(case), answer) for case, answer in zip(cases, answers, strict=True)]


def _found(case: Case) -> list[Finding]:
    found: list[Finding] = []
    hold(Source(case.path), against=case.version, each=found.append)
    return found


def test_both_say_the_same_of_every_file(
    asked: list[tuple[Case, list[Finding], Answer]],
) -> None:
    differing = {
        (case.path.name, case.version): sorted(differ)
        for case, found, answer in asked
        if (differ := differences(case, found, answer))
    }
    assert differing == {}


def test_every_rule_that_mirrors_theirs_was_met_in_agreement(
    asked: list[tuple[Case, list[Finding], Answer]],
) -> None:
    """So that agreement is not of files in which nothing was wrong."""
    met = {one.rule_id for _, found, answer in asked if answer.facts for one in found}
    mirrored = {
        rule.id
        for rule in registry().values()
        if rule.id.startswith("F4") and "cms_validator" in rule.parameters
    }
    # Each case names its version, so none is unknown; F410 is that they stop, and we go on.
    assert mirrored - met <= {"F400", "F410"}


def test_both_know_most_of_the_files_to_be_faulty(
    asked: list[tuple[Case, list[Finding], Answer]],
) -> None:
    faulty = sum(bool(answer.facts) for _, _, answer in asked)
    assert faulty > len(asked) / 2
