"""Times one `price` call from a warm lake: python benchmarks/price.py LAKE [CALLS]

LAKE is a lake with Medicare's releases of 2020 to 2026. A call opens the lake, finds the release
and the rows, and makes every amount with its trace. The first call, which loads the libraries' own
parts, is reported apart.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import date

from ratepress.lake.store import Lake
from ratepress.medicare.price import price, price_on
from ratepress.medicare.quote import quote

_DAY = date(2026, 7, 15)


def timed(call: Callable[[], object], n: int) -> list[float]:
    """Milliseconds of each of `n` calls after the first, and the first, sorted behind it."""
    taken = []
    for _ in range(n + 1):
        start = time.perf_counter()
        call()
        taken.append((time.perf_counter() - start) * 1000)
    return [taken[0], *sorted(taken[1:])]


def main(words: list[str]) -> None:
    lake = Lake.open(words[0])
    n = int(words[1]) if len(words) > 1 else 50
    connection = lake.connect()
    cases: dict[str, Callable[[], object]] = {
        "price, both sites": lambda: price(lake, "32557", _DAY),
        "price, in a locality, 3 units": lambda: price(
            lake, "97110", _DAY, units=3, locality="10112-00"
        ),
        "quote, five systems": lambda: quote(lake, "32557", _DAY),
        "price_on, connection open": lambda: price_on(connection, "32557", _DAY),
    }
    print(f"{'':32} {'first':>8} {'fastest':>8} {'median':>8} {'slowest':>8}  ms, of {n} calls")
    for name, call in cases.items():
        first, *rest = timed(call, n)
        middle = rest[len(rest) // 2]
        print(f"{name:32} {first:8.1f} {rest[0]:8.1f} {middle:8.1f} {rest[-1]:8.1f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
