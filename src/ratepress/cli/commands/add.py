"""`ratepress add`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ratepress.cli.commands.sources import reasons
from ratepress.cli.options import DEFAULT_LAKE, AsJson, LakeFolder
from ratepress.cli.output import Unfinished, done, failed, reading, table

if TYPE_CHECKING:
    from ratepress.core.errors import RatepressError
    from ratepress.lake.store import Lake
    from ratepress.readers.add import Added

Files = Annotated[
    list[Path], typer.Argument(metavar="FILE", help="Files of any known kind, plain, gzip or zip.")
]
KeepGoing = Annotated[
    bool,
    typer.Option(
        "--keep-going",
        help="After a file that fails go on with the next; the exit code is the last failure's.",
    ),
]


def add(
    files: Files,
    lake: LakeFolder = DEFAULT_LAKE,
    *,
    keep_going: KeepGoing = False,
    as_json: AsJson = False,
) -> None:
    """Read price files and fee schedules into the lake, and make the lake where there is none.

    Each file is a commit of its own: it is in the lake whole, or not at all. The first file that
    fails ends the run; those before it stay. Bytes that the lake has already are not read again.

    Python: `ratepress.readers.add.add`; `add_all` where a zip archive may hold several files.
    """
    from ratepress.core.errors import RatepressError
    from ratepress.lake.store import Lake

    into = Lake.create(lake)
    added: list[Added] = []
    errors: list[tuple[Path, RatepressError]] = []
    for path in files:
        try:
            added += _add_one(into, path)
        except RatepressError as error:
            errors.append((path, error))
            if not keep_going:
                break
    data = {
        "files": [_as_data(one) for one in added],
        "failed": [{"path": str(path), "message": str(error)} for path, error in errors],
    }
    if errors:
        *others, (_, last) = errors
        if not as_json:
            _show(added)
            for _, other in others:
                failed("add", other, as_json=False)
        raise Unfinished(last, data)
    done("add", data, lambda: _show(added), as_json=as_json)


def _add_one(lake: Lake, path: Path) -> tuple[Added, ...]:
    from ratepress.readers.add import add_all

    size = path.stat().st_size if path.is_file() else 0
    with reading(path.name, size) as reached:
        return add_all(lake, path, progress=reached)


def _as_data(one: Added) -> dict[str, object]:
    from ratepress.lake.sources import listed

    return {"path": one.path, "was_new": one.was_new, "source": listed(one.content, [])}


def _show(added: list[Added]) -> None:
    if not added:
        return
    columns = ("file", "id", "kind", "publisher", "read", "loaded", "set aside", "")
    rows = [
        (
            Path(one.path).name,
            one.content.content_id[:8],
            one.content.kind,
            one.content.publisher,
            f"{one.content.read:,}",
            f"{one.content.loaded:,}",
            reasons({s.reason: s.count for s in one.content.set_aside}),
            "" if one.was_new else "was in the lake already",
        )
        for one in added
    ]
    table(columns, rows, numbers=("read", "loaded"))
