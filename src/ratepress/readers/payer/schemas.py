"""What each version of the CMS schemas demands of a payer's file, in our own terms.

Source: CMSgov/price-transparency-guide, `schemas/*`, tags v1.0.0 to v2.2.0. Where a schema and
its README differ, this is the schema, its known faults included: 1.5 and 1.6.0 allow the billing
class `both` in a list and refuse it in an alternative. `dependentRequired` has no effect in the
draft that the schemas declare and is not held against a file.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from ratepress.core.errors import UsageError
from ratepress.readers.payer import watches
from ratepress.readers.payer.kinds import Kind
from ratepress.readers.payer.prices import TYPES
from ratepress.readers.payer.shapes import List, Number, Object, Shape, Text

Version = tuple[int, int, int]
NEWEST: dict[str, Version] = {"1.x": (1, 6, 2), "2.x": (2, 2, 0)}
_VERSION = re.compile(r"v?(\d)\.(\d{1,2})(?:\.(\d{1,2}))?\Z", re.ASCII)

_ALLOWED_CODE_TYPES = frozenset(
    {
        "CPT", "HCPCS", "ICD", "MS-DRG", "R-DRG", "S-DRG", "APS-DRG", "AP-DRG", "APR-DRG", "APC",
        "NDC", "HIPPS", "LOCAL", "EAPG", "CDT", "RC",
    }
)  # fmt: skip
_CODE_TYPES = _ALLOWED_CODE_TYPES | {"CSTM-ALL"}
_ARRANGEMENTS = frozenset({"ffs", "bundle", "capitation"})
_MARKETS = frozenset({"group", "individual"})
_ID_TYPES = frozenset({"ein", "hios"})
_TIN_TYPES = frozenset({"ein", "npi"})
_HTTPS = re.compile("^https://")
_ANY_PLACE = re.compile(r"^(0[1-9]|[1-9][0-9])$")
_PLACE_OF_2_0 = re.compile(r"^(([1-9][0-9]|[0-9][1-9])|CSTM-00)$")
_REAL_PLACE = re.compile(
    r"^(0[1-9]|1[0-9]|2[0-7]|3[1-4]|4[1-2]|49|5[0-8]|6[0-2]|6[5-6]|7[1-2]|81|99)$"
)
_PLACE_OR_ALL = re.compile(r"^(0[1-9]|[1-9][0-9]|CSTM-00)$")
_EIN_OF_2_0 = re.compile(r"\d{2}-?\d{7}")
_EIN, _NPI_TIN = re.compile(r"^[0-9]{2}-?[0-9]{7}$"), re.compile(r"^[1-9][0-9]{9}$")
_PLAN = ("plan_name", "plan_id_type", "plan_id", "plan_market_type")


def parse_version(text: str | None) -> Version | None:
    """A version as a file states it; None where it is none of 1.x and 2.x.

    >>> parse_version("2.2.0"), parse_version("v1.3"), parse_version("July")
    ((2, 2, 0), (1, 3, 0), None)
    """
    found = _VERSION.match((text or "").strip())
    if found is None or found[1] not in "12":
        return None
    return int(found[1]), int(found[2]), int(found[3] or 0)


def schema_version(declared: str | None, detected: str | None) -> Version:
    """The version to hold a file to: its own, unless its keys say that it is of the other kind.

    >>> schema_version("1.3.1", "1.x"), schema_version("1.0.0", "2.x"), schema_version(None, None)
    ((1, 3, 1), (2, 2, 0), (2, 2, 0))
    """
    stated = parse_version(declared)
    if stated is not None and detected in (None, f"{stated[0]}.x"):
        return stated
    return NEWEST[detected or "2.x"]


def schema(kind: Kind, version: Version) -> Object:
    """The conditions of one kind of file in one version; a version between two tags is the older.

    Raises `UsageError` for a kind that has no schema in that version.
    """
    if kind is Kind.IN_NETWORK:
        return _in_network(version)
    if kind is Kind.ALLOWED_AMOUNTS:
        return _allowed_amounts(version)
    if kind is Kind.TABLE_OF_CONTENTS:
        return _table_of_contents(version)
    raise UsageError(f"There is no schema to hold {kind.value} to")


def _text(version: Version) -> Text:
    """Version 2 has no empty texts."""
    return Text(least=1 if version >= (2, 0, 0) else 0)


def _at_least(version: Version) -> int:
    """Version 2 has no empty arrays."""
    return 1 if version >= (2, 0, 0) else 0


def _day(version: Version) -> Text:
    return Text(least=10, most=10) if version >= (2, 0, 0) else Text()


def _header(version: Version) -> dict[str, Shape]:
    text = _text(version)
    keys: dict[str, Shape] = {
        "reporting_entity_name": text,
        "reporting_entity_type": text,
        "last_updated_on": _day(version),
        "version": text,
        "plan_name": text,
        "plan_id": text,
        "plan_id_type": Text(_ID_TYPES) if version >= (2, 0, 0) else text,
        "plan_market_type": Text(_MARKETS),
    }
    if version >= (2, 0, 0):
        keys |= {"issuer_name": text, "plan_sponsor_name": text}
    return keys


def _required_header(version: Version) -> tuple[str, ...]:
    names = ("reporting_entity_name", "reporting_entity_type", "last_updated_on")
    return (*names, "version") if version >= (1, 1, 0) else names


def _plan_demands(version: Version) -> dict[str | tuple[str, str], tuple[str, ...]]:
    if version < (2, 0, 0):
        return {}
    keys = (*_PLAN, "issuer_name")
    demands: dict[str | tuple[str, str], tuple[str, ...]] = {
        key: tuple(k for k in keys if k != key) for key in keys
    }
    return {("plan_id_type", "ein"): ("plan_sponsor_name",)} | demands


def _in_network(version: Version) -> Object:
    is_v2 = version >= (2, 0, 0)
    text, least = _text(version), _at_least(version)
    loose_types = Text() if version < (1, 3, 0) else Text(_CODE_TYPES)
    contained = Object(
        {
            "billing_code_type": loose_types,
            "billing_code_type_version": text,
            "billing_code": text,
            "description": text,
        },
        required=(
            "billing_code_type", "billing_code_type_version", "billing_code", "description",
        ),
    )  # fmt: skip
    keys: dict[str, Shape] = {
        "negotiation_arrangement": Text(_ARRANGEMENTS),
        "name": text,
        "billing_code_type": Text(_CODE_TYPES),
        "billing_code_type_version": text,
        "billing_code": text,
        "description": text,
        "negotiated_rates": List(_rate(version), least, is_streamed=True),
        "covered_services": List(contained, least),
        "bundled_codes": List(contained, least),
    }
    if is_v2:
        keys["severity_of_illness"] = text
    item = Object(
        keys,
        required=(
            "negotiation_arrangement", "name", "billing_code_type", "billing_code_type_version",
            "billing_code", "negotiated_rates", "description",
        ),
        is_streamed=True,
        watch=watches.item,
        role="item",
    )  # fmt: skip
    return Object(
        {
            **_header(version),
            "provider_references": List(_reference(version), is_streamed=True),
            "in_network": List(item, least, is_streamed=True),
        },
        required=(*_required_header(version), "in_network"),
        demands=_plan_demands(version),
        is_streamed=True,
    )


def _reference(version: Version) -> Object:
    groups = List(_entity(version), _at_least(version), is_distinct=version < (2, 0, 0))
    keys: dict[str, Shape] = {
        "provider_group_id": Number(is_whole=version >= (2, 0, 0)),
        "provider_groups": groups,
    }
    if version < (2, 0, 0):
        return Object(
            keys | {"location": Text(form=_HTTPS)},
            required=("provider_group_id",),
            any_of=("location", "provider_groups"),
            watch=watches.reference,
        )
    return Object(
        keys | {"network_name": List(_text(version))},
        required=("provider_group_id", "provider_groups", "network_name"),
        watch=watches.reference,
    )


def _entity(version: Version) -> Object:
    npis = List(Number(), _at_least(version), is_distinct=True)
    if version >= (2, 1, 0):
        number = Number(least=Decimal(1_000_000_000), most=Decimal(9_999_999_999))
        npis = List(number, 1, is_distinct=True, alone=0)
    return Object(
        {"npi": npis, "tin": _tin(version)}, required=("npi", "tin"), watch=watches.entity
    )


def _tin(version: Version) -> Object:
    text = _text(version)
    if version < (2, 0, 0):
        return Object({"type": Text(_TIN_TYPES), "value": text}, required=("type", "value"))
    is_first = version < (2, 1, 0)
    ein = Object({"value": Text(form=_EIN_OF_2_0 if is_first else _EIN)}, ("business_name",))
    npi = Object({} if is_first else {"value": Text(form=_NPI_TIN)})
    return Object(
        {"type": Text(), "value": text if is_first else Text(), "business_name": text},
        required=("type", "value"),
        variants=("type", {"ein": ein, "npi": npi}),
    )


def _rate(version: Version) -> Object:
    least = _at_least(version)
    keys: dict[str, Shape] = {
        "negotiated_prices": List(_price(version), least, is_distinct=True),
        "provider_references": List(Number(), least, is_distinct=True),
    }
    if version >= (2, 0, 0):
        return Object(keys, required=("provider_references", "negotiated_prices"), role="rate")
    return Object(
        keys | {"provider_groups": List(_entity(version), is_distinct=True)},
        required=("negotiated_prices",),
        one_of=("provider_references", "provider_groups"),
        role="rate",
    )


def _price(version: Version) -> Object:
    is_v2 = version >= (2, 0, 0)
    classes = {"professional", "institutional"} | ({"both"} if version >= (1, 4, 0) else set())
    keys: dict[str, Shape] = {
        "negotiated_type": Text(TYPES, is_counted=True),
        "negotiated_rate": Number(above=Decimal(0) if is_v2 else None),
        "expiration_date": replace(_day(version), is_counted=True),
        "service_code": _places(version),
        "billing_class": Text(frozenset(classes)),
        "billing_code_modifier": List(Text(), _at_least(version), is_distinct=True),
        "additional_information": _text(version),
    }
    if is_v2:
        keys["setting"] = Text(frozenset({"inpatient", "outpatient", "both"}))
    refuses_both = (1, 4, 0) <= version < (1, 6, 1)
    return Object(
        keys,
        required=("negotiated_type", "billing_class", "negotiated_rate", "expiration_date")
        + (("setting",) if is_v2 else ()),
        demands={("billing_class", "professional"): ("service_code",)},
        variants=("billing_class", {"professional": Object({}), "institutional": Object({})})
        if refuses_both
        else None,
        watch=watches.price,
    )


def _places(version: Version) -> List:
    if version >= (2, 1, 0):
        return List(Text(form=_REAL_PLACE), 1, is_distinct=True, alone="CSTM-00")
    if version >= (2, 0, 0):
        return List(Text(form=_PLACE_OF_2_0), is_distinct=True)
    form = _PLACE_OR_ALL if version >= (1, 2, 0) else _ANY_PLACE
    return List(Text(form=form), is_distinct=True)


def _allowed_amounts(version: Version) -> Object:
    text, least = _text(version), _at_least(version)
    may_be_empty = version >= (2, 1, 0)
    is_v2_0 = (2, 0, 0) <= version < (2, 1, 0)
    zero = Decimal(0) if version >= (2, 0, 0) else None
    provider = Object(
        {
            "billed_charge": Number(least=zero),
            "npi": List(Number(is_whole=version >= (2, 0, 0)), least, is_distinct=True),
        },
        required=("billed_charge", "npi"),
    )
    payment = Object(
        {
            "allowed_amount": Number(least=zero),
            "billing_code_modifier": List(text, least, is_distinct=True),
            "providers": List(provider, least),
        },
        required=("allowed_amount", "providers"),
    )
    amount_keys: dict[str, Shape] = {
        "tin": Object({"type": Text(_TIN_TYPES), "value": text}),
        "service_code": List(Text(form=_ANY_PLACE), is_distinct=True),
        "billing_class": Text(frozenset({"professional", "institutional"})),
        "payments": List(payment, least),
    }
    if is_v2_0:
        amount_keys["setting"] = Text(frozenset({"inpatient", "outpatient"}))
    amount = Object(
        amount_keys,
        required=("tin", "billing_class", "payments") + (("setting",) if is_v2_0 else ()),
        demands={("billing_class", "professional"): ("service_code",)},
    )
    item = Object(
        {
            "name": text,
            "billing_code_type": Text(_ALLOWED_CODE_TYPES),
            "billing_code_type_version": text,
            "billing_code": text,
            "description": text,
            "allowed_amounts": List(amount, 0 if may_be_empty else least, is_streamed=True),
        },
        required=(
            "name", "billing_code_type", "billing_code_type_version", "billing_code",
            "allowed_amounts", "description",
        ),
        is_streamed=True,
        watch=watches.item,
    )  # fmt: skip
    items = List(item, 0 if version >= (2, 2, 0) else least, is_streamed=True)
    required = _required_header(version)
    return Object(
        _header(version) | {"version": Text(), "out_of_network": items},
        required=(*required, "out_of_network") if version >= (2, 0, 0) else required,
        demands={("plan_id_type", "ein"): ("plan_sponsor_name",)} if version >= (2, 0, 0) else {},
        is_streamed=True,
    )


def _table_of_contents(version: Version) -> Object:
    is_v2, text, least = version >= (2, 0, 0), _text(version), _at_least(version)
    file = Object(
        {
            "description": text,
            "location": Text(form=_HTTPS) if version >= (1, 6, 0) else Text(),
        },
        required=("description", "location"),
    )
    plan_keys: dict[str, Shape] = {
        "plan_name": text,
        "plan_id": text,
        "plan_id_type": Text(_ID_TYPES) if is_v2 else text,
        "plan_market_type": Text(_MARKETS),
    }
    if is_v2:
        plan_keys |= {"issuer_name": text, "plan_sponsor_name": text}
    plan = Object(
        plan_keys,
        required=_PLAN + (("issuer_name",) if is_v2 else ()),
        demands={("plan_id_type", "ein"): ("plan_sponsor_name",)} if is_v2 else {},
    )
    structure = Object(
        {
            "reporting_plans": List(plan, least, is_distinct=True),
            "in_network_files": List(file, least, is_distinct=True),
            "allowed_amount_file": file,
        },
        required=("reporting_plans",),
        any_of=("in_network_files", "allowed_amount_file"),
    )
    keys: dict[str, Shape] = {
        "reporting_entity_name": text,
        "reporting_entity_type": text,
        "reporting_structure": List(structure, least, is_distinct=True, is_streamed=True),
    }
    required: tuple[str, ...] = tuple(keys)
    if version >= (1, 4, 0):
        keys["version"] = text
        required += ("version",)
    if is_v2:
        keys["last_updated_on"] = _day(version)
        required += ("last_updated_on",)
    return Object(keys, required=required, is_streamed=True)
