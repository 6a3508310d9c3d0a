"""One item of `in_network`: its own code, what it bundles or covers, and what its rates repeat.

CMS in-network schema v1.0.0 to v2.2.0, `in_network[]`, `bundled_codes[]`, `covered_services[]`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ratepress.codes.normalise import normalise
from ratepress.lake.writer import LakeWriter
from ratepress.readers.base import Tally
from ratepress.readers.payer.keys import CONTAINED_CODE, KeyCheck
from ratepress.readers.payer.values import Values, show

NO_CODE, NO_CODE_TYPE, UNKNOWN_ARRANGEMENT, NO_RATES = "F101", "F102", "F103", "F110"
PRICE_UNITS = {"ffs": "service", "bundle": "case", "capitation": "member"}
"""Each arrangement and what one price of it buys."""
_RELATIONS = {"bundled_codes": "bundled", "covered_services": "covered"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What the rates of an item repeat of it; `fault` is the rule that sets its prices aside."""

    item_id: int
    place: str
    code_system: str | None
    code: str | None
    published_type: str | None
    published_code: str | None
    arrangement: str | None
    severity_of_illness: str | None
    fault: str | None

    @property
    def price_unit(self) -> str:
        return PRICE_UNITS[self.arrangement or ""]


def begin(item_id: int, head: dict[str, Any], tally: Tally) -> Item:
    """The item as its rates need it, from the values of `survey.ITEM_HEAD`."""
    values, place = Values(tally), f"in_network[{item_id}]"
    code_type = _trimmed(values.text(head.get("billing_code_type"), "billing_code_type", place))
    text = _trimmed(values.text(head.get("billing_code"), "billing_code", place))
    arrangement = values.word(head.get("negotiation_arrangement"), "negotiation_arrangement", place)
    fault = None
    for rule_id, key, is_missing in (
        (UNKNOWN_ARRANGEMENT, "negotiation_arrangement", arrangement not in PRICE_UNITS),
        (NO_CODE_TYPE, "billing_code_type", code_type is None),
        (NO_CODE, "billing_code", text is None),
    ):
        if is_missing:
            tally.problem(rule_id, key, place, show(head.get(key)))
            fault = rule_id
    code = None if text is None else normalise(code_type or "", text)
    if code is not None and code_type is not None and code.problem:
        tally.problem(code.problem, "billing_code", place, f"{code_type} {text}")
    return Item(
        item_id=item_id,
        place=place,
        code_system=code.system if code else None,
        code=code.code if code else None,
        published_type=code_type,
        published_code=text,
        arrangement=arrangement,
        severity_of_illness=values.text(
            head.get("severity_of_illness"), "severity_of_illness", place
        ),
        fault=fault,
    )


def finish(
    item: Item, stated: dict[str, Any], out: LakeWriter, tally: Tally, check: KeyCheck
) -> None:
    """Write the item, its code and the codes inside it, once all its keys are known."""
    values, place = Values(tally), item.place
    out.add(
        "items",
        item_id=item.item_id,
        name=values.text(stated.get("name"), "name", place),
        description=values.text(stated.get("description"), "description", place),
        code_system=item.code_system,
        code=item.code,
        place=place,
    )
    version = values.text(
        stated.get("billing_code_type_version"), "billing_code_type_version", place
    )
    if item.published_code is not None:
        out.add(
            "item_codes",
            item_id=item.item_id,
            position=0,
            code_system=item.code_system,
            code=item.code,
            published_type=item.published_type,
            published_code=item.published_code,
            code_version=version,
        )
    for key, relation in _RELATIONS.items():
        for position, inside in values.objects(stated.get(key), key, place):
            at = f"{place}.{key}[{position}]"
            check(key, inside, CONTAINED_CODE, at)
            row = _contained(inside, key, at, tally)
            if row is not None:
                out.add(
                    "bundled_codes",
                    item_id=item.item_id,
                    relation=relation,
                    position=position,
                    **row,
                )


def _contained(inside: dict[str, Any], key: str, place: str, tally: Tally) -> dict[str, Any] | None:
    values = Values(tally)
    code_type, text, version, description = (
        values.text(inside.get(name), f"{key}.{name}", place)
        for name in (
            "billing_code_type",
            "billing_code",
            "billing_code_type_version",
            "description",
        )
    )
    code_type, text = _trimmed(code_type), _trimmed(text)
    if text is None:
        tally.problem(NO_CODE, f"{key}.billing_code", place, show(inside.get("billing_code")))
        return None
    if code_type is None:
        sample = show(inside.get("billing_code_type"))
        tally.problem(NO_CODE_TYPE, f"{key}.billing_code_type", place, sample)
    code = normalise(code_type or "", text)
    if code_type is not None and code.problem:
        tally.problem(code.problem, f"{key}.billing_code", place, f"{code_type} {text}")
    return {
        "code_system": code.system,
        "code": code.code,
        "published_type": code_type,
        "published_code": text,
        "code_version": version,
        "description": description,
    }


def _trimmed(text: str | None) -> str | None:
    return None if text is None else text.strip()
