"""Items and modifiers of a hospital JSON file held to the conditions of their version.

Source: CMS hospital price transparency JSON schemas v2.0.0 to v3.0.0, with the correction of
2.2.1 in 2.2.0: a code without a type is no NDC. Keys that a schema does not name are allowed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ratepress.readers.hospital.conformance.findings import Findings
from ratepress.readers.hospital.conformance.json_values import (
    EMPTY,
    REQUIRED,
    WRONG_TYPE,
    Kind,
    count,
    filled,
    is_number,
    one_of,
    positive,
    shown,
    text,
)
from ratepress.readers.hospital.conformance.template import (
    V2_1,
    V2_2,
    V3,
    code_types,
)
from ratepress.readers.hospital.values import DRUG_UNIT_TYPES, METHODS, SETTINGS

NO_CHARGE, NO_PRICE, NO_RANGE, OTHER_WITHOUT_NOTE = "F421", "F422", "F423", "F424"
ZERO_WITHOUT_NOTE, NO_ESTIMATE, NO_COUNT = "F425", "F426", "F427"
DRUG_WITHOUT_UNIT, UNNAMED, HALF_CODE, HALF_DRUG = "F431", "F433", "F435", "F436"
NINE_NINES, OLD_ESTIMATE, SMALL_PERCENTAGE = "F440", "F442", "F444"

_DOLLAR, _PERCENT = "standard_charge_dollar", "standard_charge_percentage"
_ALGORITHM = "standard_charge_algorithm"
_PRICES = (_DOLLAR, _PERCENT, _ALGORITHM)
_ALLOWED = (("median_amount", "F428"), ("10th_percentile", "F429"), ("90th_percentile", "F430"))
_NOTES, _ESTIMATE = "additional_payer_notes", "estimated_amount"
_NINES = 999_999_999

Check = Callable[[Any, str], None]
"""Checks one element, whatever it is, at its path."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The single values of one kind of object; `rule` is broken where a required key is absent."""

    values: dict[str, Kind]
    required: tuple[str, ...]
    rule: str = REQUIRED


