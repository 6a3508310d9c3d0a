"""Why the numbers of a code are what they are: Medicare's arithmetic, and the market's rows."""

from __future__ import annotations

from datetime import date

import msgspec

from ratepress.codes.argument import parse_code
from ratepress.core.errors import MissingReferenceData, UsageError
from ratepress.core.facts import Gap
from ratepress.lake.store import Lake
from ratepress.market.benchmark import DEFAULT_STRENGTH
from ratepress.market.inputs import latest_date
from ratepress.market.trace import Traced, trace
from ratepress.medicare.quote import Quote, quote


class ExplainedCode(msgspec.Struct, frozen=True, kw_only=True):
    """What Medicare pays with every step, and each line of the benchmark with its votes and rows.

    `medicare` is a gap where no fee schedule of the year is loaded, or none knows such codes.
    """

    code: str
    as_of: date
    strength: str
    medicare: Quote | Gap
    market: Traced


def explain_code(
    lake: Lake, code: str, *, as_of: date | None = None, strength: str = DEFAULT_STRENGTH
) -> ExplainedCode:
    """The arithmetic and the rows behind the page of `code`; the twin of `ratepress explain CODE`.

    `as_of` defaults to the newest date in the lake. Raises `UsageError` for what is no code.

    >>> import tempfile, pathlib
    >>> lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")
    >>> explain_code(lake, "32557", as_of=date(2026, 7, 15)).market.traces
    ()
    """
    parse_code(code)
    if as_of is None:
        with lake.connect() as connection:
            as_of = latest_date(connection)
    return ExplainedCode(
        code=code,
        as_of=as_of,
        strength=strength,
        medicare=_medicare(lake, code, as_of),
        market=trace(lake, code, as_of=as_of, strength=strength),
    )


def _medicare(lake: Lake, code: str, as_of: date) -> Quote | Gap:
    what = f"What Medicare pays for {code}"
    try:
        return quote(lake, code, as_of)
    except MissingReferenceData as error:
        return Gap(what, error.message, error.todo or "a fee schedule of the year", ("P00",))
    except UsageError as error:
        return Gap(what, error.message, "none, for no fee schedule has codes of this system")
