"""Which template a hospital file is held to, and the file held to it.

`hold` is what `ratepress inspect` calls; with `each` it hands on every finding.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import islice

from ratepress.readers.base import Header
from ratepress.readers.hospital.columns import normal_name
from ratepress.readers.hospital.conformance.csv_file import check_csv, delimiter_of, is_general
from ratepress.readers.hospital.conformance.csv_head import element_of
from ratepress.readers.hospital.conformance.findings import Finding, Findings
from ratepress.readers.hospital.conformance.json_file import check_json
from ratepress.readers.hospital.conformance.template import (
    V2_1,
    V2_2,
    Version,
    parse_version,
    published,
    template_of,
)
from ratepress.readers.hospital.heading import detect_version
from ratepress.readers.hospital.values import parse_date
from ratepress.readers.source import Source

NO_TEMPLATE = "F400"
_HEAD_ROWS = 40
_LATER_KEYS = {"estimated_amount", "drug_information", "modifier_information"}
_JSON_TEXT = rb'"%b"\s*:\s*"([^"\\]{0,100})"'


@dataclass(frozen=True, slots=True)
class Claims:
    """What a file says of its version: declared, by the elements that it has, and its date.

    `is_later`: it has what came with 2.2, estimates or, in JSON, drugs and modifiers. Files of 2.2
    declare 2.0.0 too, and were published before 2.2 was in force.
    """

    declared: str | None = None
    detected: str | None = None
    dated: date | None = None
    is_later: bool = False

    @property
    def template(self) -> Version:
        """The template to hold the file to.

        >>> Claims("2.0.0", "2", date(2024, 7, 1), is_later=True).template
        (2, 2, 0)
        """
        version = template_of(self.declared, self.detected, self.dated)
        if self.is_later and version == V2_1 and published(self.declared) != V2_1:
            return V2_2
        return version


def hold(
    source: Source,
    *,
    header: Header | None = None,
    against: str | None = None,
    each: Callable[[Finding], None] | None = None,
) -> Findings:
    """A hospital CSV or JSON file held to the template `against`, or to that of its own version.

    `header` is what a reader found of it; without one its first 64 KiB are asked. Raises
    `UnreadableInput` where the file's container is damaged.
    """
    is_json = source.head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in {b"{", b"["}
    claims = _claims(source, header, is_json=is_json)
    forced = published(against)
    found = Findings(forced or claims.template, each)
    if forced is None and claims.detected is None and parse_version(claims.declared) is None:
        found.add(
            NO_TEMPLATE, "version", "root" if is_json else "row 2", column="version",
            value=claims.declared or "", expected="2.0.0 to 3.0.0",
        )  # fmt: skip
    check_json(source, found) if is_json else check_csv(source, found)
    return found


def _claims(source: Source, header: Header | None, *, is_json: bool) -> Claims:
    stated = _of_json(source.head) if is_json else _of_csv(source.head)
    if header is None:
        return stated
    return Claims(
        header.declared_version,
        header.detected_version,
        header.published_on,
        stated.is_later,
    )


def _of_json(head: bytes) -> Claims:
    def text(key: bytes) -> str | None:
        found = re.search(_JSON_TEXT % key, head)
        return found[1].decode("utf-8", "replace") if found else None

    elements = {m.decode() for m in re.findall(rb'"([a-z0-9_]{4,20})"\s*:', head)}
    return Claims(
        text(b"version"),
        detect_version(elements),
        parse_date(text(b"last_updated_on") or ""),
        not elements.isdisjoint(_LATER_KEYS),
    )


def _of_csv(head: bytes) -> Claims:
    text = head.decode("utf-8-sig", "replace")
    parser = csv.reader(text.splitlines(keepends=True), delimiter=delimiter_of(head, "utf-8-sig"))
    try:
        rows = list(islice(parser, _HEAD_ROWS))
    except csv.Error:
        return Claims()
    at = next((n for n, row in enumerate(rows) if is_general(row)), 0)
    named = [element_of(cell) for cell in rows[at]] if rows else []
    values = rows[at + 1] if len(rows) > at + 1 else []
    stated = dict(zip(named, (value.strip() for value in values), strict=False))
    items = {normal_name(cell).partition("|")[0] for row in rows[at + 2 :][:3] for cell in row}
    return Claims(
        stated.get("version"),
        detect_version({*named, *items}),
        parse_date(stated.get("last_updated_on", "")),
        "estimated_amount" in items,
    )
