"""The kernels made ready: compiled where this is their first use on a machine, else loaded.

Compiling takes some fifteen seconds, once; loading two tenths of a second, in every process.
"""

from __future__ import annotations

import json
from typing import Any

from ratepress.readers.base import Tally
from ratepress.readers.counting import CountingWriter
from ratepress.readers.payer.fast.decode import Stretch
from ratepress.readers.payer.fast.reader import read_fast


def warm() -> None:
    """Read a small document that needs every kernel; nothing is kept.

    >>> warm()
    """
    read_fast(Stretch(_document(), "kernels"), CountingWriter(), Tally())


def _document() -> bytes:
    price = {"negotiated_type": "negotiated", "negotiated_rate": 1.5, "billing_class": "both"}
    numbers = list(range(1, 60))
    entity = {"npi": numbers, "tin": {"type": "ein", "value": "12-3456789"}}
    item: dict[str, Any] = {
        "negotiation_arrangement": "ffs",
        "billing_code_type": "CPT",
        "billing_code": "99213",
        "negotiated_rates": [
            {"provider_references": listed, "negotiated_prices": [price, price]}
            for listed in (numbers, [1], [1], numbers)
        ],
        "name": "none",
    }
    inline = {"provider_groups": [entity], "negotiated_prices": [price]}
    item["negotiated_rates"] += [inline, inline]
    groups = [{"provider_group_id": n, "provider_groups": [entity]} for n in (1, 2)]
    return json.dumps({"provider_references": groups, "in_network": [item, item]}).encode()
