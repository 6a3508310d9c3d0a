"""Payer documents changed at random: keys taken away, added or doubled, values of other kinds."""

from __future__ import annotations

import copy
import random
from typing import Any

ODD = [None, True, 0, 1, -1, 0.5, 41.5, "", "x", "01", "CSTM-00", "both", "ein", "npi",
       "2026-01-01", "12-3456789", "0", [], [0], [0, 0], [1, 1.0], ["CSTM-00"], ["11", "CSTM-00"],
       ["11", "11"], ["99"], [1234567893], {},
       {"type": "npi", "value": "1234567893"}, [[]], [{}]]  # fmt: skip
KEYS = ["plan_name", "plan_id_type", "issuer_name", "plan_sponsor_name", "setting", "location",
        "provider_groups", "provider_references", "service_code", "billing_class", "network_name",
        "business_name", "severity_of_illness", "version", "last_updated_on", "npi", "tin",
        "in_network_files", "allowed_amount_file", "negotiated_rate", "billed_charge"]  # fmt: skip


def changed(document: Any, chance: random.Random) -> Any:
    """The document with one to three values taken away, replaced, doubled or added."""
    document = copy.deepcopy(document)
    for _ in range(chance.randrange(1, 4)):
        places: list[tuple[Any, Any]] = []
        stack = [document]
        while stack:
            node = stack.pop()
            keys = list(node) if isinstance(node, dict) else range(len(node))
            places += [(node, key) for key in keys]
            stack += [node[key] for key in keys if isinstance(node[key], dict | list)]
        if not places:
            break
        node, key = chance.choice(places)
        what = chance.randrange(4)
        if what == 0:
            del node[key]
        elif what == 1:
            node[key] = chance.choice(ODD)
        elif what == 2 and isinstance(node, list):
            node.insert(chance.randrange(len(node) + 1), copy.deepcopy(node[key]))
        elif isinstance(node, dict):
            node[chance.choice(KEYS)] = chance.choice(ODD)
    return document
