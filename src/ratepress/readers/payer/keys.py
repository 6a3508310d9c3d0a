"""The keys of an in-network file, by object, over all versions of the CMS schema.

Source: CMSgov/price-transparency-guide, schemas/in-network-rates/in-network-rates.json, tags
v1.0.0 to v2.2.0. A key is known if any of these versions has it at that place.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ratepress.readers.base import Tally
from ratepress.readers.payer.tokens import Repeated

HEADER = frozenset(
    {
        "reporting_entity_name",
        "reporting_entity_type",
        "plan_name",
        "plan_id_type",
        "plan_id",
        "plan_market_type",
        "issuer_name",
        "plan_sponsor_name",
        "last_updated_on",
        "version",
    }
)
FILE = HEADER | {"in_network", "provider_references"}
ITEM = frozenset(
    {
        "negotiation_arrangement",
        "name",
        "billing_code_type",
        "billing_code_type_version",
        "billing_code",
        "description",
        "severity_of_illness",
        "negotiated_rates",
        "bundled_codes",
        "covered_services",
    }
)
CONTAINED_CODE = frozenset(
    {
        "billing_code_type",
        "billing_code_type_version",
        "billing_code",
        "description",
    }
)
RATE = frozenset({"negotiated_prices", "provider_groups", "provider_references"})
PRICE = frozenset(
    {
        "negotiated_type",
        "negotiated_rate",
        "expiration_date",
        "service_code",
        "billing_class",
        "setting",
        "billing_code_modifier",
        "additional_information",
    }
)
REFERENCE = frozenset(
    {
        "provider_group_id",
        "provider_groups",
        "location",
        "network_name",
    }
)
ENTITY = frozenset({"npi", "tin"})
TIN = frozenset({"type", "value", "business_name"})

ONLY_SINCE_V2 = frozenset(
    {
        "issuer_name",
        "plan_sponsor_name",
        "severity_of_illness",
        "setting",
        "network_name",
        "business_name",
    }
)
"""Keys that no v1 schema has: any of them, used at its place, makes a file 2.x (Q13)."""

UNKNOWN_KEY, REPEATED_KEY = "F006", "F130"
_LONGEST_NAME = 80
_MOST_NAMES = 200


class KeyCheck:
    """Counts unknown and repeated keys, and notes whether a key of version 2 was used.

    >>> from ratepress.readers.base import Tally
    >>> check = KeyCheck(Tally())
    >>> check("tin", {"type": "ein", "business_name": "West Clinic"}, TIN, "in_network[0]")
    >>> check.has_v2_keys
    True
    """

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._names: set[str] = set()
        self.has_v2_keys = False

    def __call__(
        self, parent: str, value: Mapping[str, Any], known: frozenset[str], place: str
    ) -> None:
        """Look at all keys of one object, which stands under the key `parent`."""
        self.keys(parent, value.keys(), known, place)
        if isinstance(value, Repeated):
            for key in value.repeated:
                self.repeated(parent, key, place)

    def keys(self, parent: str, keys: Collection[str], known: frozenset[str], place: str) -> None:
        """The same for an object whose keys came one by one, each of them once in `keys`."""
        if not self.has_v2_keys and any(k in ONLY_SINCE_V2 and k in known for k in keys):
            self.has_v2_keys = True
        for key in keys:
            if key not in known:
                self._tally.problem(UNKNOWN_KEY, self._subject(parent, key), place)

    def counting_in(self, tally: Tally) -> KeyCheck:
        """Another check that counts in `tally`; the kinds of names are counted together."""
        other = KeyCheck(tally)
        other._names = self._names
        return other

    @property
    def is_full(self) -> bool:
        """Whether no further name would be told from others."""
        return len(self._names) >= _MOST_NAMES

    def repeated(self, parent: str, key: str, place: str) -> None:
        """One key that stood in its object before."""
        self._tally.problem(REPEATED_KEY, self._subject(parent, key), place)

    def _subject(self, parent: str, key: str) -> str:
        name = (f"{parent}.{key}" if parent else key)[:_LONGEST_NAME]
        # A hostile file could name a new key in every object: the list of kinds stays short.
        if name not in self._names and len(self._names) >= _MOST_NAMES:
            return f"{parent}.*" if parent else "*"
        self._names.add(name)
        return name
