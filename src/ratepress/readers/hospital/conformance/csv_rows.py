"""The data rows of a CSV held to the conditions of their version, a block of rows at a time.

The bits of each column (csv_cells.py) make one array; a condition is arithmetic on such arrays.
Source: CMS hospital price transparency data dictionaries v2.0 to v3.0, conditional requirements.
"""

from __future__ import annotations

import numpy as np

from ratepress.readers.hospital.conformance.csv_cells import (
    BAD,
    NINES,
    PRESENT,
    SMALL,
    SPECIAL,
    Cells,
    Flags,
    count,
    has_text,
    one_of,
    percentage,
    positive,
)
from ratepress.readers.hospital.conformance.csv_columns import (
    Layout,
    PayerColumns,
    subject_of,
)
from ratepress.readers.hospital.conformance.findings import Findings, Mask, Rows
from ratepress.readers.hospital.conformance.template import (
    V2_2,
    code_types,
)
from ratepress.readers.hospital.values import DRUG_UNIT_TYPES, METHODS, SETTINGS

BLANK, NOT_LISTED, NOT_POSITIVE, BAD_COUNT = "F411", "F412", "F414", "F415"
NO_CODE, NO_CHARGE, NO_PRICE, NO_RANGE = "F420", "F421", "F422", "F423"
OTHER_WITHOUT_NOTE, ZERO_WITHOUT_NOTE, NO_ESTIMATE, NO_COUNT = "F424", "F425", "F426", "F427"
DRUG_WITHOUT_UNIT, EMPTY_MODIFIER, UNNAMED, HALF_CODE = "F431", "F432", "F433", "F435"
HALF_DRUG, NINE_NINES, SMALL_PERCENTAGE = "F436", "F440", "F444"
ALLOWED = (("median_amount", "F428"), ("10th_percentile", "F429"), ("90th_percentile", "F430"))

_NUMBER = "a number above 0 in plain digits, such as 1234.50"
_A_COUNT = "0, 1 through 10, or a whole number from 11"
_UNIT, _TYPE = "drug_unit_of_measurement", "drug_type_of_measurement"
_AMOUNTS = ("gross", "discounted_cash", "min", "max")
_NOTES = "additional_payer_notes"


class RowChecks:
    """Holds blocks of rows of one layout to the template; what fails goes to `found`."""

    def __init__(self, layout: Layout, found: Findings) -> None:
        self.layout = layout
        self.found = found
        types = code_types(found.version)
        self.types = types
        number = Cells(positive)
        # Cells of other kinds are free text.
        self.kinds = {
            "number": number,
            "negotiated_dollar": number,
            "negotiated_percentage": Cells(percentage),
            "methodology": Cells(one_of(METHODS, "other")),
            "estimated_amount": number,
            "median_amount": number,
            "10th_percentile": number,
            "90th_percentile": number,
            "count": Cells(count),
            "setting": Cells(one_of(SETTINGS)),
            "code type": Cells(one_of(types, "NDC")),
            "drug type": Cells(one_of(DRUG_UNIT_TYPES)),
        }

    def check(self, rows: Rows) -> None:
        """One block; none of its rows is blank."""
        _Block(self, rows).check()


