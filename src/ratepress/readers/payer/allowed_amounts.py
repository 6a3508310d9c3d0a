"""The reader of out-of-network allowed amounts (CMS schema v1.0.0 to v2.2.0).

What a payer allowed in 90 days of claims: each payment with the charge that was billed. The
providers are stated where they are paid; they become groups as inline providers of rates do.
What a row is: docs/reference/rows-payer.md, "Allowed amounts".
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from ratepress.codes.normalise import normalise
from ratepress.core.decimals import fit
from ratepress.core.errors import UnreadableInput
from ratepress.lake.writer import LakeWriter
from ratepress.readers.base import Header, Tally
from ratepress.readers.payer import items
from ratepress.readers.payer.groups import Groups
from ratepress.readers.payer.header import PLACE, FileHeader, file_header
from ratepress.readers.payer.items import NO_CODE, NO_CODE_TYPE, Item
from ratepress.readers.payer.keys import HEADER, KeyCheck
from ratepress.readers.payer.kinds import Kind, kind_of
from ratepress.readers.payer.prices import ROUNDED, TOO_LARGE, Prices
from ratepress.readers.payer.tokens import Token, Tokens, encoding_of, joined
from ratepress.readers.payer.values import WRONG_TYPE, Values, is_number, show
from ratepress.readers.source import Source

NO_AMOUNT, NO_CHARGE, BELOW_ZERO = "F140", "F141", "F142"
NO_PROVIDERS, NO_OBJECT, NO_PAYMENTS = "F143", "F144", "F145"
ITEM = frozenset(
    {"name", "billing_code_type", "billing_code_type_version", "billing_code", "description",
     "allowed_amounts"}
)  # fmt: skip
AMOUNT = frozenset({"tin", "service_code", "billing_class", "setting", "payments"})
PAYMENT = frozenset({"allowed_amount", "billing_code_modifier", "providers"})
PROVIDER = frozenset({"billed_charge", "npi"})
_HEAD = ("billing_code_type", "billing_code")


class AllowedAmountsJson:
    """Out-of-network allowed amounts of a payer, any version, any order of keys.

    Two passes, because an item's code may stand behind its amounts. Memory grows with items and
    with distinct providers, never with payments.

    >>> AllowedAmountsJson().recognise(b'{"version": "1.0.0", "out_of_network": [')
    True
    """

    kind = "payer-allowed-amounts"
    version = "1"
    row_is = "one element of providers in a payment, or a payment without providers"

    def recognise(self, head: bytes) -> bool:
        """Whether a file begins as allowed amounts do."""
        return kind_of(head) is Kind.ALLOWED_AMOUNTS

    def read(self, source: Source, out: LakeWriter, tally: Tally) -> Header:
        """Read all of `source` into `items`, `item_codes` and `allowed`, with their sets.

        Raises `UnreadableInput`, with the byte, for what is not one complete JSON document with
        an array `out_of_network`.
        """
        encoding = encoding_of(source, tally)
        check = KeyCheck(tally)
        stated, heads = _survey(source, Tokens(source, encoding), check)
        header = file_header(stated, tally)
        _Amounts(Tokens(source, encoding), out, tally, check, header).read(heads)
        plan = header.plan()
        if plan is not None:
            out.add("plans", **plan)
        return Header(
            publisher=header.payer_name,
            declared_version=header.texts["version"],
            detected_version=_detected(header, check),
            published_on=header.last_updated_on,
        )


def _detected(header: FileHeader, check: KeyCheck) -> str | None:
    """Only a plan's own keys tell version 1 from version 2.1; without a plan nothing may."""
    if check.has_v2_keys:
        return "2.x"
    return "1.x" if header.plan_name else None


