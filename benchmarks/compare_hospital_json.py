"""One hospital JSON file, read by `ratepress add`, by its limits and by mrfkit.

    python benchmarks/compare_hospital_json.py FILE.json.gz --rivals VENV/bin --repeat 5

`--rivals` is the `bin` of an environment that has mrfkit 0.1.0; it runs without a network where
`unshare` is allowed to take it away. `add, plain` is the reader that small files and odd ones go
through. Each run is a process of its own, start-up included, and the readers take turns, so that a
machine that is busy for a while is so for all. Shown are medians and the largest resident size.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from measure import may_unshare, run

HERE = Path(__file__).resolve().parent
_PLAIN = """
import sys, tempfile, pathlib
from ratepress.lake.store import Lake
from ratepress.readers import add
from ratepress.readers.hospital import HospitalJson
add.READERS = (HospitalJson(is_fast=False),)
add.add(Lake.create(pathlib.Path(tempfile.mkdtemp(dir=sys.argv[2])) / "lake"), sys.argv[1])
"""


def main() -> None:
    """Run each reader on the file, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--rivals", type=Path, help="the `bin` folder with mrfkit")
    parser.add_argument("--repeat", type=int, default=5)
    asked = parser.parse_args()
    runs: dict[str, list[tuple[float, float, float]]] = {}
    for _ in range(asked.repeat):
        with tempfile.TemporaryDirectory() as folder:
            for name, command in _commands(asked.file, asked.rivals, folder).items():
                found = run(command)
                if found is None:
                    sys.exit(f"{name} failed on {asked.file.name}")
                runs.setdefault(name, []).append(found[:3])
    print("| process | wall, s | CPU, s | CPU, times that of add | peak memory, MB |")
    print("| --- | --- | --- | --- | --- |")
    own = statistics.median(cpu for _, cpu, _ in runs["add"])
    for name, measures in runs.items():
        wall, cpu, _ = (statistics.median(column) for column in zip(*measures, strict=True))
        peak = max(peak for _, _, peak in measures)
        print(f"| {name} | {wall:.2f} | {cpu:.2f} | {cpu / own:.1f} | {peak:.0f} |")


def _commands(file: Path, rivals: Path | None, folder: str) -> dict[str, list[str]]:
    cases = [sys.executable, str(HERE / "cases.py")]
    commands = {
        "start": [*cases, "start", str(file)],
        "decompress": [*cases, "decompress", str(file)],
        "parse_json": [*cases, "parse_json", str(file)],
        "add": [sys.executable, "-m", "ratepress", "add", str(file), "--lake", f"{folder}/lake"],
        "add, plain": [sys.executable, "-c", _PLAIN, str(file), folder],
    }
    if rivals:
        mrfkit = [str(rivals / "mrfkit"), str(file), "-o", f"{folder}/out"]
        commands["mrfkit"] = ["unshare", "-rn", *mrfkit] if may_unshare() else mrfkit
    return commands


if __name__ == "__main__":
    main()