class _Block:
    """One block of rows while it is checked."""

    def __init__(self, checks: RowChecks, rows: Rows) -> None:
        self.checks = checks
        self.layout = checks.layout
        self.found = checks.found
        self.rows = rows
        self.nothing: Flags = np.zeros(len(rows.numbers), np.uint8)
        self.seen: dict[tuple[int, str], Flags] = {}

    def check(self) -> None:
        self.required("description", BLANK, "a value", None)
        has_code = self.codes()
        self.drugs()
        for amount in _AMOUNTS:
            self.amount(f"standard_charge|{amount}")
        modifiers = self.present(self.flags(self.layout.at.get("modifiers")))
        if self.found.version < V2_2:
            modifiers = np.zeros_like(modifiers)
        alone = modifiers & ~has_code
        self.tell(
            NO_CODE,
            "code",
            ~has_code & ~modifiers,
            None,
            "a code and its type, in any of the pairs",
        )
        self.items(~alone)
        self.prices(~alone, alone)

    def flags(self, position: int | None, kind: str = "") -> Flags:
        """The bits of a column; `nothing` where it is absent or blank in all of the block."""
        if position is None:
            return self.nothing
        flags = self.seen.get((position, kind))
        if flags is None:
            column = self.rows.columns[position]
            cells = self.checks.kinds.get(kind)
            if not any(column):
                flags = self.nothing
            else:
                flags = has_text(column) if cells is None else cells.of(column)
            self.seen[position, kind] = flags
        return flags

    @staticmethod
    def present(flags: Flags) -> Mask:
        is_present: Mask = (flags & PRESENT) != 0
        return is_present

    def tell(
        self, rule_id: str, subject: str, is_met: Mask, position: int | None, expected: str
    ) -> None:
        column = None if position is None else self.layout.headers[position]
        self.found.many(
            rule_id, subject, self.rows, is_met,
            position=position, column=column, expected=expected,
        )  # fmt: skip

    def bad(
        self, rule_id: str, subject: str, flags: Flags, position: int | None, expected: str,
        *, bit: int = BAD,
    ) -> None:  # fmt: skip
        """Tell the cells that have a bit."""
        if flags is not self.nothing:
            self.tell(rule_id, subject, (flags & bit) != 0, position, expected)

    def required(self, column: str, rule_id: str, expected: str, where: Mask | None) -> None:
        """Tell blank cells of a column, of the rows `where`; an absent column is told once."""
        position = self.layout.at.get(column)
        if position is not None:
            is_blank = ~self.present(self.flags(position))
            is_met = is_blank if where is None else is_blank & where
            self.tell(rule_id, column, is_met, position, expected)

    def amount(self, column: str) -> None:
        position = self.layout.at.get(column)
        self.bad(NOT_POSITIVE, column, self.flags(position, "number"), position, _NUMBER)

    def codes(self) -> Mask:
        """Check the pairs of code and type; which rows have a code or a type."""
        has_code = has_ndc = np.zeros(len(self.nothing), np.bool_)
        for code_at, type_at in self.layout.codes:
            code = self.present(self.flags(code_at))
            type_flags = self.flags(type_at, "code type")
            kind = self.present(type_flags)
            if code_at is not None:
                self.tell(HALF_CODE, "code", kind & ~code, code_at, "the code of this type")
            if type_at is not None:
                self.tell(HALF_CODE, "code|type", code & ~kind, type_at, "the type of this code")
            expected = "one of " + ", ".join(self.checks.types)
            is_unknown = code & ((type_flags & BAD) != 0)
            self.tell(NOT_LISTED, "code|type", is_unknown, type_at, expected)
            has_code = has_code | code | kind
            has_ndc = has_ndc | ((type_flags & SPECIAL) != 0)
        self.ndc(has_ndc)
        return has_code

    def ndc(self, has_ndc: Mask) -> None:
        unit_at, type_at = self.layout.at.get(_UNIT), self.layout.at.get(_TYPE)
        unit, kind = self.present(self.flags(unit_at)), self.present(self.flags(type_at))
        if unit_at is not None:
            self.tell(DRUG_WITHOUT_UNIT, _UNIT, has_ndc & ~unit, unit_at, "a value beside an NDC")
        if type_at is not None:
            is_met = has_ndc & unit & ~kind
            self.tell(DRUG_WITHOUT_UNIT, _TYPE, is_met, type_at, "a value beside an NDC")

    def drugs(self) -> None:
        if self.found.version < V2_2:
            return
        unit_at, type_at = self.layout.at.get(_UNIT), self.layout.at.get(_TYPE)
        unit, kind = self.flags(unit_at, "number"), self.flags(type_at, "drug type")
        if unit is self.nothing and kind is self.nothing:
            return
        self.bad(NOT_POSITIVE, _UNIT, unit, unit_at, _NUMBER)
        self.bad(NOT_LISTED, _TYPE, kind, type_at, "one of " + ", ".join(sorted(DRUG_UNIT_TYPES)))
        has_unit, has_type = self.present(unit), self.present(kind)
        if unit_at is not None:
            self.tell(HALF_DRUG, _UNIT, has_type & ~has_unit, unit_at, "the unit of this type")
        if type_at is not None:
            self.tell(HALF_DRUG, _TYPE, has_unit & ~has_type, type_at, "the type of this unit")

    def items(self, is_item: Mask) -> None:
        """What every row but a modifier's must have."""
        self.required("setting", BLANK, "a value", is_item)
        position = self.layout.at.get("setting")
        is_unknown = (self.flags(position, "setting") & BAD) != 0
        expected = "one of " + ", ".join(sorted(SETTINGS))
        self.tell(NOT_LISTED, "setting", is_unknown & is_item, position, expected)

    def prices(self, is_item: Mask, is_modifier: Mask) -> None:
        """What each payer and plan must state, and what all of them together demand."""
        at = self.layout.at
        has_price = has_dollar = np.zeros(len(self.nothing), np.bool_)
        says = self.present(self.flags(at.get("additional_generic_notes")))
        for payer in self.layout.payers:
            price, dollar, note = self.payer(payer, is_item)
            has_price, has_dollar, says = has_price | price, has_dollar | dollar, says | note
        gross_at = at.get("standard_charge|gross")
        gross = self.present(self.flags(gross_at))
        cash = self.present(self.flags(at.get("standard_charge|discounted_cash")))
        self.tell(
            NO_CHARGE, "standard_charge|gross", is_item & ~gross & ~cash & ~has_price, gross_at,
            "a gross charge, cash price or negotiated charge",
        )  # fmt: skip
        self.range_of(is_item & has_dollar)
        self.tell(
            EMPTY_MODIFIER, "additional_generic_notes", is_modifier & ~has_price & ~says,
            at.get("additional_generic_notes"), "a note or a negotiated charge",
        )  # fmt: skip

    def range_of(self, has_dollar: Mask) -> None:
        low, high = "standard_charge|min", "standard_charge|max"
        low_at, high_at = self.layout.at.get(low), self.layout.at.get(high)
        expected = "a value where a dollar amount is stated"
        has_low = self.present(self.flags(low_at))
        if low_at is not None:
            self.tell(NO_RANGE, low, has_dollar & ~has_low, low_at, expected)
            has_dollar = has_dollar & has_low  # A row that lacks both is one finding.
        if high_at is not None:
            has_high = self.present(self.flags(high_at))
            self.tell(NO_RANGE, high, has_dollar & ~has_high, high_at, expected)

    def payer(self, payer: PayerColumns, is_item: Mask) -> tuple[Mask, Mask, Mask]:
        """Check one payer's cells; which rows state a price, dollars, and a note."""
        at = payer.at
        cells = {element: self.flags(position, element) for element, position in at.items()
                 if element != _NOTES}  # fmt: skip
        note = self.present(self.flags(at.get(_NOTES)))
        names = self.layout.is_tall
        if not names and all(flags is self.nothing for flags in cells.values()):
            none = np.zeros(len(self.nothing), np.bool_)
            return none, none, note
        self.forms(payer, cells)
        dollar, percent, algorithm = (
            self.present(cells.get(f"negotiated_{kind}", self.nothing))
            for kind in ("dollar", "percentage", "algorithm")
        )
        derived = percent | algorithm
        price = dollar | derived
        self.named(payer, is_item, price)
        method = cells.get("methodology", self.nothing)
        tallied = cells.get("count", self.nothing)
        is_other, is_zero = (method & SPECIAL) != 0, (tallied & SPECIAL) != 0
        why = "what the methodology is, in a note", "why the count is 0, in a note"
        if _NOTES in at:
            subject = "additional_generic_notes" if names else _NOTES
            self.tell(OTHER_WITHOUT_NOTE, subject, is_item & is_other & ~note, at[_NOTES], why[0])
            self.tell(ZERO_WITHOUT_NOTE, subject, is_item & is_zero & ~note, at[_NOTES], why[1])
        self.amounts(payer, cells, is_item & derived, dollar, is_zero)
        return price, dollar, note

    def forms(self, payer: PayerColumns, cells: dict[str, Flags]) -> None:
        """The form of each cell of a payer."""
        for element, flags in cells.items():
            if flags is self.nothing or element == "negotiated_algorithm":
                continue
            position, subject = payer.at[element], subject_of(element)
            if element == "methodology":
                self.bad(
                    NOT_LISTED, subject, flags, position, "one of " + ", ".join(sorted(METHODS))
                )
            elif element == "count":
                self.bad(BAD_COUNT, subject, flags, position, _A_COUNT)
            else:
                self.bad(NOT_POSITIVE, subject, flags, position, _NUMBER)
            if element not in {"negotiated_dollar", "negotiated_percentage", "methodology"}:
                self.bad(NINE_NINES, subject, flags, position, "what is known of it", bit=NINES)
            if element == "negotiated_percentage":
                self.bad(SMALL_PERCENTAGE, subject, flags, position, "70.5 for 70.5%", bit=SMALL)

    def named(self, payer: PayerColumns, is_item: Mask, price: Mask) -> None:
        """A negotiated charge names its payer, plan and methodology, and the names a charge."""
        expected = "a value where a negotiated charge is stated"
        method_at = payer.at.get("methodology")
        if method_at is not None:
            is_blank = ~self.present(self.flags(method_at, "methodology"))
            subject = subject_of("methodology")
            self.tell(UNNAMED, subject, is_item & price & is_blank, method_at, expected)
        if not self.layout.is_tall:
            return
        self.required("payer_name", UNNAMED, expected, is_item & price)
        self.required("plan_name", UNNAMED, expected, is_item & price)
        at = self.layout.at
        both = self.present(self.flags(at["payer_name"]))
        both &= self.present(self.flags(at["plan_name"]))
        self.tell(
            NO_PRICE, "payer_name", is_item & both & ~price, at["payer_name"],
            "a negotiated dollar amount, percentage or algorithm beside payer and plan",
        )  # fmt: skip

    def amounts(
        self, payer: PayerColumns, cells: dict[str, Flags], derived: Mask, dollar: Mask, zero: Mask
    ) -> None:
        """What must stand beside a percentage or an algorithm."""
        expected = "a value beside a percentage or algorithm"
        demands = [
            ("estimated_amount", NO_ESTIMATE, derived & ~dollar),
            ("count", NO_COUNT, derived),
        ]
        demands += [(element, rule_id, derived & ~zero) for element, rule_id in ALLOWED]
        for element, rule_id, where in demands:
            position = payer.at.get(element)
            if position is not None:
                is_met = where & ~self.present(cells[element])
                self.tell(rule_id, element, is_met, position, expected)
