"""`ratepress add`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from ratepress.cli.commands.sources import reasons
from ratepress.cli.options import DEFAULT_LAKE, AsJson, LakeFolder
from ratepress.cli.output import Bar, Unfinished, done, failed, reading_each, say, table, working

if TYPE_CHECKING:
    from ratepress.core.errors import RatepressError
    from ratepress.lake.store import Lake
    from ratepress.readers.add import Added
    from ratepress.readers.references import References

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
Salvage = Annotated[
    bool,
    typer.Option(
        "--salvage",
        help="Load the readable part of a payer's file that was cut off, and mark it incomplete.",
    ),
]
FetchReferences = Annotated[
    bool,
    typer.Option(
        "--fetch-references",
        help="Fetch provider references that a payer's file keeps at other addresses.",
    ),
]
AllowHost = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-host", metavar="HOST", help="A host that references may come from; repeatable."
    ),
]
AskAgain = Annotated[
    bool,
    typer.Option("--ask-again", help="Ask anew for references that were fetched or absent."),
]
MaxReferences = Annotated[
    int,
    typer.Option("--max-references", min=1, metavar="N", help="Ask for N references at most."),
]


NoOptimize = Annotated[
    bool,
    typer.Option("--no-optimize", help="Leave the files as they land, whatever their number."),
]
Jobs = Annotated[
    int,
    typer.Option(
        "--jobs", "-j", min=1, metavar="N", help="Read N files at once, each in a process."
    ),
]


class _Wanted(NamedTuple):
    """What the command line says of provider references."""

    is_wanted: bool
    hosts: list[str]
    again: bool
    most: int


def add(
    files: Files,
    lake: LakeFolder = DEFAULT_LAKE,
    *,
    jobs: Jobs = 1,
    keep_going: KeepGoing = False,
    salvage: Salvage = False,
    fetch_references: FetchReferences = False,
    allow_host: AllowHost = None,
    ask_again: AskAgain = False,
    max_references: MaxReferences = 10_000,
    no_optimize: NoOptimize = False,
    as_json: AsJson = False,
) -> None:
    """Read price files and fee schedules into the lake, and make the lake where there is none.

    Each file is a commit of its own: it is in the lake whole, or not at all. The first file that
    fails ends the run; those before it stay. Bytes that the lake has already are not read again.

    With --jobs several files are read at once and committed in the order of the command line, so
    the lake is the same. It takes as much memory for each; a file whose process is killed fails.

    Nothing is fetched without --fetch-references, and then only from the hosts of --allow-host. It
    works for files that are in the lake already too; what was fetched before is not fetched again.

    When enough has landed the lake is sorted by code at the end, as by `ratepress optimize`.

    Python: `ratepress.readers.add.add`; `add_all` where a zip archive may hold several files;
    `ratepress.readers.many.add_many` for several at once;
    `ratepress.readers.references.fetch_references`.
    """
    from ratepress.core.errors import printable
    from ratepress.lake.store import Lake
    from ratepress.readers.many import add_many

    into = Lake.create(lake)
    added: list[Added] = []
    references: dict[str, References] = {}
    errors: list[tuple[Path, RatepressError]] = []
    wanted = _Wanted(fetch_references, allow_host or [], ask_again, max_references)
    with reading_each() as bar:
        outcomes = add_many(
            into,
            files,
            jobs=jobs,
            keep_going=keep_going,
            salvage=salvage,
            progress=lambda path, position: bar(path.name, position, _size(path)),
        )
        with closing(outcomes):
            for outcome in outcomes:
                bar(outcome.path.name)
                added += outcome.added
                error = outcome.error or _fetch(into, outcome.added, wanted, references, bar)
                if error is not None:
                    errors.append((outcome.path, error))
                    if not keep_going:
                        break
    data = {
        "files": [_as_data(one, references) for one in added],
        "failed": [{"path": printable(path), "message": str(error)} for path, error in errors],
    }
    if errors:
        *others, (_, last) = errors
        if not as_json:
            _show(added, references)
            for _, other in others:
                failed("add", other, as_json=False)
        raise Unfinished(last, data)
    if not no_optimize:
        _optimize_if_due(into, data)
    done("add", data, lambda: _show(added, references), as_json=as_json)


def _optimize_if_due(lake: Lake, data: dict[str, object]) -> None:
    """Rewrite the lake where enough has landed; what was added is told though it fails."""
    from ratepress.core.errors import RatepressError
    from ratepress.lake.files import is_due

    if not is_due(lake.manifest()):
        return
    from ratepress.lake.optimize import optimize

    try:
        with working("sorting the lake by code"):
            optimize(lake)
    except RatepressError as error:
        raise Unfinished(error, data) from error


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _fetch(
    lake: Lake, added: Sequence[Added], wanted: _Wanted, found: dict[str, References], bar: Bar
) -> RatepressError | None:
    """Fetch the references of files into `found`, by the file's id; gives back what failed."""
    if not wanted.is_wanted:
        return None  # What fetches takes a tenth of a second to load.
    from ratepress.core.errors import RatepressError
    from ratepress.readers.references import ReferenceLimits, fetch_references

    for one in added:
        if one.content.kind != "payer-in-network":
            continue
        what = f"references of {Path(one.path).name}"
        try:
            mine = fetch_references(
                lake,
                one.content.content_id,
                hosts=wanted.hosts,
                again=wanted.again,
                limits=ReferenceLimits(count=wanted.most),
                progress=partial(bar, what),
            )
        except RatepressError as error:
            return error
        finally:
            bar(what)
        if mine.n_groups:
            found[mine.content_id] = mine
    return None


def _as_data(one: Added, references: dict[str, References]) -> dict[str, object]:
    from ratepress.lake.sources import listed

    data = {"path": one.path, "was_new": one.was_new, "source": listed(one.content, [])}
    found = references.get(one.content.content_id)
    return data if found is None else {**data, "references": found}


def _remarks(one: Added) -> list[str]:
    already = [] if one.was_new else ["was in the lake already"]
    return already if one.content.incomplete_at is None else [*already, "incomplete"]


def _show(added: list[Added], references: dict[str, References]) -> None:
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
            ", ".join(_remarks(one)),
        )
        for one in added
    ]
    table(columns, rows, numbers=("read", "loaded"))
    for one in added:
        found = references.get(one.content.content_id)
        if found is not None:
            states = ", ".join(f"{count:,} {state}" for state, count in found.states.items())
            say(f"{Path(one.path).name}: {found.n_groups:,} provider references: {states}.")
