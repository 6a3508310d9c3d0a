"""The command `ratepress`: its list of commands."""

from __future__ import annotations

import sys
from typing import Annotated

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
    export,
    fetch,
    inspect,
    mcp,
    optimize,
    policies,
    price,
    publish,
    remove,
    reprice,
    serve,
    sources,
    verify,
)
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
    export.export,
    serve.serve,
    mcp.mcp,
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
