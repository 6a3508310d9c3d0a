"""What one process of the benchmark does: `python cases.py CASE FILE`.

It prints its CPU seconds and its peak memory in MB.
Each case is a process of its own, so that none warms another's memory. The limits do the part
that no reader of such a file can leave out, with the same libraries that ratepress uses.
"""

from __future__ import annotations

import csv
import re
import resource
import sys
import tempfile
import time
from pathlib import Path


def start(_: Path) -> None:
    """Nothing but Python and the imports of `add`."""
    import ratepress.readers.add  # noqa: F401


def start_fast(_: Path) -> None:
    """The same, with the reader of large payer files and its kernels."""
    import ratepress.readers.add  # noqa: F401
    from ratepress.readers.payer.fast.warm import warm

    warm()


def decompress(path: Path) -> None:
    """Every byte of a gzip file, decompressed and dropped."""
    from isal import igzip

    with igzip.GzipFile(path, "rb") as stream:
        while stream.read(1 << 20):
            pass


def parse_json(path: Path) -> None:
    """Every token of a JSON file, parsed by ijson's fastest backend and dropped."""
    import ijson
    from isal import igzip

    with igzip.GzipFile(path, "rb") as stream:
        for _ in ijson.basic_parse(stream, buf_size=1 << 18):
            pass


def read_bytes(path: Path) -> None:
    """Every byte of a plain file, read and dropped."""
    with path.open("rb") as stream:
        while stream.read(1 << 20):
            pass


def parse_csv(path: Path) -> None:
    """Every cell of a CSV file, parsed by the standard library and dropped."""
    with path.open(encoding="utf-8", newline="") as stream:
        for _ in csv.reader(stream):
            pass


def duckdb_csv(path: Path) -> None:
    """Every cell of a hospital CSV as text into Parquet, by DuckDB; nothing is normalised."""
    import duckdb

    with tempfile.TemporaryDirectory() as folder:
        read = duckdb.read_csv(
            str(path), all_varchar=True, skiprows=2, header=True, max_line_size=16 << 20
        )
        read.write_parquet(str(Path(folder) / "cells.parquet"), compression="zstd")


def add(path: Path) -> None:
    """`ratepress add` of the file into a new lake."""
    from ratepress.lake.store import Lake
    from ratepress.readers.add import add as add_file

    with tempfile.TemporaryDirectory() as folder:
        add_file(Lake.create(Path(folder) / "lake"), path)


def peak_megabytes() -> float:
    """The peak resident size of this process.

    Linux keeps the parent's peak in `ru_maxrss` across exec, so its own count is asked first.
    """
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
        if found:
            return int(found[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


CASES = {
    case.__name__: case
    for case in (
        start,
        start_fast,
        decompress,
        parse_json,
        read_bytes,
        parse_csv,
        duckdb_csv,
        add,
    )
}

if __name__ == "__main__":
    CASES[sys.argv[1]](Path(sys.argv[2]))
    print(time.process_time(), peak_megabytes())
