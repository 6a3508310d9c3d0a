"""Items, charges and rates into the lake, the same way from every layout of a hospital file.

A layout reader cuts its rows into `ItemCells`, `ChargeCells` and `PayerCells`, texts as
published; here they are parsed, their deviations counted at their place, and written.
Grains and columns: `lake/tables.py`. Rules: `core/rulebook/format-hospital.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from ratepress.codes.normalise import NormalisedCode, comparable, normalise
from ratepress.lake.sets import set_id
from ratepress.lake.writer import LakeWriter
from ratepress.readers.base import Tally
from ratepress.readers.hospital.cells import (
    ChargeCells,
    Deviation,
    ItemCells,
    Names,
    PayerCells,
)
from ratepress.readers.hospital.scope import scope
from ratepress.readers.hospital.values import (
    BAD_COUNT,
    BILLING_CLASSES,
    DRUG_UNIT_TYPES,
    METHODS,
    PRICE_UNITS,
    SETTINGS,
    Amount,
    factor,
    is_valid_count,
    money,
    split_modifiers,
    words,
)
from ratepress.readers.line_of_business import of_plan

NO_PRICE, NO_PAYER = "F207", "F208"
UNKNOWN_METHOD, UNKNOWN_SETTING, UNKNOWN_CLASS, BAD_DRUG_UNIT = "F209", "F210", "F211", "F212"
BAD_CODE_PAIR, NO_CHARGE, NO_CODE, MODIFIER_PRICE = "F213", "F221", "F227", "F228"
DOLLARS_OF_A_SHARE = "F235"
_SHARE_OF_CHARGES = "percent of total billed charges"


@dataclass(frozen=True, slots=True)
class Item:
    """An item that is written, with what its rates repeat of it."""

    item_id: int
    code_system: str | None
    code: str | None
    published_type: str | None
    has_codes: bool
    deviations: tuple[Deviation, ...]


class ItemRead(NamedTuple):
    """What the texts of an item come to; `main` is the code by which its prices are compared."""

    codes: list[NormalisedCode]
    main: NormalisedCode | None
    drug_unit: Decimal | None
    deviations: tuple[Deviation, ...]


def read_item(cells: ItemCells, names: Names) -> ItemRead:
    """The codes and drug unit of an item, and what deviates in them."""
    met: list[Deviation] = []
    codes = []
    for published_type, published_code in cells.codes:
        if not (published_type and published_code):
            sample = f"{published_type} {published_code}".strip()
            met.append(Deviation(BAD_CODE_PAIR, names.code, sample))
        if not published_code:
            continue
        code = normalise(published_type, published_code)
        if code.problem and published_type:
            sample = f"{published_type} {published_code}"
            met.append(Deviation(code.problem, names.code, sample))
        codes.append(code)
    unit = factor(cells.drug_unit)
    met += [Deviation(rule, names.drug_unit, cells.drug_unit) for rule in unit.rules]
    kind = cells.drug_unit_type
    if (kind and kind.upper() not in DRUG_UNIT_TYPES) or bool(kind) != bool(cells.drug_unit):
        sample = f"{cells.drug_unit} {kind}".strip()
        met.append(Deviation(BAD_DRUG_UNIT, names.drug_unit_type, sample))
    return ItemRead(codes, comparable(codes), unit.value, tuple(met))


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge line that is written, with what its rates repeat of it."""

    charge_id: int
    item: Item
    setting: str | None
    billing_class: str | None
    modifier_set_id: str
    has_amount: bool
    deviations: tuple[Deviation, ...]


