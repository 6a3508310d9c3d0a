"""What became of each published hospital file: `python tests/hospital_results.py DATA_FOLDER`.

One line a file: version declared and detected, rows read, rates, set aside by reason and
deviations by rule, as `ratepress add` counts them; or why the file is refused. The test
`readers/hospital/test_results.py` holds the table to `hospital_results.csv`; `--write` renews it.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ratepress.core.errors import UnreadableInput
from ratepress.readers.add import recognise
from ratepress.readers.base import Tally
from ratepress.readers.counting import CountingWriter
from ratepress.readers.source import Source

PINNED = Path(__file__).with_name("hospital_results.csv")
COLUMNS = (
    "file", "kind", "declared", "detected", "read", "rates", "charges", "items", "set_aside",
    "deviations", "refused",
)  # fmt: skip
_ENDS = (".csv", ".csv.gz", ".json", ".json.gz")
_OF_PAYERS = "dolthub__data-analysis"


def files(data_folder: Path) -> Iterator[Path]:
    """The published hospital files, and those derived from them."""
    folders = [*(data_folder / "price_files").glob("hpt_*"), data_folder / "price_files/derived"]
    for folder in sorted(folders):
        for path in sorted(folder.rglob("*")):
            if path.name.endswith(_ENDS) and path.parent.name != _OF_PAYERS:
                yield path


def result(path: Path) -> dict[str, str]:
    """The line of one file."""
    made = dict.fromkeys(COLUMNS, "") | {"file": f"{path.parent.parent.name}/{path.name}"}
    source, tally, out = Source(path), Tally(), CountingWriter()
    try:
        reader = recognise(source)
        header = reader.read(source, out, tally)
    except UnreadableInput as error:
        return made | {"refused": error.message.replace(path.name, "").lstrip(": ")}
    met: Counter[str] = Counter()
    for (rule, _), n in tally.counts().items():
        met[rule] += n
    rows = out.rows
    return made | {
        "kind": reader.kind,
        "declared": header.declared_version or "",
        "detected": header.detected_version or "",
        "read": str(tally.read),
        **{name: str(rows.get(name, 0)) for name in ("rates", "charges", "items")},
        "set_aside": _listed({s.reason: s.count for s in tally.reconcile(path.name)}),
        "deviations": _listed(met),
    }


def _listed(counts: dict[str, int]) -> str:
    return " ".join(f"{rule}:{n}" for rule, n in sorted(counts.items()))


def _write(rows: list[dict[str, str]], to: Any) -> None:
    out = csv.DictWriter(to, COLUMNS, lineterminator="\n")
    out.writeheader()
    out.writerows(rows)


def main() -> None:
    """Print the table, or renew the pinned one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    rows = [result(path) for path in files(asked.folder)]
    if asked.write:
        with PINNED.open("w", encoding="utf-8", newline="") as out:
            _write(rows, out)
    else:
        _write(rows, sys.stdout)


if __name__ == "__main__":
    main()
