"""The elements of a hospital JSON file: items, charges and payers cut into the loader's cells.

Keys and types: CMS hospital price transparency JSON schemas v2.0 to v3.0. A value of the wrong
JSON type is named under F219: text in place of a number is parsed and a number in place of text
is kept, anything else is left empty; an element that is no object is set aside.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ratepress.readers.base import Tally
from ratepress.readers.hospital.cells import ChargeCells, ItemCells, Names, PayerCells
from ratepress.readers.hospital.loader import NO_CHARGE, NO_CODE, Charge, Loader

UNKNOWN_KEY, REPEATED_KEY, WRONG_TYPE = "F006", "F218", "F219"

NAMES = Names(
    code="code_information",
    drug_unit="drug_information.unit",
    drug_unit_type="drug_information.type",
    setting="setting",
    billing_class="billing_class",
    gross="gross_charge",
    cash="discounted_cash",
    minimum="minimum",
    maximum="maximum",
    payer="payer_name",
    dollars="standard_charge_dollar",
    percentage="standard_charge_percentage",
    method="methodology",
    median="median_amount",
    p10="10th_percentile",
    p90="90th_percentile",
    count="count",
    estimated="estimated_amount",
)
_ITEM_KEYS = frozenset({"description", "code_information", "drug_information", "standard_charges"})
_CODE_KEYS = frozenset({"code", "type"})
_DRUG_KEYS = frozenset({"unit", "type"})
_CHARGE_KEYS = frozenset(
    {
        "setting",
        "billing_class",
        "modifier_code",
        "gross_charge",
        "discounted_cash",
        "minimum",
        "maximum",
        "additional_generic_notes",
        "payers_information",
    }
)
_PAYER_KEYS = frozenset(
    {
        "payer_name",
        "plan_name",
        "standard_charge_dollar",
        "standard_charge_percentage",
        "standard_charge_algorithm",
        "methodology",
        "median_amount",
        "10th_percentile",
        "90th_percentile",
        "count",
        "estimated_amount",
        "additional_payer_notes",
    }
)
_MODIFIER_KEYS = frozenset({"code", "description", "setting", "modifier_payer_information"})
_MODIFIER_PAYER_KEYS = frozenset({"payer_name", "plan_name", "description"})
# A file can name keys without end; beyond these they are counted together.
_SUBJECT_LIMIT = 500
_OTHER_KEYS = "(other keys)"


@dataclass(slots=True)
class Scalars:
    """Takes texts out of JSON objects and counts what has the wrong type or an unknown key."""

    tally: Tally
    _subjects: set[str] = field(default_factory=set)

    def text(self, holder: dict[str, Any], key: str, place: str) -> str:
        """The text under `key`; a number there is kept as text and counted."""
        value = holder.get(key)
        if value is None:
            return ""
        if isinstance(value, str):
            return value.strip() if value.isascii() else _without_surrogates(value).strip()
        return self._odd(value, key, place)

    def number(self, holder: dict[str, Any], key: str, place: str) -> str:
        """The number under `key` as text; a text there is kept and counted."""
        value = holder.get(key)
        if value is None:
            return ""
        if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            return str(value)
        if isinstance(value, str):
            self.tally.problem(WRONG_TYPE, key, place, value)
            return _without_surrogates(value).strip()
        return self._odd(value, key, place)

    def either(self, holder: dict[str, Any], key: str) -> str:
        """The text or number under `key`, where versions of the template differ in its type."""
        value = holder.get(key)
        if isinstance(value, str):
            return _without_surrogates(value).strip()
        is_number = isinstance(value, (int, Decimal)) and not isinstance(value, bool)
        return str(value) if is_number else ""

    def listed(self, holder: dict[str, Any], key: str, place: str) -> list[Any]:
        """The array under `key`; anything else there is counted, and one text is a list of one."""
        value = holder.get(key)
        if value is None:
            return []
        if isinstance(value, list):
            return value
        self.tally.problem(WRONG_TYPE, key, place, _sample(value))
        return [value] if isinstance(value, str) else []

    def texts(self, holder: dict[str, Any], key: str, place: str) -> list[str]:
        """The texts of the array under `key` that are not empty."""
        found = []
        for position, value in enumerate(self.listed(holder, key, place)):
            text = self.text({key: value}, key, f"{place}{key}[{position}]")
            if text:
                found.append(text)
        return found

    def unknown(
        self, holder: dict[str, Any], known: frozenset[str], prefix: str, place: str
    ) -> None:
        """Count each key that the template does not have."""
        if holder.keys() <= known:
            return
        for key in holder.keys() - known:
            subject = _without_surrogates(prefix + key)[:200]
            if subject not in self._subjects:
                if len(self._subjects) >= _SUBJECT_LIMIT:
                    subject = _OTHER_KEYS
                self._subjects.add(subject)
            self.tally.problem(UNKNOWN_KEY, subject, place, _sample(holder[key]))

    def _odd(self, value: Any, key: str, place: str) -> str:
        self.tally.problem(WRONG_TYPE, key, place, _sample(value))
        is_number = isinstance(value, (int, Decimal)) and not isinstance(value, bool)
        return str(value) if is_number else ""


def _sample(value: Any) -> str:
    return _without_surrogates(str(value)[:200])


def _without_surrogates(text: str) -> str:
    # ijson's pure Python backend passes a lone `\ud800` on, which no encoding can hold.
    return text.encode("utf-8", "replace").decode("utf-8")


@dataclass(slots=True)
class Elements:
    """Loads the elements of `standard_charge_information` and `modifier_information`."""

    loader: Loader
    scalars: Scalars
    met: set[str] = field(default_factory=set)
    items: int = 0

    def item(self, element: Any, index: int) -> None:
        """One item with its charges and payers."""
        place = f"standard_charge_information[{index}]"
        tally = self.loader.tally
        self.items += 1
        if not isinstance(element, dict):
            self._set_aside(element, "standard_charge_information", place)
            return
        self.scalars.unknown(element, _ITEM_KEYS, "standard_charge_information.", place)
        cells = self._item_cells(element, place)
        item = self.loader.item(cells, place)
        self.loader.count(item.deviations, place)
        if not item.has_codes:
            tally.problem(NO_CODE, "code_information", place, cells.description)
        charges = element.get("standard_charges")
        if not isinstance(charges, list) or not charges:
            tally.read += 1
            if charges:
                tally.problem(WRONG_TYPE, "standard_charges", place, _sample(charges))
                tally.set_aside(WRONG_TYPE, place)
            else:
                tally.problem(NO_CHARGE, "standard_charges", place, cells.description)
                tally.loaded += 1
            return
        for position, charge in enumerate(charges):
            at = f"{place}.standard_charges[{position}]"
            if not isinstance(charge, dict):
                self._set_aside(charge, "standard_charges", at)
                continue
            self.scalars.unknown(charge, _CHARGE_KEYS, "standard_charges.", at)
            written = self.loader.charge(item, self._charge_cells(charge, at), at)
            self.loader.count(written.deviations, at)
            self._payers(written, charge, cells.description, at)

    def _item_cells(self, element: dict[str, Any], place: str) -> ItemCells:
        scalars = self.scalars
        codes = []
        for position, code in enumerate(scalars.listed(element, "code_information", place)):
            at = f"{place}.code_information[{position}]"
            if not isinstance(code, dict):
                scalars.tally.problem(WRONG_TYPE, "code_information", at, _sample(code))
                continue
            scalars.unknown(code, _CODE_KEYS, "code_information.", at)
            pair = (scalars.text(code, "type", at), scalars.text(code, "code", at))
            if any(pair):
                codes.append(pair)
        drug = element.get("drug_information")
        if drug is None:
            drug = {}
        elif not isinstance(drug, dict):
            scalars.tally.problem(WRONG_TYPE, "drug_information", place, _sample(drug))
            drug = {}
        scalars.unknown(drug, _DRUG_KEYS, "drug_information.", place)
        return ItemCells(
            scalars.text(element, "description", place),
            tuple(codes),
            scalars.either(drug, "unit"),
            scalars.text(drug, "type", place),
        )

    def _charge_cells(self, charge: dict[str, Any], place: str) -> ChargeCells:
        text, number = self.scalars.text, self.scalars.number
        return ChargeCells(
            setting=text(charge, "setting", place),
            billing_class=text(charge, "billing_class", place),
            modifiers="|".join(self.scalars.texts(charge, "modifier_code", f"{place}.")),
            gross=number(charge, "gross_charge", place),
            cash=number(charge, "discounted_cash", place),
            minimum=number(charge, "minimum", place),
            maximum=number(charge, "maximum", place),
            note=text(charge, "additional_generic_notes", place),
        )

    def _payers(
        self, written: Charge, charge: dict[str, Any], description: str, place: str
    ) -> None:
        tally = self.loader.tally
        payers = charge.get("payers_information")
        if payers is not None and not isinstance(payers, list):
            self._set_aside(payers, "payers_information", place)
            return
        if not payers:
            tally.read += 1
            tally.loaded += 1
            if not written.has_amount:
                tally.problem(NO_CHARGE, "standard_charges", place, description)
            return
        for position, payer in enumerate(payers):
            at = f"{place}.payers_information[{position}]"
            if not isinstance(payer, dict):
                self._set_aside(payer, "payers_information", at)
                continue
            tally.read += 1
            self.scalars.unknown(payer, _PAYER_KEYS, "payers_information.", at)
            self.met |= payer.keys()
            self.loader.rate(written, self._payer_cells(payer, at), at)
            tally.loaded += 1

    def _payer_cells(self, payer: dict[str, Any], place: str) -> PayerCells:
        text, number = self.scalars.text, self.scalars.number
        return PayerCells(
            payer=text(payer, "payer_name", place),
            plan=text(payer, "plan_name", place),
            dollars=number(payer, "standard_charge_dollar", place),
            percentage=number(payer, "standard_charge_percentage", place),
            algorithm=text(payer, "standard_charge_algorithm", place),
            method=text(payer, "methodology", place),
            median=number(payer, "median_amount", place),
            p10=number(payer, "10th_percentile", place),
            p90=number(payer, "90th_percentile", place),
            allowed_count=text(payer, "count", place),
            estimated=number(payer, "estimated_amount", place),
            note=text(payer, "additional_payer_notes", place),
        )

    def modifier(self, element: Any, index: int) -> None:
        """One modifier: a note for each of its payers, or one where it names none."""
        place = f"modifier_information[{index}]"
        if not isinstance(element, dict):
            self._set_aside(element, "modifier_information", place)
            return
        self.scalars.unknown(element, _MODIFIER_KEYS, "modifier_information.", place)
        payers = element.get("modifier_payer_information")
        if payers is not None and not isinstance(payers, list):
            self._set_aside(payers, "modifier_payer_information", place)
            return
        for position, payer in enumerate(payers or [{}]):
            at = f"{place}.modifier_payer_information[{position}]" if payers else place
            if not isinstance(payer, dict):
                self._set_aside(payer, "modifier_payer_information", at)
                continue
            self._modifier_note(element, payer, place, at)

    def _modifier_note(
        self, element: dict[str, Any], payer: dict[str, Any], place: str, at: str
    ) -> None:
        text = self.scalars.text
        tally = self.loader.tally
        tally.read += 1
        self.scalars.unknown(payer, _MODIFIER_PAYER_KEYS, "modifier_payer_information.", at)
        self.loader.modifier_note(
            modifier=text(element, "code", place),
            description=text(element, "description", place),
            setting=text(element, "setting", place),
            payer=text(payer, "payer_name", at),
            plan=text(payer, "plan_name", at),
            note=text(payer, "description", at),
            place=at,
        )
        tally.loaded += 1

    def _set_aside(self, value: Any, subject: str, place: str) -> None:
        """One row that cannot be read because an element has the wrong type."""
        tally = self.loader.tally
        tally.read += 1
        tally.problem(WRONG_TYPE, subject, place, _sample(value))
        tally.set_aside(WRONG_TYPE, place)
