"""Who a rate is for: provider references, inline groups, and the sets of them that rates name.

A group is defined in `provider_references` (its id is a number), or stated inline in a rate, or
lies behind a URL, or is referred to and never defined. CMS schema v1.0.0 to v2.2.0; what real
files do with the ids: docs/reference/rows-payer.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, NamedTuple

from ratepress.lake.sets import set_id
from ratepress.lake.writer import LakeWriter
from ratepress.readers.base import Tally
from ratepress.readers.payer.keys import ENTITY, REFERENCE, TIN, KeyCheck
from ratepress.readers.payer.values import (
    WRONG_TYPE,
    Values,
    canonical_number,
    is_number,
    number_text,
    show,
)

BAD_GROUP_ID, DEFINED_TWICE, UNDEFINED, WITHOUT_MEMBERS = "F120", "F121", "F122", "F123"
NOT_FETCHED, UNUSED, NO_TIN, BAD_TIN_TYPE, NO_NPI, BAD_NPI = (
    "F124",
    "F125",
    "F126",
    "F127",
    "F128",
    "F129",
)
NO_PROVIDERS = "F112"
TIN_ONLY = "0"
INLINE = "inline:"
FILE = "file"
"""The id of the one group of a provider-reference file, which itself names none."""
_HYPHENED_EIN = re.compile(r"(\d{2})-(\d{7})\Z", re.ASCII)
_RESERVED = (INLINE, "id:")


class GroupId(NamedTuple):
    """The id that joins, and the id as the file writes it there."""

    key: str
    published: str


class Entity(NamedTuple):
    """One contracting entity of a group: a TIN and the NPIs under it."""

    tin_type: str | None
    tin: str
    business_name: str | None
    npis: tuple[str, ...]

    @property
    def digest(self) -> bytes:
        """The same for the same TIN and NPIs, in whatever order and file they stand."""
        stated = json.dumps([self.tin_type, self.tin, self.npis], ensure_ascii=True)
        return blake2b(stated.encode(), digest_size=16).digest()


@dataclass(slots=True)
class Group:
    """What is known of one group so far."""

    published_id: str | None
    location: str | None = None
    digests: dict[bytes, None] = field(default_factory=dict)
    networks: frozenset[str] = frozenset()
    is_used: bool = False

    @property
    def state(self) -> str:
        if self.digests:
            return "listed"
        return "not fetched" if self.location is not None else "undefined"


def group_id(value: Any) -> GroupId | None:
    """The id of a group, or None where a value cannot be one.

    Numbers are compared as numbers, texts as they are.

    >>> from decimal import Decimal
    >>> group_id(Decimal("690.64470")), group_id("07"), group_id(None)
    (GroupId(key='690.6447', published='690.64470'), GroupId(key='07', published='07'), None)
    """
    if is_number(value):
        return GroupId(canonical_number(value), number_text(value))
    if not isinstance(value, str) or not value.strip():
        return None
    text = value.strip()
    # A text id must not pass for the hash of an inline group.
    return GroupId("id:" + text if text.startswith(_RESERVED) else text, text)


def members_hash(digests: Iterable[bytes]) -> str:
    """The hash of a group's entities, whatever their order and the group's id.

    >>> members_hash([b"a", b"b"]) == members_hash([b"b", b"a", b"a"])
    True
    """
    return blake2b(b"".join(sorted(set(digests))), digest_size=16).hexdigest()


class Groups:
    """All provider groups of one file: members are written as they come, states at the end."""

    def __init__(self, out: LakeWriter, tally: Tally, check: KeyCheck) -> None:
        self._out = out
        self._tally = tally
        self._check = check
        self._values = Values(tally)
        self._groups: dict[str, Group] = {}
        self._sets: set[str] = set()
        self._inline: set[str] = set()

    def misplaced(self, value: Any) -> None:
        """A `provider_references` that is no array."""
        self._tally.problem(WRONG_TYPE, "provider_references", "the top level", show(value))

    def define(self, reference: Any, place: str) -> None:
        """One element of the file's `provider_references`.

        An id that is defined again adds what is new to what was there (F121).
        """
        if not isinstance(reference, dict):
            self._tally.problem(WRONG_TYPE, "provider_references", place, show(reference))
            return
        self._check("provider_references", reference, REFERENCE, place)
        found = group_id(reference.get("provider_group_id"))
        if found is None:
            sample = show(reference.get("provider_group_id"))
            self._tally.problem(
                BAD_GROUP_ID, "provider_references.provider_group_id", place, sample
            )
            return
        group = self._groups.get(found.key)
        if group is None:
            group = self._groups[found.key] = Group(found.published)
        else:
            self._tally.problem(
                DEFINED_TWICE, "provider_references.provider_group_id", place, found.published
            )
        self._networks(group, found.key, reference.get("network_name"), place)
        location = self._values.text(
            reference.get("location"), "provider_references.location", place
        )
        group.location = group.location or location
        for entity in self._entities(reference.get("provider_groups"), place):
            digest = entity.digest
            if digest not in group.digests:
                self._write_members(found.key, len(group.digests), entity)
                group.digests[digest] = None

    def define_file(self, elements: Iterable[tuple[dict[str, Any], str]]) -> None:
        """The one group of a provider-reference file, from its elements and their places."""
        digests: dict[bytes, None] = {}
        for stated, place in elements:
            entity = self._entity(stated, place)
            if entity.digest not in digests:
                self._write_members(FILE, len(digests), entity)
                digests[entity.digest] = None
        self._out.add(
            "provider_groups",
            group_id=FILE,
            state="listed" if digests else "undefined",
            members_hash=members_hash(digests) if digests else None,
            is_used=False,
        )

    def _networks(self, group: Group, key: str, value: Any, place: str) -> None:
        for name in self._values.texts(value, "provider_references.network_name", place):
            if name not in group.networks:
                group.networks |= {name}
                self._out.add("group_networks", group_id=key, network_name=name)

    def refer(self, rate: dict[str, Any], place: str) -> str:
        """The provider set of one element of `negotiated_rates`; the empty set is `` (F112)."""
        found: dict[str, str | None] = {}
        references = self._values.listed(
            rate.get("provider_references"), "negotiated_rates.provider_references", place
        )
        for value in references:
            reference = group_id(value)
            if reference is None:
                self._tally.problem(
                    BAD_GROUP_ID, "negotiated_rates.provider_references", place, show(value)
                )
                continue
            self._use(reference, place)
            found.setdefault(reference.key, reference.published)
        inline = self._use_inline(self._entities(rate.get("provider_groups"), place))
        if inline is not None:
            found[inline] = None
        if not found:
            self._tally.problem(NO_PROVIDERS, "negotiated_rates", place)
        return self._write_set(found)

    def entity_set(self, stated: dict[str, Any], place: str) -> str:
        """The provider set of one entity, stated where it is paid (allowed-amounts files)."""
        inline = self._use_inline([self._entity(stated, place)])
        return self._write_set({} if inline is None else {inline: None})

    def _write_set(self, found: dict[str, str | None]) -> str:
        provider_set_id = set_id(found)
        if provider_set_id not in self._sets:
            self._sets.add(provider_set_id)
            for key, published in found.items():
                self._out.add(
                    "provider_sets",
                    provider_set_id=provider_set_id,
                    group_id=key,
                    published_id=published,
                )
        return provider_set_id

    def _use(self, reference: GroupId, place: str) -> None:
        group = self._groups.get(reference.key)
        if group is None:
            group = self._groups[reference.key] = Group(None)
            self._tally.problem(
                UNDEFINED, "negotiated_rates.provider_references", place, reference.published
            )
        group.is_used = True

    def _use_inline(self, stated: Iterable[Entity]) -> str | None:
        entities: dict[bytes, Entity] = {}
        for entity in stated:
            entities.setdefault(entity.digest, entity)
        if not entities:
            return None
        digest = members_hash(entities)
        key = INLINE + digest
        if key not in self._inline:
            self._inline.add(key)
            for position, entity in enumerate(entities.values()):
                self._write_members(key, position, entity)
            self._out.add(
                "provider_groups",
                group_id=key,
                state="inline",
                members_hash=digest,
                is_used=True,
            )
        return key

    def _entities(self, value: Any, place: str) -> Iterable[Entity]:
        for position, stated in self._values.objects(value, "provider_groups", place):
            yield self._entity(stated, f"{place}.provider_groups[{position}]")

    def _entity(self, stated: dict[str, Any], place: str) -> Entity:
        self._check("provider_groups", stated, ENTITY, place)
        npis = self._npis(stated.get("npi"), place)
        tin = stated.get("tin")
        if not isinstance(tin, dict):
            rule_id = NO_TIN if tin is None else WRONG_TYPE
            self._tally.problem(rule_id, "provider_groups.tin", place, show(tin))
            return Entity(None, "", None, npis)
        self._check("tin", tin, TIN, place)
        kind = self._values.word(tin.get("type"), "tin.type", place)
        if kind not in ("ein", "npi"):
            self._tally.problem(BAD_TIN_TYPE, "tin.type", place, show(tin.get("type")))
        text = (self._values.text(tin.get("value"), "tin.value", place) or "").strip()
        if not text:
            self._tally.problem(NO_TIN, "tin.value", place, show(tin.get("value")))
        if kind == "ein" and (hyphened := _HYPHENED_EIN.match(text)):
            text = hyphened[1] + hyphened[2]
        name = self._values.text(tin.get("business_name"), "tin.business_name", place)
        return Entity(kind, text, name, npis)

    def _npis(self, value: Any, place: str) -> tuple[str, ...]:
        found = set()
        for npi in self._values.listed(value, "provider_groups.npi", place):
            if is_number(npi):
                text = canonical_number(npi)
            else:
                text = npi.strip() if isinstance(npi, str) else ""
            if text and text.isascii() and text.isdigit():
                found.add(text)
            else:
                self._tally.problem(BAD_NPI, "provider_groups.npi", place, show(npi))
        if not found:
            self._tally.problem(NO_NPI, "provider_groups.npi", place, show(value))
        return tuple(sorted(found)) or (TIN_ONLY,)

    def _write_members(self, key: str, position: int, entity: Entity) -> None:
        for npi in entity.npis:
            self._out.add(
                "group_members",
                group_id=key,
                entity=position,
                tin_type=entity.tin_type,
                tin=entity.tin,
                business_name=entity.business_name,
                npi=npi,
            )

    def finish(self) -> None:
        """Write the state of each group, known now that all rates were read."""
        for row in self._states():
            self._out.add("provider_groups", **row)

    def _states(self) -> Iterator[dict[str, Any]]:
        """The rows of `provider_groups`; what they deviate in is counted on the way."""
        for key, group in self._groups.items():
            self._count(group, group.published_id or key)
            is_known = bool(group.digests) and group.location is None
            yield {
                "group_id": key,
                "published_id": group.published_id,
                "state": group.state,
                "location": group.location,
                "members_hash": members_hash(group.digests) if is_known else None,
                "is_used": group.is_used,
            }

    def _count(self, group: Group, name: str) -> None:
        subject, place = "provider_references", f"provider group {name}"
        if group.location is not None:
            self._tally.problem(NOT_FETCHED, subject, place, group.location)
        elif group.published_id is not None and not group.digests:
            self._tally.problem(WITHOUT_MEMBERS, subject, place, name)
        if not group.is_used:
            self._tally.problem(UNUSED, subject, place, name)
