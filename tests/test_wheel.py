"""What a user installs holds all that the package reads at run time."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("hatchling", reason="builds a wheel: pip install hatchling")
ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds what the wheel would install."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "installed")
    return folder / "installed"


def test_the_wheel_holds_every_file_of_the_package(unpacked: Path) -> None:
    package = ROOT / "src" / "ratepress"
    wanted = {
        path.relative_to(package)
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    there = {path.relative_to(unpacked / "ratepress") for path in unpacked.rglob("ratepress/**/*")}
    assert wanted - there == set()


def test_the_wheel_holds_the_example_files_and_their_origins(unpacked: Path) -> None:
    wanted = {path.name for path in (ROOT / "examples").iterdir() if path.suffix in (".csv", ".md")}
    assert "ORIGINS.md" in wanted
    assert wanted <= {path.name for path in (unpacked / "ratepress" / "examples").iterdir()}


def test_the_wheel_carries_the_licence(unpacked: Path) -> None:
    (licence,) = unpacked.glob("*.dist-info/licenses/LICENSE")
    assert "Apache License" in licence.read_text("utf-8")


def test_the_demo_runs_from_what_the_wheel_installs(unpacked: Path, tmp_path: Path) -> None:
    """Outside the checkout, where nothing of it can be found by chance."""
    done = subprocess.run(
        [sys.executable, "-c", "from ratepress.cli.main import main; main()", "demo"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    pages = list(tmp_path.rglob("code/cpt/32557/index.html"))
    assert len(pages) == 1
    assert "32557" in pages[0].read_text("utf-8")
