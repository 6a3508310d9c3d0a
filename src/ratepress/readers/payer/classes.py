"""Whether the billing class of prices can be that of their code, for `ratepress inspect` (F160)."""

from __future__ import annotations

from typing import Any

from ratepress.core.rules import rule
from ratepress.readers.base import Tally
from ratepress.readers.payer.shapes import Role

WRONG_CLASS = "F160"


class ClassesOfCodes:
    """Hears each rate of an item, and then the item: its code type may stand behind its rates.

    >>> tally = Tally()
    >>> classes = ClassesOfCodes(tally)
    >>> rate = {"negotiated_prices": [{"billing_class": "professional"}]}
    >>> classes("rate", rate, "in_network[0].negotiated_rates[0]")
    >>> classes("item", {"billing_code_type": "MS-DRG", "billing_code": "470"}, "in_network[0]")
    >>> [(row["rule_id"], row["count"]) for row in tally.problem_rows()]
    [('F160', 1)]
    """

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._institutional = set(rule(WRONG_CLASS).parameters["code_types"].split())
        self._n_professional = 0
        self._first = ""

    def __call__(self, role: Role, stated: dict[str, Any], place: str) -> None:
        """One rate, or the item in which those heard before stand."""
        if role == "rate":
            self._rate(stated, place)
            return
        code_type = stated.get("billing_code_type")
        if self._n_professional and code_type in self._institutional:
            sample = f"professional, {code_type} {stated.get('billing_code')}"
            self._tally.problem(WRONG_CLASS, "billing_class", self._first, sample)
            self._tally.again(WRONG_CLASS, "billing_class", self._n_professional - 1)
        self._n_professional = 0

    def _rate(self, stated: dict[str, Any], place: str) -> None:
        prices = stated.get("negotiated_prices")
        for number, price in enumerate(prices if isinstance(prices, list) else ()):
            if isinstance(price, dict) and price.get("billing_class") == "professional":
                if not self._n_professional:
                    self._first = f"{place}.negotiated_prices[{number}]"
                self._n_professional += 1
