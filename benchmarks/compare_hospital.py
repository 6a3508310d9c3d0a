"""One hospital CSV, read by `ratepress add`, by its floor and by other tools.

    python benchmarks/make_hospital_file.py /tmp/wide.csv
    python benchmarks/compare_hospital.py /tmp/wide.csv --rivals VENV/bin --repeat 3

The floor is DuckDB reading the CSV to Parquet, all of it text and nothing normalised. `--rivals`
is the `bin` of an environment that has mrfkit 0.1.0 and mrf-etl 0.1.1; they run without a network
where `unshare` is allowed to take it away. Each run is a process of its own, start-up included;
shown are medians of seconds and the largest resident size.
"""

from __future__ import annotations

from pathlib import Path

from measure import compare


def main() -> None:
    """Run each reader on the file, and print a table."""
    compare(
        __doc__,
        ("duckdb_csv", "add"),
        ("mrfkit", "mrf-etl"),
        _command,
        ratio="CPU, ratio to the floor",
        by_cpu=True,
    )


def _command(name: str, file: Path, rivals: Path, folder: Path) -> list[str]:
    if name == "mrfkit":
        return [str(rivals / name), str(file), "-o", str(folder / "out")]
    where = ["--input", str(file), "--force", "--out-dir", str(folder / "out")]
    return [str(rivals / name), "parse", *where]


if __name__ == "__main__":
    main()
