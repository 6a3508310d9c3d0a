"""The reader of a provider-reference file: who stands behind one `location` of a payer's file.

CMS price-transparency-guide, schemas/provider-reference, v1.0.0 to v1.6.2; version 2 has none.
Such a file names no price and no payer, so it is read for the rates that wait for it
(readers/references.py) and is no file to add by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ratepress.core.errors import UnreadableInput
from ratepress.lake.writer import LakeWriter
from ratepress.readers.base import Header, Tally
from ratepress.readers.payer.groups import Groups
from ratepress.readers.payer.header import NOT_STATED
from ratepress.readers.payer.keys import KeyCheck
from ratepress.readers.payer.kinds import Kind, kind_of
from ratepress.readers.payer.tokens import Tokens, encoding_of
from ratepress.readers.payer.values import WRONG_TYPE, Values, show
from ratepress.readers.source import Source

NOT_AN_OBJECT = WRONG_TYPE
KEYS = frozenset({"provider_groups", "version"})


class ProviderReferenceJson:
    """Members of one provider group, as a document of its own.

    >>> ProviderReferenceJson().recognise(b'{"provider_groups": [], "version": "1.0.0"}')
    True
    """

    kind = "payer-provider-reference"
    version = "1"
    row_is = "one contracting entity: an element of provider_groups"

    def recognise(self, head: bytes) -> bool:
        """Whether a file begins as a provider reference does."""
        return kind_of(head) is Kind.PROVIDER_REFERENCE

    def read(self, source: Source, out: LakeWriter, tally: Tally) -> Header:
        """Read all of `source` into `group_members` and `provider_groups`.

        Raises `UnreadableInput` for what is not one complete JSON document with an array
        `provider_groups`.
        """
        encoding = encoding_of(source, tally)
        document = _Document(source, Tokens(source, encoding), tally)
        Groups(out, tally, document.check).define_file(document.elements())
        if not document.has_groups:
            raise _no_reference(source, "there is no array `provider_groups` at the top level")
        return Header(
            publisher=NOT_STATED, declared_version=document.version, detected_version="1.x"
        )


class _Document:
    """One pass over the document: its elements as they come, the rest when they are through."""

    def __init__(self, source: Source, tokens: Tokens, tally: Tally) -> None:
        self._source = source
        self._tokens = tokens
        self._tally = tally
        self.check = KeyCheck(tally)
        self.has_groups = False
        self.version: str | None = None

    def elements(self) -> Iterator[tuple[dict[str, Any], str]]:
        """The objects of `provider_groups`, each with its place; each is a row that was read."""
        tokens = self._tokens
        if tokens.first()[0] != "start_map":
            raise _no_reference(self._source, "the document is not an object")
        seen: set[str] = set()
        position = 0
        for key in tokens.object_keys():
            if key in seen:
                self.check.repeated("", key, "the top level")
            seen.add(key)
            first = tokens.first()
            if key == "provider_groups" and first[0] == "start_array":
                self.has_groups = True
                for element in tokens.elements():
                    stated = self._row(tokens.build(element), f"provider_groups[{position}]")
                    if stated is not None:
                        yield stated, f"provider_groups[{position}]"
                    position += 1
            elif key == "version":
                value = tokens.build(first)
                self.version = Values(self._tally).text(value, "version", "the top level")
            else:
                tokens.skip(first)
        tokens.finish()
        self.check.keys("", seen, KEYS, "the top level")

    def _row(self, element: Any, place: str) -> dict[str, Any] | None:
        self._tally.read += 1
        if isinstance(element, dict):
            self._tally.loaded += 1
            return element
        self._tally.set_aside(NOT_AN_OBJECT, place)
        self._tally.problem(NOT_AN_OBJECT, "provider_groups", place, show(element))
        return None


def _no_reference(source: Source, why: str) -> UnreadableInput:
    return UnreadableInput(
        f"{source.name}: not a provider-reference file: {why}",
        expected="provider_groups with npi and tin, as in the CMS schema",
        todo="see what stands at its URL",
    )
