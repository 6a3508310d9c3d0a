"""One price object, an element of `negotiated_prices`, as one row of `rates`.

CMS in-network schema v1.0.0 to v2.2.0. A percentage is written 40.5 for 40.5% and stands in the
same key as a dollar amount: `negotiated_type` alone tells them apart. The payer files' word
`institutional` is `facility` in the lake, as hospital files call it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from ratepress.core.decimals import FACTOR_PLACES, MONEY_PLACES, fit
from ratepress.lake.sets import set_id
from ratepress.lake.writer import LakeWriter
from ratepress.readers.base import Tally
from ratepress.readers.payer.header import FileHeader
from ratepress.readers.payer.items import Item
from ratepress.readers.payer.keys import PRICE, KeyCheck
from ratepress.readers.payer.values import Values, show

NO_OBJECT, UNKNOWN_TYPE, NO_NUMBER, TOO_LARGE, ROUNDED = "F104", "F105", "F106", "F002", "F001"
NOT_ABOVE_ZERO, UNKNOWN_CLASS, UNKNOWN_SETTING, BAD_PLACE = "F107", "F114", "F115", "F118"
TYPES = frozenset({"negotiated", "derived", "fee schedule", "percentage", "per diem"})
BILLING_CLASSES = {
    "professional": "professional",
    "institutional": "facility",
    "both": "both",
}
SETTINGS = frozenset({"inpatient", "outpatient", "both"})
ALL_PLACES = "CSTM-00"
_PLACE_OF_SERVICE = re.compile(r"\d{2}|CSTM-00", re.ASCII)
_ONE_DIGIT = re.compile(r"\d", re.ASCII)


class Prices:
    """Turns price objects into rows; every one is counted as read, and loaded or set aside."""

    def __init__(self, out: LakeWriter, tally: Tally, check: KeyCheck, header: FileHeader) -> None:
        self._out = out
        self._tally = tally
        self._check = check
        self._header = header
        self._values = Values(tally)
        self._sets: dict[str, set[str]] = {"place_sets": set(), "modifier_sets": set()}

    def counting_in(self, tally: Tally, check: KeyCheck) -> Prices:
        """The same with its counts apart; it writes into the same tables, and no set again."""
        other = Prices(self._out, tally, check, self._header)
        other._sets = self._sets
        return other

    def row(self, price: Any, item: Item, rate: int, position: int) -> dict[str, Any] | None:
        """The row of `rates` without its provider set, or None where the price is set aside.

        `rate` and `position` are those of its element of `negotiated_rates` and its own in it.
        """
        place = f"{item.place}.negotiated_rates[{rate}].negotiated_prices[{position}]"
        tally = self._tally
        rate_id = tally.read
        tally.read += 1
        if not isinstance(price, dict):
            return self._aside(NO_OBJECT, "negotiated_prices", price, place)
        self._check("negotiated_prices", price, PRICE, place)
        if item.fault is not None:
            tally.set_aside(item.fault, place)
            return None
        method = self._values.word(price.get("negotiated_type"), "negotiated_type", place)
        if method not in TYPES:
            return self._aside(UNKNOWN_TYPE, "negotiated_type", price.get("negotiated_type"), place)
        published = price.get("negotiated_rate")
        if isinstance(published, bool) or not isinstance(published, int | Decimal):
            return self._aside(NO_NUMBER, "negotiated_rate", published, place)
        is_share = method == "percentage"
        amount = self._amount(Decimal(published), is_share, place)
        if amount is None:
            tally.set_aside(TOO_LARGE, place)
            return None
        tally.loaded += 1
        return {
            "rate_id": rate_id,
            "item_id": item.item_id,
            "code_system": item.code_system,
            "code": item.code,
            "published_type": item.published_type,
            "payer_name": self._header.payer_name,
            "plan_name": self._header.plan_name,
            "line_of_business": self._header.line_of_business,
            "line_of_business_evidence": self._header.line_of_business_evidence,
            "arrangement": item.arrangement,
            "statement": "percentage" if is_share else "dollar",
            "method": method,
            "dollars": None if is_share else amount,
            "percentage": amount if is_share else None,
            "price_unit": _price_unit(method, item),
            "severity_of_illness": item.severity_of_illness,
            "rate_position": rate,
            "price_position": position,
            **self._circumstances(price, place),
        }

    def _aside(self, rule_id: str, subject: str, met: Any, place: str) -> dict[str, Any] | None:
        self._tally.set_aside(rule_id, place)
        self._tally.problem(rule_id, subject, place, show(met))
        return None

    def _amount(self, published: Decimal, is_share: bool, place: str) -> Decimal | None:
        amount, is_exact = fit(published, FACTOR_PLACES if is_share else MONEY_PLACES)
        if amount is None:
            self._tally.problem(TOO_LARGE, "negotiated_rate", place, show(published))
            return None
        if not is_exact:
            self._tally.problem(ROUNDED, "negotiated_rate", place, show(published))
        if published <= 0:
            self._tally.problem(NOT_ABOVE_ZERO, "negotiated_rate", place, show(published))
        return amount

    def _circumstances(self, price: dict[str, Any], place: str) -> dict[str, Any]:
        """When, where and how the price holds; what is not understood is null and counted."""
        values = self._values
        billing_class = self.billing_class(price.get("billing_class"), place)
        return {
            "billing_class": billing_class,
            "setting": self.setting(price.get("setting"), place),
            "place_set_id": self.place_set(price.get("service_code"), billing_class, place),
            "modifier_set_id": self.modifier_set(price.get("billing_code_modifier"), place),
            "expires_on": values.date(price.get("expiration_date"), "expiration_date", place),
            "note": values.text(
                price.get("additional_information"), "additional_information", place
            ),
        }

    def billing_class(self, stated: Any, place: str) -> str | None:
        """The billing class in the lake's words, None where it is none of the schema's."""
        word = self._values.word(stated, "billing_class", place)
        found = BILLING_CLASSES.get(word or "")
        if found is None:
            self._tally.problem(UNKNOWN_CLASS, "billing_class", place, show(stated))
        return found

    def setting(self, stated: Any, place: str) -> str | None:
        """The setting, None where it is absent or none of the schema's."""
        setting = self._values.word(stated, "setting", place)
        if setting is None or setting in SETTINGS:
            return setting
        self._tally.problem(UNKNOWN_SETTING, "setting", place, show(setting))
        return None

    def place_set(self, stated: Any, billing_class: str | None, place: str) -> str:
        """The set of the places in one `service_code`; a professional price must name one."""
        members = []
        for text in self._values.texts(stated, "service_code", place):
            member = text.upper()
            if not _PLACE_OF_SERVICE.fullmatch(member):
                self._tally.problem(BAD_PLACE, "service_code", place, text)
                # A lost leading zero is the one fault with one reading.
                member = "0" + member if _ONE_DIGIT.fullmatch(member) else member
            members.append(member)
        if not members and billing_class == "professional":
            self._tally.problem(BAD_PLACE, "service_code", place, show(stated))
        return self._set("place_sets", members)

    def modifier_set(self, stated: Any, place: str) -> str:
        """The set of the modifiers in one `billing_code_modifier`."""
        texts = self._values.texts(stated, "billing_code_modifier", place)
        return self._set("modifier_sets", [text.upper() for text in texts])

    def _set(self, table: str, members: Sequence[str]) -> str:
        identity = set_id(members)
        if members and identity not in self._sets[table]:
            self._sets[table].add(identity)
            column = table.removesuffix("s") + "_id"
            for member in sorted(set(members)):
                self._out.add(table, **{column: identity, "member": member})
        return identity


def _price_unit(method: str, item: Item) -> str:
    if method == "percentage":
        return "charges"
    return "day" if method == "per diem" else item.price_unit