@dataclass(slots=True)
class Loader:
    """Writes the rows of one hospital file. `billing_class` is the file's own default."""

    out: LakeWriter
    tally: Tally
    names: Names
    billing_class: str | None = None
    _items: int = 0
    _charges: int = 0
    _rates: int = 0
    _notes: int = 0
    _modifier_sets: set[str] = field(default_factory=set)
    _lines: dict[tuple[str, str], tuple[str, str | None]] = field(default_factory=dict)

    def count(self, deviations: Iterable[Deviation], place: str) -> None:
        """Each deviation once, at this place."""
        for rule, subject, sample in deviations:
            self.tally.problem(rule, subject, place, sample)

    def item(self, cells: ItemCells, place: str) -> Item:
        """Write one item and its codes. Its deviations are the caller's to count, per row."""
        read = read_item(cells, self.names)
        main = read.main
        item = Item(
            self._items,
            main.system if main else None,
            main.code if main else None,
            main.published_type if main else None,
            bool(read.codes),
            read.deviations,
        )
        self._items += 1
        self.out.add(
            "items",
            item_id=item.item_id,
            description=cells.description or None,
            code_system=item.code_system,
            code=item.code,
            drug_unit=read.drug_unit,
            drug_unit_type=cells.drug_unit_type.upper() or None,
            place=place,
        )
        for position, code in enumerate(read.codes):
            self.out.add(
                "item_codes",
                item_id=item.item_id,
                position=position,
                code_system=code.system,
                code=code.code,
                published_type=code.published_type or None,
                published_code=code.published_code,
            )
        return item

    def charge(self, item: Item, cells: ChargeCells, place: str) -> Charge:
        """Write one charge line. Its deviations are the caller's to count, per row."""
        met: list[Deviation] = []
        names = self.names
        setting = word(cells.setting, SETTINGS, UNKNOWN_SETTING, names.setting, met)
        own_class = word(
            cells.billing_class, BILLING_CLASSES, UNKNOWN_CLASS, names.billing_class, met
        )
        amounts = {
            column: self._amount(money(text), text, name, met)
            for column, text, name in (
                ("gross", cells.gross, names.gross),
                ("cash", cells.cash, names.cash),
                ("minimum", cells.minimum, names.minimum),
                ("maximum", cells.maximum, names.maximum),
            )
        }
        charge = Charge(
            self._charges,
            item,
            setting,
            own_class or self.billing_class,
            self._modifier_set(cells.modifiers),
            amounts["gross"] is not None or amounts["cash"] is not None,
            tuple(met),
        )
        self._charges += 1
        self.out.add(
            "charges",
            charge_id=charge.charge_id,
            item_id=item.item_id,
            code_system=item.code_system,
            code=item.code,
            setting=charge.setting,
            billing_class=charge.billing_class,
            modifier_set_id=charge.modifier_set_id,
            note=cells.note or None,
            place=place,
            **amounts,
        )
        return charge

    def rate(self, charge: Charge, cells: PayerCells, place: str) -> None:
        """Write one negotiated price, and what was allowed for it where that is stated."""
        met: list[Deviation] = []
        names = self.names
        dollars = self._amount(money(cells.dollars), cells.dollars, names.dollars, met)
        percentage = self._amount(factor(cells.percentage), cells.percentage, names.percentage, met)
        statement = statement_of(dollars, percentage, cells.algorithm)
        method = word(cells.method, METHODS, UNKNOWN_METHOD, names.method, met)
        if statement == "none":
            met.append(Deviation(NO_PRICE, names.dollars, f"{cells.payer} / {cells.plan}"))
        if not cells.payer:
            met.append(Deviation(NO_PAYER, names.payer, cells.plan))
        if is_of_a_share(dollars, percentage, method):
            met.append(Deviation(DOLLARS_OF_A_SHARE, names.method, cells.method))
        where = scope(charge.setting, charge.billing_class, cells.payer, cells.plan)
        plan = cells.plan or cells.payer
        if where.setting_rule:
            met.append(Deviation(where.setting_rule, names.setting, plan))
        if where.class_rule:
            met.append(Deviation(where.class_rule, names.billing_class, plan))
        line, evidence = self._line_of_business(cells.payer, cells.plan)
        item = charge.item
        self.out.add(
            "rates",
            rate_id=self._rates,
            item_id=item.item_id,
            charge_id=charge.charge_id,
            code_system=item.code_system,
            code=item.code,
            published_type=item.published_type,
            payer_name=cells.payer,
            plan_name=cells.plan or None,
            line_of_business=line,
            line_of_business_evidence=evidence,
            statement=statement,
            method=method,
            dollars=dollars,
            percentage=percentage,
            algorithm=cells.algorithm or None,
            price_unit=price_unit(statement, method, is_of_modifier=_is_of_modifier(charge)),
            billing_class=where.billing_class,
            setting=where.setting,
            scope_evidence=where.evidence,
            place_set_id="",
            modifier_set_id=charge.modifier_set_id,
            note=cells.note or None,
            place=place,
        )
        self._allowed(cells, met)
        self._rates += 1
        self.count(met, place)

    def _allowed(self, cells: PayerCells, met: list[Deviation]) -> None:
        if not (cells.median or cells.p10 or cells.p90 or cells.allowed_count or cells.estimated):
            return
        names = self.names
        if cells.allowed_count and not is_valid_count(cells.allowed_count):
            met.append(Deviation(BAD_COUNT, names.count, cells.allowed_count))
        self.out.add(
            "allowed",
            rate_id=self._rates,
            median=self._amount(money(cells.median), cells.median, names.median, met),
            p10=self._amount(money(cells.p10), cells.p10, names.p10, met),
            p90=self._amount(money(cells.p90), cells.p90, names.p90, met),
            count=cells.allowed_count or None,
            estimated_amount=self._amount(
                money(cells.estimated), cells.estimated, names.estimated, met
            ),
        )

    def modifier_note(
        self,
        modifier: str,
        description: str,
        setting: str,
        payer: str,
        plan: str,
        note: str,
        place: str,
    ) -> None:
        """Write what the hospital says of one modifier for one payer and plan."""
        self.out.add(
            "modifier_notes",
            position=self._notes,
            modifier=modifier,
            description=description or None,
            setting=setting or None,
            payer_name=payer or None,
            plan_name=plan or None,
            note=note or None,
            place=place,
        )
        self._notes += 1

    def _amount(
        self, amount: Amount, text: str, subject: str, met: list[Deviation]
    ) -> Decimal | None:
        met.extend(Deviation(rule, subject, text) for rule in amount.rules)
        return amount.value

    def _modifier_set(self, text: str) -> str:
        if not text:
            return ""
        members = split_modifiers(text)
        key = set_id(members)
        if key not in self._modifier_sets:
            self._modifier_sets.add(key)
            for member in members:
                self.out.add("modifier_sets", modifier_set_id=key, member=member)
        return key

    def _line_of_business(self, payer: str, plan: str) -> tuple[str, str | None]:
        found = self._lines.get((payer, plan))
        if found is None:
            found = self._lines[payer, plan] = of_plan(payer, plan)
        return found


