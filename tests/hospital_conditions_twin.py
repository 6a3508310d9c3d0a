"""The conditions of the CSV templates, row by row and cell by cell: slow, plain, and on its own.

Written from the data dictionaries, without arrays, blocks or caches; it shares nothing with the
package but the names of the rules. A row comes as what each column of the template holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

Row = Mapping[str, str]
Told = tuple[str, str]
"""Rule and column; an empty column where a row as a whole is meant."""

METHODS = {"case rate", "fee schedule", "percent of total billed charges", "per diem", "other"}
TYPES = {
    "CPT", "HCPCS", "ICD", "DRG", "MS-DRG", "R-DRG", "S-DRG", "APS-DRG", "AP-DRG", "APR-DRG",
    "TRIS-DRG", "APC", "NDC", "HIPPS", "LOCAL", "EAPG", "CDT", "RC", "CDM",
}  # fmt: skip
UNITS = {"GR", "ME", "ML", "UN", "F2", "EA", "GM"}


class Twin:
    """Says what is wrong with one row. `payers` are the `Payer|Plan` of a wide file."""

    def __init__(self, version: str, codes: int, payers: tuple[str, ...] = ()) -> None:
        self.major = int(version[0])
        self.minor = int(version[2])
        self.codes = codes
        self.payers = payers

    def since(self, version: str) -> bool:
        return (self.major, self.minor) >= (int(version[0]), int(version[2]))

    def row(self, row: Row) -> set[Told]:
        self.cells = {column: cell.strip() for column, cell in row.items()}
        return set(self._row())

    def has(self, column: str) -> bool:
        return self.cells.get(column, "") != ""

    def _row(self) -> Iterator[Told]:
        has = self.has
        if not has("description"):
            yield "F411", "description"
        yield from self._codes()
        for kind in ("gross", "discounted_cash", "min", "max"):
            yield from self._number(f"standard_charge|{kind}")
        if self.since("2.2"):
            yield from self._drug()
        numbers = range(1, self.codes + 1)
        coded = any(has(f"code|{n}") or has(f"code|{n}|type") for n in numbers)
        alone = self.since("2.2") and not coded and has("modifiers")
        if not coded and not alone:
            yield "F420", ""
        for payer in self.payers or ("",):
            yield from self._payer(payer, is_item=not alone)
        if alone:
            if not self._explains():
                yield "F432", "additional_generic_notes"
        else:
            yield from self._item()

    def _codes(self) -> Iterator[Told]:
        has_ndc = False
        types = TYPES | ({"CMG", "MS-LTC-DRG"} if self.major == 3 else set())
        for n in range(1, self.codes + 1):
            code, kind = self.has(f"code|{n}"), self.has(f"code|{n}|type")
            value = self.cells.get(f"code|{n}|type", "").upper()
            if code and not kind:
                yield "F435", f"code|{n}|type"
            if kind and not code:
                yield "F435", f"code|{n}"
            if code and kind and value not in types:
                yield "F412", f"code|{n}|type"
            has_ndc = has_ndc or value == "NDC"
        if has_ndc and self.since("2.2"):
            for column in ("drug_unit_of_measurement", "drug_type_of_measurement"):
                if not self.has(column):
                    yield "F431", column
                    return

    def _drug(self) -> Iterator[Told]:
        unit, kind = "drug_unit_of_measurement", "drug_type_of_measurement"
        if self.has(unit) and not self.has(kind):
            yield "F436", kind
        if self.has(kind) and not self.has(unit):
            yield "F436", unit
        if self.has(kind) and self.cells[kind].upper() not in UNITS:
            yield "F412", kind
        yield from self._number(unit)

    def _number(self, column: str) -> Iterator[Told]:
        if self.has(column) and not _is_positive(self.cells[column]):
            yield "F414", column

    def _item(self) -> Iterator[Told]:
        if not self.has("setting"):
            yield "F411", "setting"
        elif self.cells["setting"].lower() not in {"inpatient", "outpatient", "both"}:
            yield "F412", "setting"
        if not self.since("2.1"):
            return
        charged = self.has("standard_charge|gross") or self.has("standard_charge|discounted_cash")
        if not charged and not any(self._price(payer) for payer in self.payers or ("",)):
            yield "F421", "standard_charge|gross"
        if any(self.has(_column("negotiated_dollar", p)) for p in self.payers or ("",)):
            for column in ("standard_charge|min", "standard_charge|max"):
                if not self.has(column):
                    yield "F423", column
                    return

    def _price(self, payer: str) -> bool:
        return any(
            self.has(_column(f"negotiated_{kind}", payer))
            for kind in ("dollar", "percentage", "algorithm")
        )

    def _explains(self) -> bool:
        return self.has("additional_generic_notes") or any(
            self._price(payer) or (payer and self.has(f"additional_payer_notes|{payer}"))
            for payer in self.payers or ("",)
        )

    def _payer(self, payer: str, *, is_item: bool) -> Iterator[Told]:
        def column(element: str) -> str:
            return _column(element, payer)

        yield from self._number(column("negotiated_dollar"))
        share = column("negotiated_percentage")
        yield from self._number(share)
        if self.has(share) and _is_positive(self.cells[share]) and float(self.cells[share]) < 1:
            yield "F444", share
        method = self.cells.get(column("methodology"), "").lower()
        if method and method not in METHODS:
            yield "F412", column("methodology")
        yield from self._allowed(payer)
        if is_item and self.since("2.1"):
            yield from self._conditions(payer, method)

    def _allowed(self, payer: str) -> Iterator[Told]:
        elements = (
            ["median_amount", "10th_percentile", "90th_percentile"] if self.major == 3 else []
        )
        if self.major == 2 and self.minor >= 2:
            elements = ["estimated_amount"]
        for element in elements:
            column = _column(element, payer)
            yield from self._number(column)
            if self.has(column) and _is_nines(self.cells[column]):
                yield "F440", column
        count = _column("count", payer)
        if self.major == 3 and self.has(count):
            value = self.cells[count]
            if value.lower() not in {"0", "1 through 10"} and not (
                value.isascii() and value.isdigit() and value[0] != "0" and int(value) >= 11
            ):
                yield "F415", count
            if _is_nines(value):
                yield "F440", count

    def _conditions(self, payer: str, method: str) -> Iterator[Told]:
        if self._price(payer):
            names = ("methodology",) if payer else ("payer_name", "plan_name", "methodology")
            for element in names:
                if self._lacks(element, payer):
                    yield "F433", _column(element, payer)
        elif self.major == 3 and not payer and self.has("payer_name") and self.has("plan_name"):
            yield "F422", "payer_name"
        note = _column("additional_payer_notes", payer) if payer else "additional_generic_notes"
        zero = self.major == 3 and self.cells.get(_column("count", payer)) == "0"
        if method == "other" and not self.has(note):
            yield "F424", note
        if zero and not self.has(note):
            yield "F425", note
        derived = ("negotiated_percentage", "negotiated_algorithm")
        if not all(self._lacks(element, payer) for element in derived):
            yield from self._beside(payer, zero=zero)

    def _beside(self, payer: str, *, zero: bool) -> Iterator[Told]:
        """What must stand beside a percentage or an algorithm."""
        demands: list[tuple[str, str]] = []
        if self.major == 3:
            demands = [("F427", "count")]
            if not zero:
                allowed = ("median_amount", "10th_percentile", "90th_percentile")
                demands += zip(("F428", "F429", "F430"), allowed, strict=True)
        elif self.minor >= 2 and self._lacks("negotiated_dollar", payer):
            demands = [("F426", "estimated_amount")]
        for rule_id, element in demands:
            if self._lacks(element, payer):
                yield rule_id, _column(element, payer)

    def _lacks(self, element: str, payer: str) -> bool:
        return not self.has(_column(element, payer))


def _column(element: str, payer: str) -> str:
    is_charge = element == "methodology" or element.startswith("negotiated_")
    middle = [payer] if payer else []
    return "|".join(["standard_charge", *middle, element] if is_charge else [element, *middle])


def _is_positive(text: str) -> bool:
    whole, _, part = text.partition(".")
    digits = whole + part
    is_plain = digits != "" and digits.isascii() and digits.isdigit()
    return is_plain and set(digits) != {"0"}


def _is_nines(text: str) -> bool:
    whole, _, part = text.partition(".")
    return whole.lstrip("0") == "999999999" and set(part) <= {"0"}
