"""A trace of a benchmark as text: `ratepress benchmark --explain`."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ratepress.market.trace import LeftOut, Trace, Traced, TracedRow, TracedVote

_SAYS_NOTHING = ("", "any", "not stated")


def lines_of(traced: Traced) -> Iterator[str]:
    """The trace for people: each line of the benchmark, its votes, their rows, what stayed out.

    >>> from datetime import date
    >>> from ratepress.market.trace import Traced
    >>> list(lines_of(Traced(code="32557", as_of=date(2026, 7, 15), strength="balanced",
    ...     traces=())))
    ['32557: no price is published, as of 2026-07-15, ghost filter balanced.']
    """
    asked = f"as of {traced.as_of}, ghost filter {traced.strength}"
    if not traced.traces:
        yield f"{traced.code}: no price is published, {asked}."
        return
    yield f"{traced.code}, {asked}"
    for one in traced.traces:
        yield ""
        yield from _of_line(one, traced.strength)


def _of_line(one: Trace, strength: str) -> Iterator[str]:
    key = [v for n, v in one.key.items() if n not in ("code", "code_system")]
    area = [] if one.area_kind == "nation" else [f"{one.area_kind} {one.area}"]
    yield ", ".join(area + [value for value in key if value not in _SAYS_NOTHING])
    yield f"  {_counts(one)}"
    for vote in one.votes:
        yield from _of_vote(vote)
    if one.left_out:
        yield f"  without a vote at {strength}:"
    for price in one.left_out:
        yield from _of_left_out(price)


def _counts(one: Trace) -> str:
    if one.statistic is None:
        return "no price counts"
    n_prices = len({id(price.rows) for vote in one.votes for price in vote.prices})
    text = f"{one.n_rows:,} rows, {n_prices:,} prices, {len(one.votes):,} votes"
    if one.statistic.p50 is None or len(one.votes) != one.statistic.n_votes:
        return text
    return f"{text}, median {_money(one.statistic.p50)}"


def _of_vote(vote: TracedVote) -> Iterator[str]:
    network = f", network {vote.network}" if vote.network else ""
    who = f"{vote.entity_kind} {vote.entity}"
    npis = f", {len(vote.npis):,} NPI{'' if len(vote.npis) == 1 else 's'}" if vote.npis else ""
    yield f"  {_money(vote.dollars)}  {vote.payer}, {who}{network}{npis}"
    yield from (_row(row) for price in vote.prices for row in price.rows)


def _of_left_out(price: LeftOut) -> Iterator[str]:
    rules = ", ".join(price.rules)
    yield f"    {_money(price.dollars)}  {price.payer}: {rules}"
    yield from (_row(row) for row in price.rows)


def _row(row: TracedRow) -> str:
    plan = f", {row.plan_name}" if row.plan_name else ""
    derived = ""
    if row.percentage is not None and row.gross is not None:
        derived = f" ({row.percentage.normalize():f}% of {_money(row.gross)})"
    return f"      {_money(row.dollars)}{derived}  {row.file} {row.place}: {row.payer_name}{plan}"


def _money(value: Decimal | None) -> str:
    """With cents, and with what lies below them where there is anything: a vote is not rounded."""
    if value is None:
        return "no amount"
    cents = value.quantize(Decimal("0.01"))
    return f"${cents if cents == value else value.normalize():,}"
