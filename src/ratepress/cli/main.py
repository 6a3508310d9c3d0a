"""Where the process of a command begins: how it holds memory, then what it is asked."""

from __future__ import annotations

import atexit
import gc
import sys
from typing import NoReturn

from ratepress.cli.memory import keep_memory


def main() -> NoReturn:
    """The console script."""
    # What is left at the end goes with the process: a search for cycles in it takes longer than
    # some commands.
    atexit.register(gc.freeze)
    keep_memory()
    from ratepress.cli.app import app
    from ratepress.cli.run import run

    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character shows its number in place of a traceback.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    sys.exit(run(app, sys.argv[1:]))
