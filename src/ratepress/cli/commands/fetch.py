"""`ratepress fetch`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ratepress.cli.options import AsJson
from ratepress.cli.output import Unfinished, done, reading, table
from ratepress.core.errors import NetworkRefused, RatepressError

if TYPE_CHECKING:
    from ratepress.fetch.cms_hpt import Location
    from ratepress.fetch.download import Fetched
    from ratepress.fetch.indexes import Link
    from ratepress.fetch.states import Failed
    from ratepress.fetch.transport import Session
    from ratepress.fetch.urls import Policy

DEFAULT_FOLDER = Path("fetched")
_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")

Urls = Annotated[
    list[str],
    typer.Argument(metavar="URL", help="https addresses of files or indexes; or an index's path."),
]
Match = Annotated[
    str | None,
    typer.Option(
        metavar="PATTERN",
        help="Of an index: files whose URL or description has this in it; `*` is anything.",
    ),
]
Plan = Annotated[
    str | None,
    typer.Option(
        metavar="PLAN", help="Of an index: files of plans with this id, or in their name."
    ),
]
Limit = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Of an index: the first N files.")
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Say what would be fetched, and how large it is.")
]
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder for the files.")]


def fetch(
    urls: Urls,
    *,
    match: Match = None,
    plan: Plan = None,
    limit: Limit = None,
    dry_run: DryRun = False,
    out: Out = DEFAULT_FOLDER,
    as_json: AsJson = False,
) -> None:
    """Download price files, or those that an index lists; a broken download goes on.

    An index is a payer's table of contents or a hospital's cms-hpt.txt. Its files are fetched
    where --match, --plan or --limit says which; `--match '*'` takes them all. The locations, pages
    and contacts of a cms-hpt.txt (`https://HOST/cms-hpt.txt`) are listed. Files that are there
    already are asked for only if they changed. A link that fails does not stop the others.

    Only https is fetched, from public addresses. Nothing is added to the lake.

    Python: `ratepress.fetch.download.fetch`, `ratepress.fetch.indexes.links` and `locations`.
    """
    from ratepress.fetch.transport import Session

    with Session() as session:
        job = _Job(session, out, (match, plan, limit), is_dry=dry_run)
        for url in urls:
            job.take(url)
    job.report(as_json=as_json)


class _Job:
    """What one run lists, fetches and fails at."""

    def __init__(
        self,
        session: Session,
        out: Path,
        selection: tuple[str | None, str | None, int | None],
        *,
        is_dry: bool,
    ) -> None:
        self._session = session
        self._out = out
        self._selection = selection
        self._is_dry = is_dry
        self._files: list[Fetched] = []
        self._listed: list[dict[str, object]] = []
        self._locations: list[Location] = []
        self._failed: list[Failed] = []
        self._errors: list[RatepressError] = []
        self._notes: list[str] = []

    def take(self, url: str) -> None:
        """One argument: a file, or an index of files."""
        try:
            if "://" not in url:
                self._index(Path(url), self._policy(""))
            elif self._is_dry:
                self._look_at(url)
            else:
                self._file_or_index(url)
        except RatepressError as error:
            self._errors.append(error)

    def _policy(self, url: str) -> Policy:
        from ratepress.fetch.urls import Policy, names_loopback

        # Whoever names this machine means it; no link and no redirect of others leads there.
        return Policy(allow_loopback=names_loopback(url))

    def _file_or_index(self, url: str) -> None:
        from ratepress.fetch.cms_hpt import names_cms_hpt
        from ratepress.fetch.indexes import is_index

        policy = self._policy(url)
        got = self._fetch(url, policy)
        if got is None:
            return
        path = Path(got.path)
        if any(value is not None for value in self._selection):
            self._index(path, policy)
        elif is_index(path) or names_cms_hpt(url):
            self._list_locations(path)
            self._notes.append(
                f"{path.name} is an index; none of its files was fetched. "
                "--match, --plan or --limit says which to fetch"
            )

    def _look_at(self, url: str) -> None:
        """A dry run downloads nothing but an index, into a folder that goes again."""
        from tempfile import TemporaryDirectory

        from ratepress.fetch.cms_hpt import names_cms_hpt
        from ratepress.fetch.download import fetch as fetch_one
        from ratepress.fetch.indexes import index_kind
        from ratepress.fetch.sizes import Sized, peek

        policy = self._policy(url)
        seen = peek(url, session=self._session, policy=policy)
        if not isinstance(seen, Sized):
            self._failed.append(seen)
        elif index_kind(seen.head) is None and not names_cms_hpt(url):
            self._listed.append({"url": seen.url, "kind": "file", "bytes": seen.size})
        else:
            with TemporaryDirectory() as folder, reading(seen.url) as reached:
                got = fetch_one(url, folder, session=self._session, policy=policy, progress=reached)
                self._index(Path(got.path), policy)

    def _list_locations(self, path: Path) -> None:
        from ratepress.fetch.indexes import TABLE_OF_CONTENTS, kind_of, locations

        if kind_of(path) != TABLE_OF_CONTENTS:
            self._locations += locations(path)

    def _index(self, path: Path, policy: Policy) -> None:
        from ratepress.fetch.indexes import links

        if self._is_dry:
            self._list_locations(path)
        match, plan, limit = self._selection
        for link in links(path, match=match, plan=plan, limit=limit):
            if self._is_dry:
                self._measure(link, policy)
            else:
                self._fetch(link.url, policy)

    def _measure(self, link: Link, policy: Policy) -> None:
        from ratepress.fetch.sizes import Sized, size_of

        seen = size_of(link.url, session=self._session, policy=policy)
        if isinstance(seen, Sized):
            what = {"kind": link.kind, "description": link.description, "n_plans": link.n_plans}
            self._listed.append({"url": seen.url, "bytes": seen.size, **what})
        else:
            self._failed.append(seen)

    def _fetch(self, url: str, policy: Policy) -> Fetched | None:
        from ratepress.fetch.download import Fetched, try_fetch
        from ratepress.fetch.urls import shown

        with reading(shown(url).rpartition("/")[2]) as reached:
            found = try_fetch(
                url, self._out, session=self._session, policy=policy, progress=reached
            )
        if isinstance(found, Fetched):
            self._files.append(found)
            return found
        self._failed.append(found)
        return None

    def report(self, *, as_json: bool) -> None:
        """Print what was done; raises where anything failed."""
        from msgspec import to_builtins

        from ratepress.fetch.urls import shown

        data: dict[str, object] = {
            "files": self._files,
            "listed": self._listed,
            "failed": self._failed,
        }
        if self._locations:
            # Queries of links are signatures: never printed.
            data["locations"] = [
                to_builtins(one) | {"mrf_url": one.mrf_url and shown(one.mrf_url)}
                for one in self._locations
            ]
        errors = [*self._errors, *(failed.error() for failed in self._failed)]
        if not errors:
            done("fetch", data, self._show, as_json=as_json, notes=self._notes)
            return
        if not as_json:
            self._show()
        n_good = len(self._files) + len(self._listed)
        if len(errors) == 1 and not n_good:
            raise Unfinished(errors[0], data)
        others = [error for error in errors if not isinstance(error, NetworkRefused)]
        kind = type(others[0]) if others else NetworkRefused
        count = f"{len(errors):,} of {len(errors) + n_good:,}"
        raise Unfinished(kind(f"{count} were not fetched; the first: {errors[0]}"), data)

    def _show(self) -> None:
        if self._locations:
            from ratepress.fetch.urls import shown

            table(
                ("location", "file", "page", "contact"),
                [
                    (
                        one.name,
                        one.mrf_url and shown(one.mrf_url),
                        one.source_page_url,
                        " ".join(filter(None, (one.contact_name, one.contact_email))),
                    )
                    for one in self._locations
                ],
            )
        if self._listed:
            rows = [
                (one["url"], one["kind"], one.get("description"), size_text(one["bytes"]))
                for one in self._listed
            ]
            table(("file", "kind", "description", "size"), rows, numbers=("size",))
        if self._files:
            table(
                ("file", "size", "SHA-256", ""),
                [
                    (
                        one.path,
                        size_text(one.bytes),
                        one.sha256[:12],
                        "" if one.was_new else "was there already",
                    )
                    for one in self._files
                ],
                numbers=("size",),
            )
        if self._failed:
            table(
                ("not fetched", "state", "why"),
                [(one.url, one.state.value, one.reason) for one in self._failed],
            )


def size_text(size: object) -> str:
    """A number of bytes for people; `not stated` where the server does not say.

    >>> size_text(1536), size_text(None), size_text(12)
    ('1.5 KiB', 'not stated', '12 bytes')
    """
    if not isinstance(size, int):
        return "not stated"
    power = min(max(size.bit_length() - 1, 0) // 10, len(_UNITS) - 1)
    return f"{size / 1024**power:,.1f} {_UNITS[power]}" if power else f"{size:,} bytes"
