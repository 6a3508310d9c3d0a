"""A hospital JSON file held to the schema of its version, piece by piece.

Source: CMS hospital price transparency JSON schemas v2.0.0 to v3.0.0. A place is the path of the
object that is meant, `root` for the outermost.
"""

from __future__ import annotations

from typing import Any

from ratepress.core.errors import UnreadableInput
from ratepress.readers.hospital.conformance.findings import Findings
from ratepress.readers.hospital.conformance.json_items import ItemChecks
from ratepress.readers.hospital.conformance.json_values import (
    EMPTY,
    NOT_LISTED,
    REQUIRED,
    WRONG_TYPE,
    Kind,
    boolean,
    day,
    filled,
    one_of,
    shown,
    text,
)
from ratepress.readers.hospital.conformance.template import (
    AFFIRMATION,
    ATTESTATION,
    STATES_OF_JSON,
    V2_2,
    V3,
    Version,
    expected_versions,
)
from ratepress.readers.hospital.stream import pieces
from ratepress.readers.source import Source

BROKEN, OTHER_VERSION, FALSE_STATEMENT = "F416", "F441", "F443"
ROOT, ITEMS, MODIFIERS = "root", "standard_charge_information", "modifier_information"
_VALUES: dict[str, Kind] = {"hospital_name": filled, "last_updated_on": day, "version": filled}


def check_json(source: Source, found: Findings) -> None:
    """Hold a JSON file to the schema. Where it is broken, what stood before is told, and F416."""
    items = ItemChecks(found)
    root: dict[str, Any] = {}
    try:
        with pieces(source) as (stream, _):
            for piece in stream:
                path = f"{piece.key}[{piece.position}]"
                if piece.position is None:
                    root[piece.key] = piece.value if piece.key in _KEPT else None
                elif piece.key == ITEMS:
                    items.item(piece.value, path)
                elif found.version >= V2_2:
                    items.modifier(piece.value, path)
                if piece.position is not None:
                    root[piece.key] = True
    except UnreadableInput as error:
        message = error.message.removeprefix(f"{source.name}: ")
        found.add(
            BROKEN, "JSON", error.place or ROOT, value=message, expected="one JSON object, whole"
        )
        return
    _Root(root, found).check()


def required_keys(version: Version) -> tuple[str, ...]:
    """The root keys that a version requires.

    >>> required_keys((2, 2, 1))[5:]
    ('hospital_location', 'affirmation', 'standard_charge_information')
    """
    general = ("hospital_name", "last_updated_on", "version", "hospital_address")
    newer = ("location_name", "type_2_npi", "attestation")
    older = ("hospital_location", "affirmation")
    return (*general, "license_information", *(newer if version >= V3 else older), ITEMS)


_KEPT = {*required_keys((2, 0, 0)), *required_keys((3, 0, 0)), MODIFIERS}


class _Root:
    """The root keys. Of the two long arrays, True stands for one that had elements."""

    def __init__(self, root: dict[str, Any], found: Findings) -> None:
        self.root = root
        self.found = found

    def check(self) -> None:
        version = self.found.version
        for key in required_keys(version):
            if key not in self.root:
                self.found.add(REQUIRED, key, ROOT, column=key, expected="a value")
        for key, kind in _VALUES.items():
            self.value(self.root, key, kind, ROOT)
        item = filled if version >= V3 else text
        lists = ("location_name", "type_2_npi") if version >= V3 else ("hospital_location",)
        for key in ("hospital_address", *lists):
            self.texts(key, item)
        self.nested("license_information", {"license_number": filled,
                    "state": one_of(sorted(STATES_OF_JSON))}, ("state",))  # fmt: skip
        self.statement(version)
        self.version(version)
        self.arrays(version)

    def value(self, holder: dict[str, Any], key: str, kind: Kind, place: str) -> None:
        if key in holder and (fault := kind(holder[key])) is not None:
            self.tell(fault[0], key, place, holder[key], fault[1])

    def tell(self, rule_id: str, key: str, place: str, value: Any, expected: str) -> None:
        self.found.add(rule_id, key, place, column=key, value=shown(value), expected=expected)

    def texts(self, key: str, kind: Kind) -> None:
        value = self.root.get(key)
        if key not in self.root:
            return
        if not isinstance(value, list):
            self.tell(WRONG_TYPE, key, ROOT, value, "an array of texts")
        elif not value:
            self.tell(EMPTY, key, ROOT, value, "an array with at least one text")
        else:
            for position, one in enumerate(value):
                if (fault := kind(one)) is not None:
                    self.tell(fault[0], key, f"{key}[{position}]", one, fault[1])

    def nested(self, key: str, kinds: dict[str, Kind], required: tuple[str, ...]) -> dict[str, Any]:
        """An object under the root; an empty one where it is absent or none."""
        value = self.root.get(key)
        if key not in self.root:
            return {}
        if not isinstance(value, dict):
            self.tell(WRONG_TYPE, key, ROOT, value, "an object")
            return {}
        for name in required:
            if name not in value:
                self.found.add(REQUIRED, name, key, column=name, expected="a value")
        for name, kind in kinds.items():
            self.value(value, name, kind, key)
        return value

    def statement(self, version: Version) -> None:
        name, words = (
            ("attestation", ATTESTATION) if version >= V3 else ("affirmation", AFFIRMATION)
        )
        confirm = f"confirm_{name}"
        kinds: dict[str, Kind] = {confirm: boolean}
        required: tuple[str, ...] = (name, confirm)
        if version >= V3:
            kinds["attester_name"] = filled
            required = (*required, "attester_name")
        value = self.nested(name, kinds, required)
        if name in value and value[name] != words:
            self.tell(NOT_LISTED, name, name, value[name], "the sentence of the template")
        if value.get(confirm) is False:
            self.tell(FALSE_STATEMENT, confirm, name, value[confirm], "true")

    def version(self, version: Version) -> None:
        declared = self.root.get("version")
        allowed = expected_versions(version, is_json=True)
        if allowed and isinstance(declared, str) and declared not in allowed:
            self.tell(OTHER_VERSION, "version", ROOT, declared, " or ".join(allowed))

    def arrays(self, version: Version) -> None:
        """The two long arrays where they are none: their elements were checked one by one."""
        keys = [ITEMS] if version < V2_2 else [ITEMS, MODIFIERS]
        for key in keys:
            value = self.root.get(key, True)
            if value is not True:
                self.tell(WRONG_TYPE, key, ROOT, value, "an array")