class ItemChecks:
    """Holds items and modifiers to the template; what fails goes to `found`."""

    def __init__(self, found: Findings) -> None:
        self.found = found
        version = found.version
        self.version = version
        note = filled if version >= V3 else text
        self.item_keys = Keys(
            {"description": filled},
            ("description", "code_information", "standard_charges"),
        )
        self.code_keys = Keys(
            {"code": filled, "type": one_of(code_types(version))}, ("code", "type"), HALF_CODE
        )
        unit = positive if version >= V3 else filled
        self.drug_keys = Keys(
            {"unit": unit, "type": one_of(sorted(DRUG_UNIT_TYPES))}, ("unit", "type"), HALF_DRUG
        )
        amounts = ("gross_charge", "discounted_cash", "minimum", "maximum")
        self.charge_keys = Keys(
            dict.fromkeys(amounts, positive)
            | {"setting": one_of(sorted(SETTINGS)), "additional_generic_notes": note},
            ("setting",),
        )
        self.payer_keys = _payer_keys(found)
        self.modifier_keys = Keys(
            {"description": filled, "code": filled}
            | ({"setting": one_of(sorted(SETTINGS))} if version >= V3 else {}),
            ("description", "modifier_payer_information", "code"),
        )
        names = ("payer_name", "plan_name", "description")
        self.modifier_payer_keys = Keys(dict.fromkeys(names, filled), names)

    def item(self, value: Any, path: str) -> None:
        """One element of standard_charge_information."""
        if not self._object(value, self.item_keys, path):
            return
        self._elements(value, "code_information", path, self.code)
        if self.version >= V2_2:
            if "drug_information" in value:
                self._object(value["drug_information"], self.drug_keys, f"{path}.drug_information")
            elif _has_ndc(value.get("code_information")):
                self._lacks(DRUG_WITHOUT_UNIT, "drug_information", path, "an object beside an NDC")
        self._elements(value, "standard_charges", path, self.charge)

    def code(self, value: Any, path: str) -> None:
        """One element of code_information."""
        self._object(value, self.code_keys, path)

    def charge(self, value: Any, path: str) -> None:
        """One element of standard_charges."""
        if not self._object(value, self.charge_keys, path):
            return
        payers = value.get("payers_information")
        if self.version >= V2_1:
            if not self._has_charge(value, payers):
                expected = "a gross charge, a cash price, or a charge for each payer"
                self._lacks(NO_CHARGE, "gross_charge", path, expected)
            if isinstance(payers, list) and any(_states(one, _DOLLAR) for one in payers):
                for key in ("minimum", "maximum"):
                    if key not in value:
                        expected = "a value where a dollar amount is stated"
                        self._lacks(NO_RANGE, key, path, expected)
        self._elements(value, "payers_information", path, self.payer)
        if self.version >= V3:
            self._elements(value, "modifier_code", path, self.modifier_code)

    def _has_charge(self, value: dict[str, Any], payers: Any) -> bool:
        if "gross_charge" in value or "discounted_cash" in value:
            return True
        if not isinstance(payers, list) or (not payers and self.version >= V3):
            return False
        return all(isinstance(one, dict) and any(key in one for key in _PRICES) for one in payers)

    def modifier_code(self, value: Any, path: str) -> None:
        """One element of modifier_code."""
        fault = filled(value)
        if fault is not None:
            self._tell(fault[0], "modifier_code", path, value, fault[1])

    def payer(self, value: Any, path: str) -> None:
        """One element of payers_information."""
        if not self._object(value, self.payer_keys, path):
            return
        self._notes(value, path)
        is_derived = _PERCENT in value or _ALGORITHM in value
        beside = "a value beside a percentage or algorithm"
        if self.version >= V3:
            if not is_derived and _DOLLAR not in value:
                self._lacks(
                    NO_PRICE,
                    "payer_name",
                    path,
                    "a negotiated dollar amount, percentage or algorithm",
                )
            if is_derived:
                if "count" not in value:
                    self._lacks(NO_COUNT, "count", path, beside)
                if value.get("count") != "0":
                    for key, rule_id in _ALLOWED:
                        if key not in value:
                            self._lacks(rule_id, key, path, beside)
        elif is_derived and _DOLLAR not in value and _ESTIMATE not in value:
            self._lacks(NO_ESTIMATE, _ESTIMATE, path, beside)
        self._alerts(value, path)

    def _notes(self, value: dict[str, Any], path: str) -> None:
        if self.version < V2_1:
            return
        is_other = value.get("methodology") == "other"
        is_zero = self.version >= V3 and value.get("count") == "0"
        if _NOTES not in value:
            if is_other:
                self._lacks(OTHER_WITHOUT_NOTE, _NOTES, path, "what the methodology is")
            if is_zero:
                self._lacks(ZERO_WITHOUT_NOTE, _NOTES, path, "why the count is 0")
        elif is_other and value[_NOTES] == "" and self.version < V3:
            # From 3.0 no note may be empty, and its kind has said so.
            self._tell(OTHER_WITHOUT_NOTE, _NOTES, path, "", "what the methodology is")

    def _alerts(self, value: dict[str, Any], path: str) -> None:
        if self.version >= V3:
            if _ESTIMATE in value:
                expected = "median, percentiles and count instead"
                self._tell(OLD_ESTIMATE, _ESTIMATE, path, value[_ESTIMATE], expected)
            for key, _ in _ALLOWED:
                if is_number(value.get(key)) and value[key] == _NINES:
                    self._tell(NINE_NINES, key, path, value[key], "what is known of it")
            if value.get("count") == str(_NINES):
                self._tell(NINE_NINES, "count", path, value["count"], "what is known of it")
        elif is_number(value.get(_ESTIMATE)) and value[_ESTIMATE] == _NINES:
            self._tell(NINE_NINES, _ESTIMATE, path, value[_ESTIMATE], "what is known of it")
        percent = value.get(_PERCENT, 1)
        if is_number(percent) and 0 < percent < 1:
            self._tell(SMALL_PERCENTAGE, _PERCENT, path, percent, "70.5 for 70.5%")

    def modifier(self, value: Any, path: str) -> None:
        """One element of modifier_information."""
        if self._object(value, self.modifier_keys, path):
            self._elements(value, "modifier_payer_information", path, self.modifier_payer)

    def modifier_payer(self, value: Any, path: str) -> None:
        """One element of modifier_payer_information."""
        self._object(value, self.modifier_payer_keys, path)

    def _object(self, value: Any, keys: Keys, path: str) -> bool:
        """Check the single values of an object and that its keys are there; False for no object."""
        if not isinstance(value, dict):
            key = path.rpartition(".")[2].partition("[")[0]
            self._tell(WRONG_TYPE, key, path, value, "an object")
            return False
        kinds = keys.values
        for key, one in value.items():
            kind = kinds.get(key)
            if kind is not None and (fault := kind(one)) is not None:
                self._tell(fault[0], key, path, one, fault[1])
        for key in keys.required:
            if key not in value:
                rule_id = keys.rule if keys.rule in self.found.active else REQUIRED
                self._lacks(rule_id, key, path, "a value")
        return True

    def _elements(self, value: dict[str, Any], key: str, path: str, check: Check) -> None:
        """Check each element of an array, if the key is there."""
        if key not in value:
            return
        elements = value[key]
        if not isinstance(elements, list):
            self._tell(WRONG_TYPE, key, path, elements, "an array")
        elif not elements:
            self._tell(EMPTY, key, path, elements, "an array with at least one element")
        else:
            for position, element in enumerate(elements):
                check(element, f"{path}.{key}[{position}]")

    def _tell(self, rule_id: str, key: str, path: str, value: Any, expected: str) -> None:
        self.found.add(rule_id, key, path, column=key, value=shown(value), expected=expected)

    def _lacks(self, rule_id: str, key: str, path: str, expected: str) -> None:
        self.found.add(rule_id, key, path, column=key, expected=expected)


def _payer_keys(found: Findings) -> Keys:
    version = found.version
    is_3 = version >= V3
    values: dict[str, Kind] = {
        "payer_name": filled,
        "plan_name": filled,
        "methodology": one_of(sorted(METHODS)),
        _DOLLAR: positive,
        _PERCENT: positive,
        _ALGORITHM: filled if is_3 else text,
        _NOTES: filled if is_3 else text,
    }
    if is_3:
        values |= {key: positive for key, _ in _ALLOWED} | {"count": count}
    elif version != V2_1:
        values[_ESTIMATE] = positive
    return Keys(values, ("payer_name", "plan_name", "methodology"), UNNAMED)


def _states(value: Any, key: str) -> bool:
    return isinstance(value, dict) and key in value


def _has_ndc(codes: Any) -> bool:
    return isinstance(codes, list) and any(
        isinstance(code, dict) and code.get("type") == "NDC" for code in codes
    )
