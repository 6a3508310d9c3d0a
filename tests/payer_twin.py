"""A slow reader of in-network files that holds the whole document and reads it top to bottom.

It is written from docs/reference/rows-payer.md and shares with the reader under test only what
other rooms own (codes, sets, rounding). Whatever reads payer files must give its rows and counts.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from payer_documents import HEADER, KNOWN, NEW_IN_2, Object, digits, is_number, pairs
from ratepress.codes.normalise import normalise
from ratepress.core.decimals import fit
from ratepress.lake.sets import set_id
from ratepress.readers.line_of_business import of_market_type


class Twin:
    def __init__(self, text: str) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self.problems: Counter[tuple[str, str]] = Counter()
        self.aside: dict[str, list[str]] = {}
        self.read = 0
        self.is_v2 = False
        self.groups: dict[str, dict[str, Any]] = {}
        document = json.loads(text, parse_float=Decimal, object_pairs_hook=pairs)
        self.keys("", document)
        self.header(document)
        references = document.get("provider_references")
        if isinstance(references, list):
            for reference in references:
                self.define(reference)
        elif references is not None:
            self.problems["F100", "provider_references"] += 1
        for number, item in enumerate(document["in_network"]):
            self.item(number, item)
        self.states()

    def row(self, table: str, **row: Any) -> None:
        rows = self.rows.setdefault(table, [])
        if table in ("rates", "items") or row not in rows:
            rows.append(row)

    def keys(self, parent: str, value: Object) -> None:
        dot = parent + "." if parent else ""
        for key in value:
            if key not in KNOWN[parent]:
                self.problems["F006", dot + key] += 1
            elif key in NEW_IN_2:
                self.is_v2 = True
        for key in value.repeats:
            self.problems["F130", dot + key] += 1

    def text(self, value: Any, subject: str) -> str | None:
        if isinstance(value, str):
            return value if value.strip() else None
        if is_number(value):
            self.problems["F116", subject] += 1
            return digits(value)
        if value is not None:
            self.problems["F100", subject] += 1
        return None

    def word(self, value: Any, subject: str) -> str | None:
        text = self.text(value, subject)
        return text.strip().lower() if text else None

    def many(self, value: Any, subject: str) -> list[Any]:
        if isinstance(value, str) or is_number(value):
            self.problems["F117", subject] += 1
            return [value]
        if value is not None and not isinstance(value, list):
            self.problems["F100", subject] += 1
        return value if isinstance(value, list) else []

    def texts(self, value: Any, subject: str) -> list[str]:
        found = []
        for member in self.many(value, subject):
            if isinstance(member, str):
                found.append(member.strip())
            elif is_number(member):
                self.problems["F116", subject] += 1
                found.append(digits(member))
            else:
                self.problems["F100", subject] += 1
        return [text for text in found if text]

    def objects(self, value: Any, subject: str) -> list[tuple[int, Object]]:
        if value is not None and not isinstance(value, list):
            self.problems["F100", subject] += 1
        listed = value if isinstance(value, list) else []
        self.problems["F100", subject] += sum(not isinstance(v, dict) for v in listed)
        return [(n, v) for n, v in enumerate(listed) if isinstance(v, dict)]

    def date(self, value: Any, subject: str) -> date | None:
        if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value.strip()):
            year, month, day = map(int, value.strip().split("-"))
            try:
                return date(year, month, day)
            except ValueError:
                pass
        self.problems["F113", subject] += 1
        return None

    def header(self, document: Object) -> None:
        get = document.get
        for key in (*HEADER[:2], "last_updated_on", "version"):
            if get(key) is None or get(key) == "":
                self.problems["F131", key] += 1
        plain = [k for k in HEADER if k not in ("last_updated_on", "reporting_entity_type")]
        texts = {key: self.text(get(key), key) for key in plain}
        for key in ("plan_id_type", "plan_market_type"):
            text = texts[key]
            texts[key] = text.strip().lower() if text else None
        self.payer = texts["reporting_entity_name"] or "not stated"
        self.plan = texts["plan_name"]
        self.line = of_market_type(texts["plan_market_type"])
        self.version = texts["version"]
        updated = get("last_updated_on")
        self.updated = self.date(updated, "last_updated_on") if updated else None
        plan_keys = ("plan_name", "plan_id", "plan_id_type", "issuer_name", "plan_sponsor_name")
        if any(texts[key] for key in plan_keys):
            self.row(
                "plans",
                plan_name=texts["plan_name"] or "",
                plan_id_type=texts["plan_id_type"],
                plan_id=texts["plan_id"],
                market_type=texts["plan_market_type"],
                issuer_name=texts["issuer_name"],
                sponsor_name=texts["plan_sponsor_name"],
                file_set_id=None,
            )

    def group_id(self, value: Any) -> tuple[str, str] | None:
        if is_number(value):
            text = digits(value)
            key = re.sub(r"\.?0*$", "", text) if "." in text else text
            return ("0" if key == "-0" else key), text
        if isinstance(value, str) and value.strip():
            text = value.strip()
            return (f"id:{text}" if re.match("inline:|id:", text) else text), text
        return None

    def define(self, reference: Any) -> None:
        if not isinstance(reference, dict):
            self.problems["F100", "provider_references"] += 1
            return
        self.keys("provider_references", reference)
        found = self.group_id(reference.get("provider_group_id"))
        if found is None:
            self.problems["F120", "provider_references.provider_group_id"] += 1
            return
        key, published = found
        if key in self.groups:
            self.problems["F121", "provider_references.provider_group_id"] += 1
        new = {"published": published, "location": None, "entities": [], "used": False}
        group = self.groups.setdefault(key, new)
        for name in self.texts(reference.get("network_name"), "provider_references.network_name"):
            self.row("group_networks", group_id=key, network_name=name)
        location = self.text(reference.get("location"), "provider_references.location")
        group["location"] = group["location"] or location
        self.members(key, group["entities"], reference.get("provider_groups"))

    def members(self, key: str, had: list[Any], stated: Any) -> None:
        for entity, name in self.entities(stated):
            if entity in had:
                continue
            had.append(entity)
            kind, tin, npis = entity
            for npi in npis:
                self.row(
                    "group_members",
                    group_id=key,
                    entity=len(had) - 1,
                    tin_type=kind,
                    tin=tin,
                    business_name=name,
                    npi=npi,
                )

    def entities(self, stated: Any) -> list[tuple[Any, str | None]]:
        found = []
        for _, value in self.objects(stated, "provider_groups"):
            self.keys("provider_groups", value)
            npis = self.npis(value.get("npi"))
            tin = value.get("tin")
            if not isinstance(tin, dict):
                rule_id = "F126" if tin is None else "F100"
                self.problems[rule_id, "provider_groups.tin"] += 1
                found.append(((None, "", npis), None))
                continue
            self.keys("tin", tin)
            kind = self.word(tin.get("type"), "tin.type")
            if kind != "ein" and kind != "npi":
                self.problems["F127", "tin.type"] += 1
            text = (self.text(tin.get("value"), "tin.value") or "").strip()
            if text == "":
                self.problems["F126", "tin.value"] += 1
            if kind == "ein" and re.fullmatch(r"[0-9]{2}-[0-9]{7}", text):
                text = text.replace("-", "")
            name = self.text(tin.get("business_name"), "tin.business_name")
            found.append(((kind, text, npis), name))
        return found

    def npis(self, value: Any) -> tuple[str, ...]:
        found = set()
        for npi in self.many(value, "provider_groups.npi"):
            text = npi.strip() if isinstance(npi, str) else ""
            if is_number(npi):
                text = (self.group_id(npi) or ("", ""))[0]
            if re.fullmatch("[0-9]+", text):
                found.add(text)
            else:
                self.problems["F129", "provider_groups.npi"] += 1
        if not found:
            self.problems["F128", "provider_groups.npi"] += 1
            return ("0",)
        return tuple(sorted(found))

    def members_hash(self, entities: list[Any]) -> str:
        hashes = {
            blake2b(json.dumps([k, t, list(n)]).encode(), digest_size=16).digest()
            for k, t, n in entities
        }
        return blake2b(b"".join(sorted(hashes)), digest_size=16).hexdigest()

    def item(self, number: int, item: Any) -> None:
        if not isinstance(item, dict):
            self.problems["F100", "in_network"] += 1
            return
        place, get = f"in_network[{number}]", item.get
        self.keys("in_network", item)
        kind = self.text(get("billing_code_type"), "billing_code_type")
        kind = kind.strip() if kind else None
        published = self.text(get("billing_code"), "billing_code")
        published = published.strip() if published else None
        arrangement = self.word(get("negotiation_arrangement"), "negotiation_arrangement")
        severity = self.text(get("severity_of_illness"), "severity_of_illness")
        faults = []
        if published is None:
            faults.append(("F101", "billing_code"))
        if kind is None:
            faults.append(("F102", "billing_code_type"))
        if arrangement not in ("ffs", "bundle", "capitation"):
            faults.append(("F103", "negotiation_arrangement"))
        for fault in faults:
            self.problems[fault] += 1
        code = normalise(kind or "", published) if published else None
        if code and kind and code.problem:
            self.problems[code.problem, "billing_code"] += 1
        own = {
            "item_id": number,
            "code_system": code.system if code else None,
            "code": code.code if code else None,
        }
        version = self.text(get("billing_code_type_version"), "billing_code_type_version")
        self.row(
            "items",
            **own,
            name=self.text(get("name"), "name"),
            description=self.text(get("description"), "description"),
            drug_unit=None,
            drug_unit_type=None,
            place=place,
        )
        if published:
            self.row(
                "item_codes",
                **own,
                position=0,
                published_type=kind,
                published_code=published,
                code_version=version,
            )
        for key, relation in (("bundled_codes", "bundled"), ("covered_services", "covered")):
            for position, inside in self.objects(get(key), key):
                self.inside(number, key, relation, position, inside)
        shared = {
            **own,
            "published_type": kind,
            "arrangement": arrangement,
            "severity_of_illness": severity,
        }
        self.rates(get("negotiated_rates"), shared, faults[0][0] if faults else None, place)

    def rates(self, rates: Any, shared: dict[str, Any], fault: str | None, place: str) -> None:
        before = self.read
        if rates is not None and not isinstance(rates, list):
            self.problems["F100", "negotiated_rates"] += 1
        elif rates is not None:
            for position, rate in enumerate(rates):
                self.rate(rate, shared, fault, f"{place}.negotiated_rates[{position}]")
        if self.read == before:
            self.problems["F110", "negotiated_rates"] += 1

    def inside(self, number: int, key: str, relation: str, position: int, value: Object) -> None:
        self.keys(key, value)
        names = KNOWN["bundled_codes"]
        kind, version, published, description = (
            self.text(value.get(name), f"{key}.{name}") for name in names
        )
        if published is None:
            self.problems["F101", f"{key}.billing_code"] += 1
            return
        if kind is None:
            self.problems["F102", f"{key}.billing_code_type"] += 1
        published, kind = published.strip(), kind.strip() if kind else None
        code = normalise(kind or "", published)
        if kind and code.problem:
            self.problems[code.problem, f"{key}.billing_code"] += 1
        self.row(
            "bundled_codes",
            item_id=number,
            relation=relation,
            position=position,
            code_system=code.system,
            code=code.code,
            published_type=kind,
            published_code=published,
            code_version=version,
            description=description,
        )

    def rate(self, rate: Any, shared: dict[str, Any], fault: str | None, place: str) -> None:
        if not isinstance(rate, dict):
            self.problems["F100", "negotiated_rates"] += 1
            return
        self.keys("negotiated_rates", rate)
        prices = rate.get("negotiated_prices")
        if prices is not None and not isinstance(prices, list):
            self.problems["F100", "negotiated_prices"] += 1
        if not isinstance(prices, list) or not prices:
            self.problems["F111", "negotiated_prices"] += 1
            return
        loaded = []
        for position, price in enumerate(prices):
            at = f"{place}.negotiated_prices[{position}]"
            row = self.price(price, shared, fault)
            self.read += 1
            if isinstance(row, str):
                self.aside.setdefault(row, []).append(at)
            else:
                number = int(place.rpartition("[")[2][:-1])
                loaded.append(row | {"rate_position": number, "price_position": position})
        if loaded:
            provider_set_id = self.providers(rate)
            for row in loaded:
                self.row("rates", **row, provider_set_id=provider_set_id)

    def price(self, price: Any, shared: dict[str, Any], fault: str | None) -> Any:
        """The row, or the rule that sets it aside."""
        if not isinstance(price, dict):
            self.problems["F104", "negotiated_prices"] += 1
            return "F104"
        self.keys("negotiated_prices", price)
        if fault:
            return fault
        get = price.get
        method = self.word(get("negotiated_type"), "negotiated_type")
        if method not in ("negotiated", "derived", "fee schedule", "percentage", "per diem"):
            self.problems["F105", "negotiated_type"] += 1
            return "F105"
        if not is_number(get("negotiated_rate")):
            self.problems["F106", "negotiated_rate"] += 1
            return "F106"
        is_share = method == "percentage"
        amount, is_exact = fit(Decimal(get("negotiated_rate")), 6 if is_share else 4)
        if amount is None:
            self.problems["F002", "negotiated_rate"] += 1
            return "F002"
        self.problems["F001", "negotiated_rate"] += not is_exact
        self.problems["F107", "negotiated_rate"] += get("negotiated_rate") <= 0
        stated_class = self.word(get("billing_class"), "billing_class")
        billing_class = "facility" if stated_class == "institutional" else stated_class
        if stated_class not in ("professional", "institutional", "both"):
            self.problems["F114", "billing_class"] += 1
            billing_class = None
        setting = self.word(get("setting"), "setting")
        if setting not in (None, "inpatient", "outpatient", "both"):
            self.problems["F115", "setting"] += 1
            setting = None
        unit = {"ffs": "service", "bundle": "case", "capitation": "member"}[shared["arrangement"]]
        return {
            **shared,
            "rate_id": self.read,
            "charge_id": None,
            "payer_name": self.payer,
            "plan_name": self.plan,
            "line_of_business": self.line[0],
            "line_of_business_evidence": self.line[1],
            "statement": "percentage" if is_share else "dollar",
            "method": method,
            "dollars": None if is_share else amount,
            "percentage": amount if is_share else None,
            "algorithm": None,
            "price_unit": {"percentage": "charges", "per diem": "day"}.get(method, unit),
            "billing_class": billing_class,
            "setting": setting,
            "scope_evidence": None,
            "place_set_id": self.places(get("service_code"), billing_class),
            "modifier_set_id": self.modifiers(get("billing_code_modifier")),
            "expires_on": self.date(get("expiration_date"), "expiration_date"),
            "note": self.text(get("additional_information"), "additional_information"),
            "place": None,
        }

    def places(self, value: Any, billing_class: str | None) -> str:
        members = []
        for text in self.texts(value, "service_code"):
            text = text.upper()
            if not re.fullmatch(r"[0-9]{2}|CSTM-00", text):
                self.problems["F118", "service_code"] += 1
            members.append(f"0{text}" if re.fullmatch("[0-9]", text) else text)
        if not members and billing_class == "professional":
            self.problems["F118", "service_code"] += 1
        for member in members:
            self.row("place_sets", place_set_id=set_id(members), member=member)
        return set_id(members)

    def modifiers(self, value: Any) -> str:
        members = [text.upper() for text in self.texts(value, "billing_code_modifier")]
        for member in members:
            self.row("modifier_sets", modifier_set_id=set_id(members), member=member)
        return set_id(members)

    def providers(self, rate: Object) -> str:
        found: dict[str, str | None] = {}
        subject = "negotiated_rates.provider_references"
        for value in self.many(rate.get("provider_references"), subject):
            reference = self.group_id(value)
            if reference is None:
                self.problems["F120", subject] += 1
                continue
            key, published = reference
            if key not in self.groups:
                self.problems["F122", subject] += 1
                self.groups[key] = {"published": None, "location": None, "entities": []}
            self.groups[key]["used"] = True
            found.setdefault(key, published)
        before = self.problems.copy()
        entities: list[Any] = []
        for entity, _ in self.entities(rate.get("provider_groups")):
            if entity not in entities:
                entities.append(entity)
        if entities:
            digest = self.members_hash(entities)
            key = f"inline:{digest}"
            found[key] = None
            if key not in self.groups:
                self.groups[key] = {"hash": digest}
                counted, self.problems = self.problems, before  # Counted once, above.
                self.members(key, [], rate.get("provider_groups"))
                self.problems = counted
        if not found:
            self.problems["F112", "negotiated_rates"] += 1
        had = {r["provider_set_id"] for r in self.rows.get("provider_sets", [])}
        if set_id(found) not in had:
            for key, published_id in found.items():
                self.row(
                    "provider_sets",
                    provider_set_id=set_id(found),
                    group_id=key,
                    published_id=published_id,
                )
        return set_id(found)

    def states(self) -> None:
        for key, group in self.groups.items():
            if "hash" in group:
                self.row(
                    "provider_groups",
                    group_id=key,
                    published_id=None,
                    state="inline",
                    location=None,
                    members_hash=group["hash"],
                    is_used=True,
                )
                continue
            entities, location = group["entities"], group["location"]
            if location:
                self.problems["F124", "provider_references"] += 1
            elif not entities and group["published"] is not None:
                self.problems["F123", "provider_references"] += 1
            if not group["used"]:
                self.problems["F125", "provider_references"] += 1
            state = "listed" if entities else "not fetched" if location else "undefined"
            self.row(
                "provider_groups",
                group_id=key,
                published_id=group["published"],
                state=state,
                location=location,
                members_hash=self.members_hash(entities) if entities and not location else None,
                is_used=group["used"],
            )
