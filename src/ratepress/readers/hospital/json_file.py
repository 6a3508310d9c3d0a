"""The plain reader of hospital JSON files, v3 and v2, streaming over ijson.

Layout: CMS hospital price transparency JSON schemas. Keys may come in any order: general
elements may stand behind the prices. What a row is: docs/reference/rows-hospital.md.
"""

from __future__ import annotations

from typing import Any

from ratepress.core.errors import UnreadableInput
from ratepress.lake.writer import LakeWriter
from ratepress.readers.base import Header, Tally
from ratepress.readers.hospital.elements import (
    NAMES,
    REPEATED_KEY,
    WRONG_TYPE,
    Elements,
    Scalars,
)
from ratepress.readers.hospital.general import PUBLISHED_VERSIONS, UNPUBLISHED
from ratepress.readers.hospital.heading import Heading, Statement
from ratepress.readers.hospital.loader import Loader
from ratepress.readers.hospital.stream import ITEMS, MODIFIERS, Broken, Piece, pieces
from ratepress.readers.source import Source

NOT_UTF8 = "F003"
FAST_FROM_BYTES, FAST_FROM_PACKED = 1 << 20, 1 << 16
"""Sizes on disk from which the fast reader is used; packed JSON is some fifteen times larger."""

_OWN_KEYS = (
    b'"hospital_name"',
    b'"standard_charge_information"',
    b'"standard_charges"',  # JSON Lines may begin with an item.
    b'"hospital_location"',
    b'"modifier_information"',
    b'"type_2_npi"',
    b'"confirm_attestation"',
    b'"confirm_affirmation"',
)
_PAYER_FILE_KEYS = (b'"reporting_entity_name"', b'"in_network"', b'"out_of_network"')
_LOADED_ROOT_KEYS = frozenset(
    {
        "hospital_name",
        "last_updated_on",
        "version",
        "location_name",
        "hospital_location",
        "hospital_address",
        "type_2_npi",
        "license_information",
        "attestation",
        "affirmation",
        "general_contract_provisions",
        "financial_aid_policy",
    }
)
_STATEMENTS = {
    "general_contract_provisions": "provisions",
    "financial_aid_policy": "financial_aid_policy",
}
"""Root keys with texts, and the key of the text where it stands in an object."""
_STATEMENT_KEYS = frozenset({"payer_name", "plan_name"})
_PLACE = "root"


class HospitalJson:
    """Reader of hospital standard-charge JSON files.

    >>> HospitalJson().recognise(b'{"hospital_name": "West Mercy"')
    True
    """

    kind = "hospital-json"
    version = "2"
    row_is = (
        "one element of payers_information or of modifier_payer_information, or one "
        "standard charge, item or modifier that has no such element"
    )

    def recognise(self, head: bytes) -> bool:
        """Whether the text starts an object and names keys that only a hospital file has."""
        if not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
            return False
        return any(key in head for key in _OWN_KEYS) and not any(
            key in head for key in _PAYER_FILE_KEYS
        )

    def __init__(self, *, is_fast: bool | None = None) -> None:
        """`is_fast` forces the fast or the plain reader; None lets the size decide."""
        self._is_fast = is_fast

    def read(self, source: Source, out: LakeWriter, tally: Tally) -> Header:
        """All elements into items, charges, rates, allowed and modifier_notes.

        Raises `UnreadableInput`, with the byte offset, for JSON that is broken, cut off, too
        deep or too large, and for a file without items or without a hospital's name.
        """
        if _is_large(source) if self._is_fast is None else self._is_fast:
            # NumPy is imported here, and only here.
            from ratepress.readers.hospital.json_fast.blocks import Unsuited
            from ratepress.readers.hospital.json_fast.reader import read_fast

            document = _Document(source.name, out)
            try:
                read_fast(source, document.elements, out, document.take)
                return document.finish(tally)
            except Unsuited:
                out.discard()
        try:
            return _read_plainly(source, out, tally)
        except Broken:
            out.discard()
            return _read_plainly(source, out, tally, mends=True)


def _read_plainly(source: Source, out: LakeWriter, tally: Tally, *, mends: bool = False) -> Header:
    document = _Document(source.name, out)
    try:
        with pieces(source, document.tally if mends else None) as (found, not_utf8_at):
            if not_utf8_at is not None:
                place = f"byte {not_utf8_at:,}"
                document.tally.problem(NOT_UTF8, "encoding", place, "read as Windows-1252")
            for piece in found:
                document.take(piece)
        return document.finish(tally)
    except UnreadableInput as error:
        if mends or not isinstance(error, Broken):
            tally.absorb(document.tally)  # `inspect` tells what was met up to there.
        raise


