"""Plain labels and one-sentence definitions: dated editorial records, shown as editorial.

They are ours; the descriptors of the CPT code set are the AMA's and never appear.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib import resources

import msgspec

from ratepress.codes.argument import CodeRef
from ratepress.core.facts import SourceRef
from ratepress.core.rules import RuleSource
from ratepress.core.yaml_text import load_yaml


class Editorial(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What we call a code and say of it, since when, from where, and who has reviewed it.

    `also` are other words by which it is looked for; no page shows them.
    """

    code: str
    label: str
    service: str
    service_type: str
    since: date
    review: str
    reference: RuleSource
    also: str = ""

    @property
    def source(self) -> SourceRef:
        return SourceRef(
            f"Editorial record of {self.since}, {self.review}; {self.reference.title}",
            link=self.reference.link,
            is_editorial=True,
        )


@cache
def _records() -> dict[str, Editorial]:
    text = (resources.files("ratepress.dossier") / "labels.yaml").read_text("utf-8")
    return {r.code: r for r in msgspec.convert(load_yaml(text), list[Editorial])}


def editorial(code: CodeRef) -> Editorial | None:
    """The editorial record of a code, or None.

    >>> editorial(CodeRef("cpt", "32557")).label
    'Chest drain through the skin, with imaging guidance'
    """
    return _records().get(code.code) if code.system in ("cpt", "hcpcs") else None


def plain_label(code: CodeRef) -> str:
    """Our label of a code; where there is none, its system and number.

    >>> plain_label(CodeRef("cpt", "00000"))
    'CPT 00000'
    """
    found = editorial(code)
    return found.label if found else f"{code.system.upper()} {code.code}"
