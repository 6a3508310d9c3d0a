"""`ratepress verify`."""

from __future__ import annotations

from ratepress.cli.options import DEFAULT_LAKE, AsJson, LakeFolder
from ratepress.cli.output import Unfinished, done, say, table, working


def verify(lake: LakeFolder = DEFAULT_LAKE, *, as_json: AsJson = False) -> None:
    """Check the lake against its manifest: every file, every count, every key.

    Exit code 7 where something does not agree. Files that no manifest names are listed; they are
    harmless, never read, and swept by the next commit.

    Python: `ratepress.lake.verify.verify`.
    """
    from ratepress.core.errors import LakeDamaged
    from ratepress.lake.store import Lake
    from ratepress.lake.verify import verify as check

    with working("checking the lake"):
        report = check(Lake.open(lake))

    def show() -> None:
        if report.problems:
            columns = ("path", "what", "expected", "found")
            table(columns, [(p.path, p.what, p.expected, p.found) for p in report.problems])
        what = f"{report.n_files:,} files of {report.n_contents:,} sources"
        say(f"{what}, {report.n_rows:,} rows, generation {report.generation}.")
        if report.incomplete:
            say("Incomplete, as was asked for with --salvage:")
            say(*(f"  {content_id}" for content_id in report.incomplete))
        if report.unnamed:
            say(f"{len(report.unnamed):,} leftover files or folders; the next commit sweeps them:")
            say(*(f"  {path}" for path in report.unnamed))

    if report.problems:
        first = report.problems[0]
        if not as_json:
            show()
        raise Unfinished(
            LakeDamaged(
                f"{lake}: {_counted(len(report.problems))}: {first.what}",
                place=first.path,
                found=first.found,
                expected=first.expected,
                todo="remove the sources of these files and add them again",
            ),
            report,
        )
    done("verify", report, show, as_json=as_json)


def _counted(n: int) -> str:
    return "1 problem" if n == 1 else f"{n:,} problems; the first"