def _is_large(source: Source) -> bool:
    return source.bytes >= (FAST_FROM_BYTES if source.container == "plain" else FAST_FROM_PACKED)


class _Document:
    """One reading of a document, with a tally of its own until it is at its end."""

    def __init__(self, name: str, out: LakeWriter) -> None:
        self._name = name
        self._out = out
        self.tally = Tally()
        self.elements = Elements(Loader(out, self.tally, NAMES), Scalars(self.tally))
        self._root: dict[str, Any] = {}

    def take(self, piece: Piece) -> None:
        """Load one piece of it."""
        _load(piece, self.elements, self._root, self.tally)

    def finish(self, tally: Tally) -> Header:
        """The head into the lake, and what was counted into `tally`."""
        if not self.elements.items:
            raise UnreadableInput(
                f"{self._name}: there is no standard charge in it",
                found=f"the keys {', '.join(self._root)}" if self._root else None,
                expected=f"an array {ITEMS} with at least one item",
                todo="check that it is a hospital's standard charges file",
            )
        heading = _heading(self._name, self._root, self.elements.scalars)
        heading.elements |= self.elements.met
        header = heading.write(self._out, self.tally, None)
        tally.absorb(self.tally)
        return header


def _load(piece: Piece, elements: Elements, root: dict[str, Any], tally: Tally) -> None:
    for key in piece.repeated:
        place = piece.key if piece.position is None else f"{piece.key}[{piece.position}]"
        tally.problem(REPEATED_KEY, key[:200], place)
    if piece.position is None:
        if piece.key in root:
            tally.problem(REPEATED_KEY, piece.key[:200], _PLACE)
        _keep_root(piece, elements.scalars, root, tally)
    elif piece.key == ITEMS:
        elements.item(piece.value, piece.position)
    else:
        elements.modifier(piece.value, piece.position)


def _keep_root(piece: Piece, scalars: Scalars, root: dict[str, Any], tally: Tally) -> None:
    key = piece.key
    if key in _LOADED_ROOT_KEYS:
        root[key] = piece.value
    elif key in (ITEMS, MODIFIERS):
        # Not an array, so it came whole: one row that cannot be read.
        tally.read += 1
        tally.problem(WRONG_TYPE, key, _PLACE, str(piece.value)[:200])
        tally.set_aside(WRONG_TYPE, key)
    else:
        scalars.unknown({key: piece.value}, _LOADED_ROOT_KEYS, "", _PLACE)


def _heading(name: str, root: dict[str, Any], scalars: Scalars) -> Heading:
    licence = _object(root, "license_information", scalars.tally)
    newer = _object(root, "attestation", scalars.tally)
    older = _object(root, "affirmation", scalars.tally)
    confirmed = newer.get("confirm_attestation", older.get("confirm_affirmation"))
    locations = scalars.texts(root, "location_name", "")
    version = scalars.text(root, "version", _PLACE)
    if version and version not in PUBLISHED_VERSIONS:
        scalars.tally.problem(UNPUBLISHED, "version", _PLACE, version)
    return Heading(
        name,
        _PLACE,
        hospital_name=scalars.text(root, "hospital_name", _PLACE),
        last_updated_on=scalars.text(root, "last_updated_on", _PLACE),
        version=version,
        locations=locations or scalars.texts(root, "hospital_location", ""),
        addresses=scalars.texts(root, "hospital_address", ""),
        npis=scalars.texts(root, "type_2_npi", ""),
        license_state=scalars.text(licence, "state", "license_information"),
        license_numbers=scalars.text(licence, "license_number", "license_information"),
        attested="" if confirmed is None else str(confirmed),
        attester_name=scalars.text(newer, "attester_name", "attestation"),
        statements=_statements(root, scalars),
        elements=set(root),
    )


def _statements(root: dict[str, Any], scalars: Scalars) -> list[Statement]:
    """The texts of the head: an array of objects, as CMS's example has it, or a text."""
    found = []
    for key, own in _STATEMENTS.items():
        value = root.get(key)
        for position, one in enumerate(value if isinstance(value, list) else [value]):
            place = f"{key}[{position}]" if isinstance(value, list) else _PLACE
            holder = one if isinstance(one, dict) else {own: one}
            scalars.unknown(holder, _STATEMENT_KEYS | {own}, f"{key}.", place)
            said = [scalars.text(holder, name, place) for name in ("payer_name", "plan_name", own)]
            if said[2]:
                found.append(Statement(key, *said))
    return found


def _object(root: dict[str, Any], key: str, tally: Tally) -> dict[str, Any]:
    value = root.get(key)
    if value is None or isinstance(value, dict):
        return value or {}
    tally.problem(WRONG_TYPE, key, _PLACE, str(value)[:200])
    return {}
