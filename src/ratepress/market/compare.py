"""A fee schedule of the user's own against the market and Medicare: `ratepress compare`. Rule M10.

A rate is placed in every comparison key that its line leaves open; keys are never blended.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
import msgspec

from ratepress.codes.argument import CodeRef
from ratepress.core.decimals import EXACT, cents
from ratepress.core.rules import rule
from ratepress.lake.store import Lake
from ratepress.market.benchmark import (
    DEFAULT_STRENGTH,
    Statistic,
    check_line,
    check_payer,
    check_strength,
    percent_of,
    run_market,
    statistics,
)
from ratepress.market.headline import in_order
from ratepress.market.inputs import latest_date
from ratepress.market.own_rates import OwnRate, read_own_rates
from ratepress.market.payers import is_listed
from ratepress.market.statistic import DERIVED


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """One of the user's rates in one comparison key, or the reason why it is in none.

    Dollars, exact. `percentile` is the share of votes below the rate, those equal counted half, in
    percent; `standing` is `under`, `at` or `above` market; `opportunity` is the distance from the
    rate up to the median times the volume, negative where the rate is above. All of these, and the
    quartiles, are None under three votes (rule M06). `is_headline` marks the key that is named
    first of those that a line is in (`market.headline`). `status` is `compared`, `thin` (under
    three votes), `no market` or `invalid`.
    """

    line_no: int
    code: str
    modifiers: str
    rate: Decimal | None
    volume: Decimal | None
    status: str
    reason: str
    is_headline: bool = False
    line_of_business: str = ""
    billing_class: str = ""
    setting: str = ""
    site: str = ""
    method: str = ""
    arrangement: str = ""
    price_unit: str = ""
    drug_unit: str = ""
    payer: str = ""
    n_votes: int = 0
    p25: Decimal | None = None
    median: Decimal | None = None
    p75: Decimal | None = None
    percentile: Decimal | None = None
    distance: Decimal | None = None
    percent_of_median: Decimal | None = None
    standing: str | None = None
    opportunity: Decimal | None = None
    medicare_amount: Decimal | None = None
    percent_of_medicare: Decimal | None = None


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """All lines of a schedule, in order, each in its keys; the headline key first."""

    as_of: date
    strength: str
    line_of_business: str | None
    payer: str | None
    n_lines: int
    rows: tuple[Placed, ...]

    @property
    def opportunity(self) -> Decimal:
        """The sum over the headline keys of lines that state a volume and are under market."""
        return sum(self.opportunity_by_class.values(), Decimal(0))

    @property
    def opportunity_by_class(self) -> dict[str, Decimal]:
        """The same by billing class: a hospital's prices and a practitioner's are two markets."""
        found: dict[str, Decimal] = {}
        for row in self.rows:
            if row.is_headline and row.opportunity is not None and row.opportunity > 0:
                name = row.billing_class
                found[name] = found.get(name, Decimal(0)) + row.opportunity
        return dict(sorted(found.items()))

    @property
    def classes(self) -> dict[str, int]:
        """How many lines have their headline key in each billing class."""
        named = (row.billing_class for row in self.rows if row.is_headline)
        return dict(sorted(Counter(named).items()))


def compare(
    lake: Lake,
    rates: Path | str | Sequence[OwnRate],
    *,
    as_of: date | None = None,
    strength: str = DEFAULT_STRENGTH,
    line_of_business: str | None = "commercial",
    payer: str | None = None,
) -> Comparison:
    """Every line of `rates` against the votes of the market.

    `rates` is a file as `own_rates.read_own_rates` takes it, or its lines. `line_of_business` is
    the one that lines which state none are compared with, all for None; `payer` is a payer id, and
    all payers for None. `as_of` defaults to the newest date in the lake. Raises `UsageError` where
    the file is none, or a strength, line of business or payer is not known.

    >>> import tempfile
    >>> lake = Lake.create(Path(tempfile.mkdtemp()) / "lake")
    >>> mine = OwnRate(2, {}, CodeRef("cpt", "32557"), "", Decimal(1250), Decimal(40))
    >>> compare(lake, [mine], as_of=date(2026, 7, 15)).rows[0].status
    'no market'
    """
    check_strength(strength)
    check_line(line_of_business)
    lines = read_own_rates(rates) if isinstance(rates, (str, Path)) else list(rates)
    codes = sorted({line.code for line in lines if line.code is not None})
    with lake.connect() as connection:
        day = as_of or latest_date(connection)
        run_market(connection, codes, day, strengths=[strength])
        if payer is not None and not is_listed(payer):
            check_payer(connection, "these codes", payer)
        found = {code: _statistics(connection, code, strength, payer) for code in codes}
        votes = _votes(connection, strength, payer)
    rows: list[Placed] = []
    for line in lines:
        rows += _placed(line, found, votes, line_of_business)
    return Comparison(
        as_of=day,
        strength=strength,
        line_of_business=line_of_business,
        payer=payer,
        n_lines=len(lines),
        rows=tuple(rows),
    )


def _statistics(
    connection: duckdb.DuckDBPyConnection, code: CodeRef, strength: str, payer: str | None
) -> list[Statistic]:
    wanted = "" if payer is None else payer
    found = statistics(connection, code, strength)
    return [s for s in found if s.payer_id == wanted and s.statement != DERIVED]


def _votes(
    connection: duckdb.DuckDBPyConnection, strength: str, payer: str | None
) -> dict[str, list[Decimal]]:
    """The votes of each key, in order of dollars."""
    rows = connection.execute(
        "SELECT key_id, dollars FROM votes WHERE strength = $strength"
        " AND ($payer IS NULL OR payer_id = $payer) ORDER BY key_id, dollars",
        {"strength": strength, "payer": payer},
    ).fetchall()
    found: dict[str, list[Decimal]] = defaultdict(list)
    for key_id, dollars in rows:
        found[key_id].append(dollars)
    return found


def _placed(
    line: OwnRate,
    found: dict[CodeRef, list[Statistic]],
    votes: dict[str, list[Decimal]],
    line_of_business: str | None,
) -> list[Placed]:
    if line.problem is not None or line.code is None or line.rate is None:
        return [_without(line, "invalid", line.problem or "")]
    wanted = dict(line.narrowed)
    if line_of_business is not None:
        wanted.setdefault("line_of_business", line_of_business)
    mine = [
        s
        for s in found[line.code]
        if s.modifiers == line.modifiers and all(getattr(s, k) == v for k, v in wanted.items())
    ]
    if not mine:
        other = sorted({s.line_of_business for s in found[line.code]})
        known = f"; there are prices of {', '.join(other)}" if other else ""
        return [_without(line, "no market", f"no price in these keys counts{known}")]
    ordered = in_order(mine)
    return [_in_key(line, s, votes[s.key_id], is_headline=s is ordered[0]) for s in ordered]


def _without(line: OwnRate, status: str, reason: str) -> Placed:
    code = line.stated.get("code", "") if line.code is None else line.code.code
    return Placed(
        line_no=line.line_no,
        code=code,
        modifiers=line.modifiers,
        rate=line.rate,
        volume=line.volume,
        status=status,
        reason=reason,
    )


def _in_key(line: OwnRate, key: Statistic, votes: list[Decimal], *, is_headline: bool) -> Placed:
    assert line.rate is not None  # noqa: S101 - `_placed` lets no other line in
    median = key.p50
    return Placed(
        line_no=line.line_no,
        code=key.code,
        modifiers=key.modifiers,
        rate=line.rate,
        volume=line.volume,
        status="thin" if median is None else "compared",
        reason=key.confidence.reason,
        is_headline=is_headline,
        line_of_business=key.line_of_business,
        billing_class=key.billing_class,
        setting=key.setting,
        site=key.site,
        method=key.method,
        arrangement=key.arrangement,
        price_unit=key.price_unit,
        drug_unit=key.drug_unit,
        payer=key.payer,
        n_votes=key.n_votes,
        p25=key.p25,
        median=median,
        p75=key.p75,
        percentile=None if median is None else percentile_of(line.rate, votes),
        distance=None if median is None else cents(line.rate - median),
        percent_of_median=None if median is None else percent_of(line.rate, median),
        standing=None if median is None else standing(line.rate, median),
        opportunity=None
        if median is None or line.volume is None
        else cents(EXACT.multiply(median - line.rate, line.volume)),
        medicare_amount=key.medicare_amount,
        percent_of_medicare=key.percent_of_medicare(line.rate),
    )


def percentile_of(rate: Decimal, votes: Sequence[Decimal]) -> Decimal:
    """The share of ordered `votes` below `rate`, those equal counted half, in percent to 0.1.

    >>> percentile_of(Decimal(300), [Decimal(n) for n in (100, 300, 400, 500)])
    Decimal('37.5')
    """
    below, upto = bisect_left(votes, rate), bisect_right(votes, rate)
    share = EXACT.divide(Decimal(50 * (below + upto)), Decimal(len(votes)))
    return share.quantize(Decimal("0.1"), ROUND_HALF_UP, EXACT)


def standing(rate: Decimal, median: Decimal) -> str:
    """`at` market within the band around the median, its ends too; else `under` or `above`.

    >>> [standing(Decimal(n), Decimal(100)) for n in ("94.99", "95", "105", "105.01")]
    ['under', 'at', 'at', 'above']
    """
    band = EXACT.multiply(median, Decimal(rule("M10").parameters["band_percent"]).scaleb(-2))
    if abs(rate - median) <= band:
        return "at"
    return "under" if rate < median else "above"
