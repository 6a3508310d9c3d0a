"""`ratepress add`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ratepress.cli.commands.sources import reasons
from ratepress.cli.options import DEFAULT_LAKE, AsJson, LakeFolder
from ratepress.cli.output import Unfinished, done, failed, reading, say, table

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


def add(
    files: Files,
    lake: LakeFolder = DEFAULT_LAKE,
    *,
    keep_going: KeepGoing = False,
    salvage: Salvage = False,
    fetch_references: FetchReferences = False,
    allow_host: AllowHost = None,
    ask_again: AskAgain = False,
    max_references: MaxReferences = 10_000,
    as_json: AsJson = False,
) -> None:
    """Read price files and fee schedules into the lake, and make the lake where there is none.

    Each file is a commit of its own: it is in the lake whole, or not at all. The first file that
    fails ends the run; those before it stay. Bytes that the lake has already are not read again.

    Nothing is fetched without --fetch-references, and then only from the hosts of --allow-host. It
    works for files that are in the lake already too; what was fetched before is not fetched again.

    Python: `ratepress.readers.add.add`; `add_all` where a zip archive may hold several files;
    `ratepress.readers.references.fetch_references`.
    """
    from ratepress.core.errors import RatepressError, printable
    from ratepress.lake.store import Lake

    into = Lake.create(lake)
    added: list[Added] = []
    references: dict[str, References] = {}
    errors: list[tuple[Path, RatepressError]] = []
    for path in files:
        try:
            done_now = _add_one(into, path, salvage=salvage)
            added += done_now
            if fetch_references:
                for one in done_now:
                    references |= _fetch(into, one, allow_host or [], ask_again, max_references)
        except RatepressError as error:
            errors.append((path, error))
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
    done("add", data, lambda: _show(added, references), as_json=as_json)


def _add_one(lake: Lake, path: Path, *, salvage: bool) -> tuple[Added, ...]:
    from ratepress.readers.add import add_all

    size = path.stat().st_size if path.is_file() else 0
    with reading(path.name, size) as reached:
        return add_all(lake, path, salvage=salvage, progress=reached)


def _fetch(
    lake: Lake,
    one: Added,
    hosts: list[str],
    again: bool,
    count: int,
) -> dict[str, References]:
    """The references of one file, by its id; empty for a file that has none anywhere else."""
    from ratepress.readers.references import ReferenceLimits, fetch_references

    if one.content.kind != "payer-in-network":
        return {}
    with reading(f"references of {Path(one.path).name}") as reached:
        found = fetch_references(
            lake,
            one.content.content_id,
            hosts=hosts,
            again=again,
            limits=ReferenceLimits(count=count),
            progress=reached,
        )
    return {found.content_id: found} if found.n_groups else {}


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
