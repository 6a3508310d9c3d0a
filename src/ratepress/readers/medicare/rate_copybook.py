"""The standardized amounts of an IPPS pricer: a COBOL copybook of eight tables (RATEX213.cpy).

An amount is a picture clause: labor in seven digits, other in six, cents without a point; each
table states them for large urban areas, then for others. Puerto Rico's own rate ended in 2016 and
is written as zeros.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from ratepress.core.errors import UnreadableInput
from ratepress.lake.writer import LakeWriter
from ratepress.readers.base import Header, Tally
from ratepress.readers.medicare.periods import fiscal_period
from ratepress.readers.medicare.sheet import open_lines
from ratepress.readers.source import Source

_DATED = re.compile(r" +05 +FILLER +PIC X\(08\) VALUE '(20\d\d)(0[1-9]|1[0-2])01'\. *")
_NAMED = re.compile(r" +05 +TB(\d{1,2})-(NAT|PR|NATPR) +PIC X\(30\) VALUE *")
_AMOUNTS = re.compile(r" +' (\d{7}) (\d{6}) (\d{7}) (\d{6})'\. *")


class RateCopybook:
    r"""Reader of the copybook, into `ipps_amounts`.

    >>> RateCopybook().recognise(b"           05  TB1-NAT    PIC X(30) VALUE\n")
    True
    """

    kind = "medicare-ipps-rate-copybook"
    version = "1"
    row_is = "one pair of labor and other amount of a table"

    def recognise(self, head: bytes) -> bool:
        """Whether a line of the head names a table of rates."""
        return any(_NAMED.fullmatch(line) for line in head.decode("ascii", "replace").splitlines())

    def read(self, source: Source, out: LakeWriter, tally: Tally) -> Header:
        """Load every pair; F302 where a named table is not followed by four amounts."""
        first: date | None = None
        named: re.Match[str] | None = None
        with open_lines(source, tally) as lines:
            for place, line in lines:
                dated = _DATED.fullmatch(line)
                if dated is not None:
                    first = date(int(dated[1]), int(dated[2]), 1)
                if named is not None:
                    self._load(named, line, place, first, source, out, tally)
                named = _NAMED.fullmatch(line)
        period = fiscal_period(_known(first, source))
        return Header(
            publisher="Centers for Medicare & Medicaid Services",
            detected_version="ipps-rate-copybook",
            release=period.release,
            effective_from=period.first,
            effective_until=period.last,
        )

    def _load(
        self,
        named: re.Match[str],
        line: str,
        place: str,
        first: date | None,
        source: Source,
        out: LakeWriter,
        tally: Tally,
    ) -> None:
        period = fiscal_period(_known(first, source))
        amounts = _AMOUNTS.fullmatch(line)
        for n, kind in enumerate(("1", "2")):
            tally.read += 1
            if amounts is None:
                tally.problem("F302", f"tab{named[1]}", place, line)
                tally.set_aside("F302", place)
                continue
            tally.loaded += 1
            out.add(
                "ipps_amounts",
                release=period.release,
                effective_from=period.first,
                effective_until=period.last,
                table_number=f"tab{named[1]}",
                scope=named[2].lower(),
                large_urban=kind,
                labor=_money(amounts[2 * n + 1]),
                nonlabor=_money(amounts[2 * n + 2]),
                place=place,
            )


def _money(digits: str) -> Decimal | None:
    return Decimal(digits).scaleb(-2) or None


def _known(first: date | None, source: Source) -> date:
    if first is None:
        raise UnreadableInput(
            f"{source.name}: no date stands before the amounts",
            expected="a line such as 05 FILLER PIC X(08) VALUE '20201001'.",
            todo="add the copybook as CMS publishes it",
        )
    return first
