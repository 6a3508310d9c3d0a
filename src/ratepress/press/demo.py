"""The demo: a lake of the packaged example files and the pages of the chest-drainage family.

It runs what `ratepress add` and `ratepress publish` run, and nothing is built beforehand. What the
example files are, and where their figures come from: examples/ORIGINS.md.
"""

from __future__ import annotations

import time
from datetime import date
from importlib.resources import files
from pathlib import Path

import msgspec

from ratepress.core.errors import MissingReferenceData
from ratepress.lake.store import Lake
from ratepress.readers.add import add

# The headline code first, then its family, the imaging that goes with it, and a common visit.
DEMO_CODES = ("32557", "32556", "32555", "32554", "32550", "32551", "32552", "76942", "99213")
# Within the quarter of the newest fee schedule of the examples, so that no release is substituted.
DEMO_DATE = date(2026, 7, 15)
_DATA_SUFFIXES = frozenset({".csv", ".json", ".gz"})


class DemoResult(msgspec.Struct, frozen=True, kw_only=True):
    """What the demo made: the lake, the pages with that of 32557 first, and the time it took.

    `added` is how many example files were new to the lake: none in a second run.
    """

    lake: Path
    pages: tuple[Path, ...]
    added: int
    seconds: float


def example_files() -> tuple[Path, ...]:
    """The packaged example files that hold data, by name.

    Raises `MissingReferenceData` where the installation has none.

    >>> [path.name for path in example_files()][:2]
    ['GPCI2025.csv', 'GPCI2026.csv']
    """
    package = Path(str(files("ratepress")))
    # Beside the modules in a wheel; beside `src` in a checkout.
    places = (package / "examples", package.parents[1] / "examples")
    folder = next((place for place in places if (place / "ORIGINS.md").is_file()), None)
    if folder is None:
        raise MissingReferenceData(
            f"{places[0]}: the example files of ratepress are not there",
            todo="install ratepress again, from a wheel or a whole checkout",
        )
    return tuple(sorted(path for path in folder.iterdir() if path.suffix in _DATA_SUFFIXES))


def demo(folder: Path) -> DemoResult:
    """Read the examples into `folder/lake` and publish `DEMO_CODES` to `folder/site`.

    In a folder that has a demo lake already, the files are observed again and not read twice.
    Raises `UsageError` where `folder/lake` holds something else.
    """
    from ratepress.press.publish import publish

    began = time.perf_counter()
    lake = Lake.create(folder / "lake")
    added = sum(add(lake, path).was_new for path in example_files())
    published = publish(lake, DEMO_CODES, folder / "site", as_of=DEMO_DATE)
    return DemoResult(
        lake=lake.root,
        pages=published.pages,
        added=added,
        seconds=time.perf_counter() - began,
    )
