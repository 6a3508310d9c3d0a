"""The command `ratepress`: its list of commands, and where a run begins."""

from __future__ import annotations

import atexit
import gc
import sys
from typing import Annotated, NoReturn

import typer

from ratepress.cli.commands import (
    add,
    benchmark,
    check,
    code,
    compare,
    demo,
    diff,
    explain,
    fetch,
    inspect,
    optimize,
    policies,
    price,
    publish,
    remove,
    reprice,
    sources,
    verify,
)
from ratepress.cli.memory import keep_memory
from ratepress.cli.run import run
from ratepress.core.errors import UsageError

app = typer.Typer(
    name="ratepress",
    help=("One honest page per billing code, from published price files and Medicare's schedules."),
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)
for _command in (
    fetch.fetch,
    inspect.inspect,
    add.add,
    sources.sources,
    remove.remove,
    verify.verify,
    optimize.optimize,
    price.price,
    reprice.reprice,
    code.code,
    check.check,
    policies.policies,
    benchmark.benchmark,
    compare.compare,
    diff.diff,
    explain.explain,
    publish.publish,
    demo.demo,
):
    app.command()(_command)


@app.callback(invoke_without_command=True)
def _about(
    context: typer.Context,
    *,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    if version:
        from importlib.metadata import version as installed

        sys.stdout.write(f"ratepress {installed('ratepress')}\n")
        raise typer.Exit
    if context.invoked_subcommand is None:
        raise UsageError("No command is named", todo="`ratepress --help` lists them")


def main() -> NoReturn:
    """The console script."""
    # What is left at the end goes with the process: a search for cycles in it takes longer than
    # some commands.
    atexit.register(gc.freeze)
    keep_memory()
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character shows its number in place of a traceback.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    sys.exit(run(app, sys.argv[1:]))
