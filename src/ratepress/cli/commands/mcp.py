"""`ratepress mcp`."""

from __future__ import annotations

from ratepress.cli.options import DEFAULT_LAKE, LakeFolder
from ratepress.core.extras import missing


def mcp(lake: LakeFolder = DEFAULT_LAKE) -> None:
    """Answer an assistant over MCP on standard input and output: prices, benchmarks, rules, checks.

    An assistant's program starts this command itself. Needs the extra `mcp`.

    Python: `ratepress.service.tools.run`.
    """
    import logging

    from ratepress.lake.store import Lake

    try:
        from ratepress.service.tools import run
    except ImportError as error:
        raise missing("Answering assistants", "mcp") from error

    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.WARNING)
    run(Lake.open(lake))