def _survey(
    source: Source, tokens: Tokens, check: KeyCheck
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The header's values, and of each item what its amounts need."""
    if tokens.first()[0] != "start_map":
        raise _not_amounts(source)
    stated: dict[str, Any] = {}
    heads: list[dict[str, Any]] = []
    seen: set[str] = set()
    is_amounts = False
    for key in tokens.object_keys():
        if key in seen:
            check.repeated("", key, PLACE)
        seen.add(key)
        first = tokens.first()
        if key == "out_of_network" and first[0] == "start_array":
            is_amounts = True
            heads += [_head(tokens, element) for element in tokens.elements()]
        elif key in HEADER:
            value = tokens.build(first)
            stated[key] = joined(stated[key], value) if key in stated else value
        else:
            tokens.skip(first)
    tokens.finish()
    if not is_amounts:
        raise _not_amounts(source)
    check.keys("", seen, HEADER | {"out_of_network"}, PLACE)
    return stated, heads


def _head(tokens: Tokens, first: Token) -> dict[str, Any]:
    head: dict[str, Any] = {}
    if first[0] != "start_map":
        tokens.skip(first)
        return head
    for key in tokens.object_keys():
        if key in _HEAD:
            value = tokens.value()
            head[key] = joined(head[key], value) if key in head else value
        else:
            tokens.skip_value()
    return head


class _Amounts:
    """The second pass: items and their payments, in the order of the file."""

    def __init__(
        self,
        tokens: Tokens,
        out: LakeWriter,
        tally: Tally,
        check: KeyCheck,
        header: FileHeader,
    ) -> None:
        self._tokens = tokens
        self._out = out
        self._tally = tally
        self._check = check
        self._values = Values(tally)
        self._groups = Groups(out, tally, check)
        self._words = Prices(out, tally, check, header)

    def read(self, heads: list[dict[str, Any]]) -> None:
        """Every item of every array `out_of_network`, each with what the survey knows of it."""
        tokens = self._tokens
        for item_id, element in enumerate(tokens.elements_of("out_of_network")):
            place = f"out_of_network[{item_id}]"
            if element[0] == "start_map":
                self._item(_begin(item_id, place, heads[item_id], self._tally))
            else:
                self._wrong("out_of_network", tokens.build(element), place)

    def _item(self, item: Item) -> None:
        tokens, place = self._tokens, item.place
        stated: dict[str, Any] = {}
        seen: set[str] = set()
        n = 0
        before = self._tally.read
        for key in tokens.object_keys():
            if key in seen:
                self._check.repeated("out_of_network", key, place)
            seen.add(key)
            first = tokens.first()
            if key == "allowed_amounts" and first[0] == "start_array":
                for element in tokens.elements():
                    self._amount(tokens.build(element), item, f"{place}.allowed_amounts[{n}]")
                    n += 1
            elif key == "allowed_amounts":
                self._wrong(key, tokens.build(first), place)
            elif key in ITEM:
                value = tokens.build(first)
                stated[key] = joined(stated[key], value) if key in stated else value
            else:
                tokens.skip(first)
        self._check.keys("out_of_network", seen, ITEM, place)
        items.finish(item, stated, self._out, self._tally, self._check)
        if self._tally.read == before:
            self._tally.problem(NO_PAYMENTS, "allowed_amounts", place)

    def _amount(self, amount: Any, item: Item, place: str) -> None:
        """One element of `allowed_amounts`: what one TIN was paid, in one class and place."""
        if not isinstance(amount, dict):
            self._wrong("allowed_amounts", amount, place)
            return
        self._check("allowed_amounts", amount, AMOUNT, place)
        payments = amount.get("payments")
        if not isinstance(payments, list):
            self._wrong("payments", payments, place)
            return
        shared: dict[str, Any] | None = None
        for position, payment in enumerate(payments):
            at = f"{place}.payments[{position}]"
            for row in self._payment(payment, amount, item, at):
                if shared is None:
                    shared = self._shared(amount, place)
                self._out.add("allowed", item_id=item.item_id, **row, **shared)

    def _shared(self, amount: dict[str, Any], place: str) -> dict[str, Any]:
        billing_class = self._words.billing_class(amount.get("billing_class"), place)
        return {
            "billing_class": billing_class,
            "setting": self._words.setting(amount.get("setting"), place),
            "place_set_id": self._words.place_set(amount.get("service_code"), billing_class, place),
        }

    def _payment(
        self, payment: Any, amount: dict[str, Any], item: Item, place: str
    ) -> Iterator[dict[str, Any]]:
        """The rows of one payment: one for each of its providers, or one without any."""
        if not isinstance(payment, dict):
            self._tally.read += 1
            self._aside(NO_OBJECT, "payments", payment, place)
            return
        self._check("payments", payment, PAYMENT, place)
        providers = payment.get("providers")
        if not isinstance(providers, list) or not providers:
            self._tally.problem(NO_PROVIDERS, "providers", place, show(providers))
            providers = [{}]
        for position, provider in enumerate(providers):
            at = f"{place}.providers[{position}]" if payment.get("providers") else place
            row_id = self._tally.read
            self._tally.read += 1
            row = self._row(provider, payment, amount, item, at)
            if row is not None:
                self._tally.loaded += 1
                yield {"rate_id": row_id, "place": at, **row}

    def _row(
        self, provider: Any, payment: dict[str, Any], amount: dict[str, Any], item: Item, place: str
    ) -> dict[str, Any] | None:
        if not isinstance(provider, dict):
            self._aside(NO_OBJECT, "providers", provider, place)
            return None
        self._check("providers", provider, PROVIDER, place)
        if item.fault is not None:
            self._tally.set_aside(item.fault, place)
            return None
        observed = self._money(payment.get("allowed_amount"), NO_AMOUNT, "allowed_amount", place)
        if observed is None:
            is_large = is_number(payment.get("allowed_amount"))
            self._tally.set_aside(TOO_LARGE if is_large else NO_AMOUNT, place)
            return None
        charge = None
        if provider:
            stated = provider.get("billed_charge")
            charge = self._money(stated, NO_CHARGE, "billed_charge", place)
        entity = {"tin": amount.get("tin"), "npi": provider.get("npi")}
        return {
            "observed_amount": observed,
            "billed_charge": charge,
            "modifier_set_id": self._words.modifier_set(
                payment.get("billing_code_modifier"), place
            ),
            "provider_set_id": self._groups.entity_set(entity, place),
        }

    def _money(self, stated: Any, rule_id: str, subject: str, place: str) -> Decimal | None:
        """An amount as the lake holds it, with what is odd about it counted."""
        if isinstance(stated, bool) or not isinstance(stated, int | Decimal):
            self._tally.problem(rule_id, subject, place, show(stated))
            return None
        value, is_exact = fit(Decimal(stated))
        if value is None:
            self._tally.problem(TOO_LARGE, subject, place, show(stated))
        elif not is_exact:
            self._tally.problem(ROUNDED, subject, place, show(stated))
        if stated < 0:
            self._tally.problem(BELOW_ZERO, subject, place, show(stated))
        return value

    def _aside(self, rule_id: str, subject: str, met: Any, place: str) -> None:
        self._tally.set_aside(rule_id, place)
        self._tally.problem(rule_id, subject, place, show(met))

    def _wrong(self, key: str, value: Any, place: str) -> None:
        self._tally.problem(WRONG_TYPE, key, place, show(value))


def _begin(item_id: int, place: str, head: dict[str, Any], tally: Tally) -> Item:
    """The item as its amounts need it; without a code or its type, its amounts are set aside."""
    values = Values(tally)
    code_type, text = (
        found.strip() if (found := values.text(head.get(key), key, place)) else None
        for key in _HEAD
    )
    fault = None
    for rule_id, key, found in (
        (NO_CODE_TYPE, "billing_code_type", code_type),
        (NO_CODE, "billing_code", text),
    ):
        if found is None:
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
        arrangement=None,
        severity_of_illness=None,
        fault=fault,
    )


def _not_amounts(source: Source) -> UnreadableInput:
    return UnreadableInput(
        f"{source.name}: not allowed amounts: no array `out_of_network` at its top level",
        expected="reporting_entity_name, out_of_network and the other keys of the CMS schema",
        todo="check where it came from",
    )
