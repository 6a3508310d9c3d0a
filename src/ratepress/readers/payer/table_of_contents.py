"""The reader of tables of contents: which plans are in which files (CMS schema v1.0.0 to v2.2.0).

Many plans name one file and many files are of one plan, so each is stated once: plans have a set
of files, as rates have a set of providers. docs/reference/rows-payer.md, "Tables of contents".
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from ratepress.core.errors import UnreadableInput
from ratepress.lake.sets import set_id
from ratepress.lake.writer import LakeWriter
from ratepress.readers.base import Header, Tally
from ratepress.readers.payer.header import PLACE, file_header
from ratepress.readers.payer.keys import KeyCheck
from ratepress.readers.payer.kinds import Kind, kind_of
from ratepress.readers.payer.tokens import Token, Tokens, encoding_of, joined
from ratepress.readers.payer.values import WRONG_TYPE, Values, show
from ratepress.readers.source import Source

NO_OBJECT, UNNAMED, NO_LOCATION = "F132", "F133", "F134"
IN_PART, NOT_HTTPS, ONE_SIDED, OTHER_WORDS = "F135", "F136", "F137", "F138"
HEADER = frozenset({"reporting_entity_name", "reporting_entity_type", "version", "last_updated_on"})
STRUCTURE = frozenset({"reporting_plans", "in_network_files", "allowed_amount_file"})
PLAN = frozenset(
    {"plan_name", "plan_id_type", "plan_id", "plan_market_type", "issuer_name",
     "plan_sponsor_name"}
)  # fmt: skip
FILE = frozenset({"description", "location"})
_PARTS = ("plan_name", "plan_id_type", "plan_id", "plan_market_type")
IN_NETWORK, ALLOWED_AMOUNTS = "in-network", "allowed-amounts"


class TableOfContentsJson:
    """A payer's table of contents (index), any version, any order of keys.

    Memory grows with the files named, and with the plans of one reporting structure.

    >>> TableOfContentsJson().recognise(b'{"version": "2.2.0", "reporting_structure": [')
    True
    """

    kind = "payer-table-of-contents"
    version = "1"
    row_is = "one plan or one file that a reporting structure names"

    def recognise(self, head: bytes) -> bool:
        """Whether a file begins as a table of contents does."""
        return kind_of(head) is Kind.TABLE_OF_CONTENTS

    def read(self, source: Source, out: LakeWriter, tally: Tally) -> Header:
        """Read all of `source` into `plans`, `file_sets` and `listed_files`.

        Raises `UnreadableInput`, with the byte, for what is not one complete JSON document with
        an array `reporting_structure`.
        """
        encoding = encoding_of(source, tally)
        reading = _Reading(Tokens(source, encoding), out, tally)
        stated = reading.document(source)
        # Version 1 has no date here, and no version before 1.4.
        required = ("reporting_entity_name", "reporting_entity_type")
        header = file_header(stated, tally, required)
        return Header(
            publisher=header.payer_name,
            declared_version=header.texts["version"],
            detected_version="2.x"
            if reading.check.has_v2_keys or header.last_updated_on
            else "1.x",
            published_on=header.last_updated_on,
        )


class _Reading:
    """One pass over the document; each structure is written when its last key was read."""

    def __init__(self, tokens: Tokens, out: LakeWriter, tally: Tally) -> None:
        self.check = KeyCheck(tally)
        self._tokens = tokens
        self._out = out
        self._tally = tally
        self._values = Values(tally)
        self._files: dict[bytes, tuple[int, str | None]] = {}
        self._sets: set[str] = set()
        self._plans: set[bytes] = set()

    def document(self, source: Source) -> dict[str, Any]:
        """Read everything; the values of the header are given back."""
        tokens = self._tokens
        if tokens.first()[0] != "start_map":
            raise _not_a_table(source)
        stated: dict[str, Any] = {}
        seen: set[str] = set()
        n = 0
        is_table = False
        for key in tokens.object_keys():
            if key in seen:
                self.check.repeated("", key, PLACE)
            seen.add(key)
            first = tokens.first()
            if key == "reporting_structure" and first[0] == "start_array":
                is_table = True
                for element in tokens.elements():
                    self._structure(element, f"reporting_structure[{n}]")
                    n += 1
            elif key in HEADER:
                value = tokens.build(first)
                stated[key] = joined(stated[key], value) if key in stated else value
            else:
                tokens.skip(first)
        tokens.finish()
        if not is_table:
            raise _not_a_table(source)
        self.check.keys("", seen, HEADER | {"reporting_structure"}, PLACE)
        return stated

    def _structure(self, first: Token, place: str) -> None:
        tokens = self._tokens
        if first[0] != "start_map":
            value = tokens.build(first)
            self._tally.problem(WRONG_TYPE, "reporting_structure", place, show(value))
            return
        plans: list[dict[str, Any]] = []
        files: set[int] = set()
        seen: set[str] = set()
        for key in tokens.object_keys():
            if key in seen:
                self.check.repeated("reporting_structure", key, place)
            seen.add(key)
            token = tokens.first()
            if key == "allowed_amount_file":
                if token[0] != "null":
                    self._file(tokens.build(token), ALLOWED_AMOUNTS, f"{place}.{key}", files)
            elif key not in STRUCTURE:
                tokens.skip(token)
            elif token[0] != "start_array":
                self._tally.problem(WRONG_TYPE, key, place, show(tokens.build(token)))
            else:
                for position, element in enumerate(tokens.elements()):
                    at = f"{place}.{key}[{position}]"
                    value = tokens.build(element)
                    if key == "in_network_files":
                        self._file(value, IN_NETWORK, at, files)
                    else:
                        self._plan(value, at, plans)
        self.check.keys("reporting_structure", seen, STRUCTURE, place)
        self._finish(plans, files, place)

    def _finish(self, plans: list[dict[str, Any]], files: set[int], place: str) -> None:
        if not plans or not files:
            missing = "plans" if not plans else "files"
            self._tally.problem(ONE_SIDED, "reporting_structure", place, f"no {missing}")
        file_set_id = set_id(str(file) for file in files)
        if file_set_id not in self._sets:
            self._sets.add(file_set_id)
            for file in sorted(files):
                self._out.add("file_sets", file_set_id=file_set_id, file_id=file)
        for plan in plans:
            digest = _digest(file_set_id, *plan.values())
            if digest not in self._plans:
                self._plans.add(digest)
                self._out.add("plans", file_set_id=file_set_id, **plan)

    def _plan(self, stated: Any, place: str, plans: list[dict[str, Any]]) -> None:
        self._tally.read += 1
        if not isinstance(stated, dict):
            self._aside(NO_OBJECT, "reporting_plans", stated, place)
            return
        self.check("reporting_plans", stated, PLAN, place)
        texts = {
            key: self._values.text(stated.get(key), f"reporting_plans.{key}", place)
            for key in ("plan_name", "plan_id", "issuer_name", "plan_sponsor_name")
        }
        words = {
            key: self._values.word(stated.get(key), f"reporting_plans.{key}", place)
            for key in ("plan_id_type", "plan_market_type")
        }
        if texts["plan_name"] is None and texts["plan_id"] is None:
            self._aside(UNNAMED, "reporting_plans", stated, place)
            return
        for key in _PARTS:
            if (texts | words)[key] is None:
                self._tally.problem(IN_PART, f"reporting_plans.{key}", place)
        self._tally.loaded += 1
        plans.append(
            {
                "plan_name": texts["plan_name"] or "",
                "plan_id_type": words["plan_id_type"],
                "plan_id": texts["plan_id"],
                "market_type": words["plan_market_type"],
                "issuer_name": texts["issuer_name"],
                "sponsor_name": texts["plan_sponsor_name"],
            }
        )

    def _file(self, stated: Any, kind: str, place: str, files: set[int]) -> None:
        self._tally.read += 1
        if not isinstance(stated, dict):
            self._aside(NO_OBJECT, kind, stated, place)
            return
        self.check("files", stated, FILE, place)
        url = self._values.text(stated.get("location"), "location", place)
        if url is None:
            self._aside(NO_LOCATION, "location", stated.get("location"), place)
            return
        url = url.strip()
        if not url.lower().startswith("https://"):
            self._tally.problem(NOT_HTTPS, "location", place, url)
        self._tally.loaded += 1
        files.add(self._file_id(url, kind, stated, place))

    def _file_id(self, url: str, kind: str, stated: dict[str, Any], place: str) -> int:
        description = self._values.text(stated.get("description"), "description", place)
        digest = _digest(kind, url)
        known = self._files.get(digest)
        if known is None:
            file_id = len(self._files)
            self._files[digest] = (file_id, description)
            self._out.add(
                "listed_files",
                file_id=file_id,
                kind=kind,
                url=url,
                description=description,
                place=place,
            )
            return file_id
        if description != known[1]:
            self._tally.problem(OTHER_WORDS, "description", place, description)
        return known[0]

    def _aside(self, rule_id: str, subject: str, met: Any, place: str) -> None:
        self._tally.set_aside(rule_id, place)
        self._tally.problem(rule_id, subject, place, show(met))


def _digest(*parts: str | None) -> bytes:
    return blake2b(repr(parts).encode("utf-8", "replace"), digest_size=16).digest()


def _not_a_table(source: Source) -> UnreadableInput:
    return UnreadableInput(
        f"{source.name}: not a table of contents: no array `reporting_structure` at its top level",
        expected="reporting_entity_name, reporting_structure and the other keys of the CMS schema",
        todo="check where it came from",
    )
