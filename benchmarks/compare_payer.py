"""One payer file, read by `ratepress add`, by its limits and by other tools.

    python benchmarks/make_payer_file.py /tmp/payer.json.gz --megabytes 600
    python benchmarks/compare_payer.py /tmp/payer.json.gz --rivals VENV/bin --repeat 3

`--rivals` is the `bin` of an environment that has cms-mrf-extractor 0.1.2 and mrfkit 0.1.0; they
run without a network where `unshare` is allowed to take it away. Each run is a process of its
own, start-up included; shown are medians of seconds and the largest resident size.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from measure import compare


def main() -> None:
    """Run each reader on the file, and print a table."""
    compare(
        __doc__,
        ("decompress", "start_fast", "parse_json", "add"),
        ("cms-mrf-extractor", "mrfkit"),
        _command,
        ratio="ratio of wall to bare decompression",
        by_cpu=False,
    )


def _command(name: str, file: Path, rivals: Path, folder: Path) -> list[str]:
    if name == "mrfkit":
        return [str(rivals / name), str(file), "-o", str(folder / "out")]
    inside = folder / "in"
    inside.mkdir()
    shutil.copyfile(file, inside / file.name)
    return [str(rivals / "mrf-extract"), str(inside), "-o", str(folder / "out"), "-q"]


if __name__ == "__main__":
    main()
