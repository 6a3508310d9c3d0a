"""How many examples the slow properties get.

Few in a usual run, which draws others each time; RATEPRESS_EXAMPLES=10 makes it a long one
(`make long`), with what takes a minute by itself besides.
"""

from __future__ import annotations

import os

TIMES = int(os.environ.get("RATEPRESS_EXAMPLES", "1"))
IS_LONG = TIMES > 1


def some(n: int) -> int:
    """`n` examples, times as many in a long run."""
    return n * TIMES
