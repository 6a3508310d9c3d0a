"""What no schema can state and payers get wrong all the same, looked at one object at a time.

Each is a rule of its own (F163, F164, F171 to F179). What the quality rules decide about prices in
the market is theirs; here a publisher learns what a reader of the file will stumble over.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import Any

from ratepress.core.rules import rule
from ratepress.readers.payer.shapes import Report
from ratepress.readers.payer.values import is_number, number_text

SMALL_SHARE, PLACEHOLDER, ALL_PLACES, WHOLE_SYSTEM = "F171", "F172", "F173", "F174"
BAD_TIN, BAD_NPI, TIN_ONLY, BROKEN_ID, BAD_LOCATION = "F175", "F176", "F177", "F178", "F179"
BAD_MODIFIER, MANY_PLACES = "F163", "F164"
_MODIFIER = re.compile(r"[A-Z0-9]{2}\Z", re.ASCII | re.IGNORECASE)
_NINES = re.compile(r"9{5,}(\.9*0*)?\Z", re.ASCII)
_CENT = Decimal("0.01")
_EIN = re.compile(r"\d{2}-?\d{7}\Z", re.ASCII)
_HOST = re.compile(r"https://[^/?#@\s]+\.[^/?#@\s]+", re.ASCII | re.IGNORECASE)
_CUSTOM = frozenset({"CSTM-00", "CSTM-ALL"})


def price(stated: dict[str, Any], place: str, report: Report) -> None:
    """One price object."""
    rate = stated.get("negotiated_rate")
    if isinstance(rate, int | Decimal) and not isinstance(rate, bool):
        text = number_text(rate)
        if stated.get("negotiated_type") == "percentage":
            if 0 < rate < 1:
                report(SMALL_SHARE, "negotiated_rate", place, text)
        elif _NINES.match(text) or 0 < rate <= _CENT:
            report(PLACEHOLDER, "negotiated_rate", place, text)
    places = stated.get("service_code")
    if isinstance(places, list):
        n = len({one for one in places if isinstance(one, str)})
        if "CSTM-00" in places:
            report(ALL_PLACES, "service_code", place, f"CSTM-00 among {len(places)}")
        elif n >= _many_places():
            report(MANY_PLACES, "service_code", place, f"{n} places")
    modifiers = stated.get("billing_code_modifier")
    for modifier in modifiers if isinstance(modifiers, list) else ():
        if isinstance(modifier, str) and not _MODIFIER.match(modifier.strip()):
            report(BAD_MODIFIER, "billing_code_modifier", place, modifier)


@cache
def _many_places() -> int:
    return int(rule(MANY_PLACES).parameters["places"])


def item(stated: dict[str, Any], place: str, report: Report) -> None:
    """One item of rates or of allowed amounts."""
    for key in ("billing_code", "billing_code_type"):
        if stated.get(key) in _CUSTOM:
            report(WHOLE_SYSTEM, key, place, str(stated[key]))


def reference(stated: dict[str, Any], place: str, report: Report) -> None:
    """One provider reference."""
    number = stated.get("provider_group_id")
    if isinstance(number, Decimal) and number != number.to_integral_value():
        report(BROKEN_ID, "provider_group_id", place, number_text(number))
    location = stated.get("location")
    if isinstance(location, str) and not _HOST.match(location):
        report(BAD_LOCATION, "location", place, location)


def entity(stated: dict[str, Any], place: str, report: Report) -> None:
    """One contracting entity: its TIN and its NPIs."""
    tin = stated.get("tin")
    if isinstance(tin, dict):
        value = tin.get("value")
        text = value if isinstance(value, str) else ""
        is_good = is_npi(text) if tin.get("type") == "npi" else bool(_EIN.match(text))
        if not is_good:
            report(BAD_TIN, "tin.value", place, f"{tin.get('type')} {value}")
    npis = stated.get("npi")
    for npi in npis if isinstance(npis, list) else []:
        text = number_text(npi) if is_number(npi) else str(npi)
        if text == "0":
            report(TIN_ONLY, "npi", place, "0")
        elif not is_npi(text):
            report(BAD_NPI, "npi", place, text)


def is_npi(text: str) -> bool:
    """Whether a text is an NPI: ten digits, the last of which checks the others (Luhn, 80840).

    >>> is_npi("1234567893"), is_npi("1234567890")
    (True, False)
    """
    if len(text) != 10 or not text.isascii() or not text.isdigit():
        return False
    digits = [int(digit) for digit in text]
    doubled = sum(sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    # 24 is what the prefix 80840 adds.
    return (24 + doubled + sum(digits[-1::-2])) % 10 == 0
