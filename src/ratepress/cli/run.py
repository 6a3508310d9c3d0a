"""From the words of a command line to an exit code: every error ends here as one message.

Exit codes: `ratepress.core.errors`; 130 for an interrupt and 141 for a closed pipe, as shells do.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from copy import copy
from typing import Any

import typer

from ratepress.cli import output
from ratepress.core.errors import RatepressError, UsageError

INTERRUPTED = 130
PIPE_CLOSED = 141
DEBUG = "RATEPRESS_DEBUG"
# Typer carries its own copy of click in some versions and not in others; this is the root of the
# errors of whichever it uses: BadParameter, UsageError, ClickException.
_CALL_ERROR: type[Exception] = typer.BadParameter.__mro__[2]


def run(app: typer.Typer, arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; nothing but `SystemExit` gets past it."""
    words = list(arguments) or ["--help"]
    group: Any = typer.main.get_command(_asked(app, words))
    as_json = "--json" in _options_of(words)
    command = next((word for word in words if word in group.commands), "ratepress")
    try:
        return _run(group, words, command, as_json=as_json)
    except BrokenPipeError:
        # The reader of the pipe has gone. Python would complain once more when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except KeyboardInterrupt:
        return _interrupted()


def _asked(app: typer.Typer, words: list[str]) -> typer.Typer:
    """The same with the one command that the first word names, where it names one.

    Typer makes all options of all commands, at each start.
    """
    asked = [
        info
        for info in app.registered_commands
        if info.callback is not None and info.callback.__name__ == words[0]
    ]
    if not asked:
        return app
    alone = copy(app)
    alone.registered_commands = asked
    return alone


def _run(group: Any, words: list[str], command: str, *, as_json: bool) -> int:
    error: RatepressError
    data: object = None
    try:
        with group.make_context("ratepress", words) as context:
            group.invoke(context)
        sys.stdout.flush()
        return 0
    except typer.Exit as asked:
        return asked.exit_code
    except typer.Abort:
        return _interrupted()
    except output.Unfinished as unfinished:
        error, data = unfinished.error, unfinished.data
    except RatepressError as raised:
        error = raised
    except _CALL_ERROR as raised:
        error = _usage(raised, command)
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    except Exception as raised:
        error = _unexpected(raised)
    output.failed(command, error, as_json=as_json, data=data)
    return error.exit_code


def _options_of(words: list[str]) -> list[str]:
    return words[: words.index("--")] if "--" in words else words


def _usage(raised: Any, command: str) -> UsageError:
    help_of = "ratepress --help" if command == "ratepress" else f"ratepress {command} --help"
    parameter = getattr(raised, "param", None)
    return UsageError(
        raised.format_message(),
        expected=getattr(parameter, "help", None) or None,
        todo=f"`{help_of}` lists what it takes",
    )


def _unexpected(raised: Exception) -> RatepressError:
    """A defect of ours (or a full disk): the type and the words of it, and where to say so."""
    if os.environ.get(DEBUG) == "1":
        lines = traceback.format_exc().splitlines()
        sys.stderr.writelines(f"{output.safe(line)}\n" for line in lines)
    # That of DuckDB by its name: what does not use it need not wait for it.
    if isinstance(raised, MemoryError) or type(raised).__name__ == "OutOfMemoryException":
        return RatepressError("The memory is exhausted", todo="free some, then try again")
    if isinstance(raised, OSError):
        return RatepressError(
            f"The system refused: {raised.strerror or raised}",
            place=None if raised.filename is None else str(raised.filename),
            todo="check the path, its rights and the free space",
        )
    return RatepressError(
        f"An unexpected {type(raised).__name__}: {raised}",
        todo=f"report it with this message; {DEBUG}=1 prints where it arose",
    )


def _interrupted() -> int:
    sys.stderr.write("Interrupted. The lake holds what was committed before, whole.\n")
    return INTERRUPTED
