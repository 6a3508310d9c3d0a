"""One hospital CSV, read by `ratepress add`, by its floor and by other tools.

    python benchmarks/make_hospital_file.py /tmp/wide.csv
    python benchmarks/compare_hospital.py /tmp/wide.csv --rivals VENV/bin --repeat 3

The floor is DuckDB reading the CSV to Parquet, all of it text and nothing normalised. `--rivals`
is the `bin` of an environment that has mrfkit 0.1.0 and mrf-etl 0.1.1; they run without a network
where `unshare` is allowed to take it away. Each run is a process of its own, start-up included;
shown are medians of seconds and the largest resident size.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from functools import partial
from pathlib import Path

from measure import may_unshare, median_of, run

HERE = Path(__file__).resolve().parent
OWN = ("duckdb_csv", "add")
RIVALS = ("mrfkit", "mrf-etl")


def main() -> None:
    """Run each reader on the file, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--rivals", type=Path, help="the `bin` folder with the other tools")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--skip", nargs="*", default=[], help="names of readers to leave out")
    asked = parser.parse_args()
    print("| process | wall, s | CPU, s | CPU, ratio to the floor | peak memory, MB |")
    print("| --- | --- | --- | --- | --- |")
    floor = 0.0
    for name in (*OWN, *(RIVALS if asked.rivals else ())):
        if name in asked.skip:
            continue
        found = median_of(asked.repeat, partial(_run, name, asked.file, asked.rivals))
        if found is None:
            print(f"| {name} | failed | | | |", flush=True)
            continue
        wall, cpu, peak = found
        floor = floor or cpu
        print(f"| {name} | {wall:.2f} | {cpu:.2f} | {cpu / floor:.1f} | {peak:.0f} |", flush=True)


def _run(name: str, file: Path, rivals: Path | None) -> tuple[float, float, float] | None:
    with tempfile.TemporaryDirectory() as folder:
        return run(_command(name, file, rivals, Path(folder)))


def _command(name: str, file: Path, rivals: Path | None, folder: Path) -> list[str]:
    if rivals is None or name in OWN:
        return [sys.executable, str(HERE / "cases.py"), name, str(file)]
    alone = ["unshare", "-rn"] if may_unshare() else []
    if name == "mrfkit":
        return [*alone, str(rivals / "mrfkit"), str(file), "-o", str(folder / "out")]
    where = ["--input", str(file), "--force", "--out-dir", str(folder / "out")]
    return [*alone, str(rivals / "mrf-etl"), "parse", *where]


if __name__ == "__main__":
    main()
