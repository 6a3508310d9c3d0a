"""Fixtures that every test may use."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from ratepress.lake.store import Lake
from ratepress.readers.add import add

ROOT = Path(__file__).resolve().parents[1]
# How long an example takes says nothing of what is tested, and all of the machine.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_collection_finish() -> None:
    """Ten thousand tests are no garbage: searching them again and again is a tenth of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder of real files; a test that needs it is marked `files` and skipped without it."""
    folder = Path(os.environ.get("RATEPRESS_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "MANIFEST.tsv").is_file():
        pytest.skip(f"the real files are not at {folder}; set RATEPRESS_DATA to where they are")
    return folder


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A new, empty lake."""
    return Lake.create(tmp_path / "lake")


@pytest.fixture(scope="session")
def real_lake(data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake of the real price files and fee schedules: built once a session, in about a minute.

    It is shared, so a test only reads it.
    """
    hospitals = data_folder / "price_files/hpt_real_v3/lkowalcz__hospital-price-history"
    lake = Lake.create(tmp_path_factory.mktemp("real") / "lake")
    for file in (
        hospitals / "emory-university-hospital.csv.gz",
        hospitals / "adventhealth-orlando.json.gz",
        hospitals / "marthas-vineyard.csv",
        data_folder / "price_files/tic_real/dolthub__data-analysis"
        "/carefirst_2020-08-27_in-network-rates_v1.0.0.json.gz",
        data_folder / "medicare/pfs/PPRRVU2025_Oct.redacted.csv",
        data_folder / "medicare/pfs/PPRRVU2026_Jul_nonQPP.redacted.csv",
        data_folder / "medicare/pfs/GPCI2025.csv",
        data_folder / "medicare/pfs/GPCI2026.csv",
    ):
        add(lake, file)
    return lake


@pytest.fixture(scope="session")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a lake of all example files; tests leave it as it is."""
    lake = Lake.create(tmp_path_factory.mktemp("examples") / "lake")
    for path in sorted((ROOT / "examples").iterdir()):
        if path.suffix in (".csv", ".json", ".gz"):
            add(lake, path)
    return lake.root