def word(
    text: str, known: frozenset[str], rule: str, subject: str, met: list[Deviation]
) -> str | None:
    """A word of a list, lower case; one that the list does not have is kept and named."""
    if not text:
        return None
    word = words(text)
    if word not in known:
        met.append(Deviation(rule, subject, text))
    return word


def is_of_a_share(dollars: object, percentage: object, method: str | None) -> bool:
    """Whether dollars are stated where the methodology is a share of charges, and no share is."""
    return dollars is not None and percentage is None and method == _SHARE_OF_CHARGES


def statement_of(dollars: Decimal | None, percentage: Decimal | None, algorithm: str) -> str:
    """What a price is: the first of dollars, percentage and algorithm that is stated."""
    if dollars is not None:
        return "dollar"
    if percentage is not None:
        return "percentage"
    return "algorithm" if algorithm else "none"


def _is_of_modifier(charge: Charge) -> bool:
    return not charge.item.has_codes and bool(charge.modifier_set_id)


def price_unit(statement: str, method: str | None, *, is_of_modifier: bool) -> str:
    """What one price buys: a service, a case, a day, or a share of charges."""
    # A modifier's percentage is of the price of the item it stands on, not of charges.
    if statement == "percentage" and not is_of_modifier:
        return "charges"
    return PRICE_UNITS.get(method or "", "service")
