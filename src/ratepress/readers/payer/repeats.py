"""Prices of one in-network file held against each other, for `ratepress inspect` (F161, F162).

A pair is one provider group and all of a price but its number: the item's code and the price's
type, class, setting, places, modifiers, end and note. Pairs are kept as hashes of 61 bits, a
million at most (some 120 MB); what comes later is not compared, and `is_complete` says so.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

from ratepress.readers.base import Tally
from ratepress.readers.payer.groups import group_id
from ratepress.readers.payer.shapes import Role
from ratepress.readers.payer.values import canonical_number, is_number

TWICE, CONTRADICTED = "F161", "F162"
MOST_PAIRS = 1_000_000
_BITS = 24  # No element holds more prices than that counts (tokens.MOST_VALUES).
_PRICE = (
    "negotiated_type", "billing_class", "setting", "service_code", "billing_code_modifier",
    "expiration_date", "additional_information",
)  # fmt: skip
_CODE = ("billing_code_type", "billing_code", "billing_code_type_version", "severity_of_illness")


class Repeats:
    """Hears each rate of an item, and then the item: its code may stand behind its rates.

    Only items paid as `ffs` are compared: two bundles of one code may hold different services.

    >>> tally = Tally()
    >>> repeats = Repeats(tally)
    >>> for n, dollars in enumerate((100, 100, 120)):
    ...     price = {"negotiated_rate": dollars, "negotiated_type": "negotiated"}
    ...     rate = {"provider_references": [1], "negotiated_prices": [price]}
    ...     repeats("rate", rate, f"in_network[0].negotiated_rates[{n}]")
    >>> code = {"billing_code_type": "CPT", "billing_code": "32557"}
    >>> repeats("item", code | {"negotiation_arrangement": "ffs"}, "in_network[0]")
    >>> [(row["rule_id"], row["count"], row["sample"]) for row in tally.problem_rows()]
    [('F161', 1, 'CPT 32557: 100'), ('F162', 1, 'CPT 32557: 100 and 120')]
    """

    def __init__(self, tally: Tally, most: int = MOST_PAIRS) -> None:
        self.is_complete = True
        self._tally = tally
        self._most = most
        self._known: dict[int, str] = {}
        self._texts: dict[str, str] = {}
        self._forget()

    def __call__(self, role: Role, stated: dict[str, Any], place: str) -> None:
        """One rate, or the item in which those heard before stand."""
        if role == "rate" and self.is_complete:
            self._rate(stated, place)
        elif role == "item":
            self._item(stated, place)
            self._forget()

    def _forget(self) -> None:
        self._pairs = array("q")
        self._rates: list[str] = []
        self._places = array("q")

    def _rate(self, stated: dict[str, Any], place: str) -> None:
        providers = list(_providers(stated))
        prices = stated.get("negotiated_prices")
        rate_number = int(place[place.rindex("[") + 1 : -1])
        for number, price in enumerate(prices if isinstance(prices, list) else ()):
            if not isinstance(price, dict) or not is_number(price.get("negotiated_rate")):
                continue
            text = canonical_number(price["negotiated_rate"])
            digest = _digest([_plain(price.get(key)) for key in _PRICE])
            for provider in providers:
                if len(self._known) + len(self._pairs) >= self._most:
                    self.is_complete = False
                    return
                self._pairs.append(hash((digest, provider)))
                self._rates.append(self._texts.setdefault(text, text))
                self._places.append(rate_number << _BITS | number)

    def _item(self, stated: dict[str, Any], place: str) -> None:
        code = [_plain(stated.get(key)) for key in _CODE]
        if stated.get("negotiation_arrangement") != "ffs" or "" in code[:2]:
            return
        head = _digest(code)
        for pair, rate, where in zip(self._pairs, self._rates, self._places, strict=True):
            key = hash((head, pair))
            had = self._known.get(key)
            if had is None:
                self._known[key] = rate
                continue
            self._tell(code, had, rate, f"{place}.{_within_item(where)}")

    def _tell(self, code: list[str], had: str, rate: str, place: str) -> None:
        rule_id, amounts = TWICE, rate
        if had != rate:
            rule_id, amounts = CONTRADICTED, f"{had} and {rate}"
        self._tally.problem(rule_id, "negotiated_rate", place, f"{code[0]} {code[1]}: {amounts}")


def _within_item(where: int) -> str:
    rate, price = where >> _BITS, where & ((1 << _BITS) - 1)
    return f"negotiated_rates[{rate}].negotiated_prices[{price}]"


def _providers(rate: dict[str, Any]) -> Iterator[int]:
    """Each provider group of a rate once: by its id, or inline by its TIN and NPIs."""
    references, groups = rate.get("provider_references"), rate.get("provider_groups")
    ids = [group_id(one) for one in references] if isinstance(references, list) else []
    stated: list[object] = [one.key for one in ids if one is not None]
    stated += [_entity(one) for one in (groups if isinstance(groups, list) else ())]
    yield from dict.fromkeys(map(_digest, stated))


def _entity(group: Any) -> list[object]:
    tin = group.get("tin") if isinstance(group, dict) else None
    if not isinstance(tin, dict):
        return ["", "", ""]
    return [_plain(tin.get("type")), _plain(tin.get("value")), _plain(group.get("npi"))]


def _plain(value: Any) -> Any:
    """A value so that equal ones are equal: numbers by their digits, lists in order and once."""
    if isinstance(value, list):
        return sorted({_plain(one) for one in value if not isinstance(one, list)})
    if is_number(value):
        return canonical_number(value)
    return value.strip() if isinstance(value, str) else ""


def _digest(value: object) -> int:
    stated = repr(value).encode("utf-8", "replace")
    return int.from_bytes(blake2b(stated, digest_size=8).digest(), "big", signed=True)
