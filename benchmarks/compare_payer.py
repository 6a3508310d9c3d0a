"""One payer file, read by `ratepress add`, by its limits and by other tools.

    python benchmarks/make_payer_file.py /tmp/payer.json.gz --megabytes 600
    python benchmarks/compare_payer.py /tmp/payer.json.gz --rivals VENV/bin --repeat 3

`--rivals` is the `bin` of an environment that has cms-mrf-extractor 0.1.2 and mrfkit 0.1.0; they
run without a network where `unshare` is allowed to take it away. Each run is a process of its
own, start-up included; shown are medians of seconds and the largest resident size.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from functools import partial
from pathlib import Path

from measure import may_unshare, median_of, run

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Run each reader on the file, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--rivals", type=Path, help="the `bin` folder with the other tools")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--skip", nargs="*", default=[], help="names of readers to leave out")
    asked = parser.parse_args()
    print("| process | wall, s | CPU, s | ratio of wall to bare decompression | peak memory, MB |")
    print("| --- | --- | --- | --- | --- |")
    limit = 0.0
    for name in ("decompress", "parse_json", "add", "cms-mrf-extractor", "mrfkit"):
        if name in asked.skip or (not asked.rivals and name in ("cms-mrf-extractor", "mrfkit")):
            continue
        found = median_of(asked.repeat, partial(_run, name, asked.file, asked.rivals))
        if found is None:
            sys.exit(f"{name} failed on {asked.file.name}")
        wall, cpu, peak = found
        limit = limit or wall
        print(f"| {name} | {wall:.2f} | {cpu:.2f} | {wall / limit:.1f} | {peak:.0f} |", flush=True)


def _run(name: str, file: Path, rivals: Path | None) -> tuple[float, float, float] | None:
    with tempfile.TemporaryDirectory() as folder:
        return run(_command(name, file, rivals, Path(folder)))


def _command(name: str, file: Path, rivals: Path | None, folder: Path) -> list[str]:
    if rivals is None or name in ("decompress", "parse_json", "add"):
        return [sys.executable, str(HERE / "cases.py"), name, str(file)]
    alone = ["unshare", "-rn"] if may_unshare() else []
    if name == "mrfkit":
        return [*alone, str(rivals / "mrfkit"), str(file), "-o", str(folder / "out")]
    inside = folder / "in"
    inside.mkdir()
    shutil.copyfile(file, inside / file.name)
    return [*alone, str(rivals / "mrf-extract"), str(inside), "-o", str(folder / "out"), "-q"]


if __name__ == "__main__":
    main()
