"""What an in-network file says of itself: who published it, for which plan, which version.

CMS in-network schema v1.0.0 to v2.2.0: the plan's keys are all or none; a file for several plans
has none, and the table of contents names them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from ratepress.readers.base import Tally
from ratepress.readers.line_of_business import of_market_type
from ratepress.readers.payer.values import Values, show

MISSING_HEADER = "F131"
NOT_STATED = "not stated"
PLACE = "the top level"
_REQUIRED = ("reporting_entity_name", "reporting_entity_type", "last_updated_on", "version")
_TEXTS = (
    "reporting_entity_name",
    "plan_name",
    "plan_id",
    "issuer_name",
    "plan_sponsor_name",
    "version",
)
_WORDS = ("plan_id_type", "plan_market_type")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileHeader:
    """The header's values, as published; `texts` holds those of `plans`, None where absent."""

    payer_name: str
    line_of_business: str
    line_of_business_evidence: str | None
    last_updated_on: date | None
    texts: dict[str, str | None]

    @property
    def plan_name(self) -> str | None:
        return self.texts["plan_name"]

    def plan(self) -> dict[str, Any] | None:
        """The row of `plans` for the plan that the file itself names; None where it names none."""
        texts = self.texts
        named = ("plan_name", "plan_id", "plan_id_type", "issuer_name", "plan_sponsor_name")
        if not any(texts[key] for key in named):
            return None
        return {
            "plan_name": texts["plan_name"] or "",
            "plan_id_type": texts["plan_id_type"],
            "plan_id": texts["plan_id"],
            "market_type": texts["plan_market_type"],
            "issuer_name": texts["issuer_name"],
            "sponsor_name": texts["plan_sponsor_name"],
        }


def file_header(
    stated: dict[str, Any], tally: Tally, required: tuple[str, ...] = _REQUIRED
) -> FileHeader:
    """The header's values with their deviations counted; a payer without a name: `not stated`.

    >>> file_header({"reporting_entity_name": "West Health"}, Tally()).payer_name
    'West Health'
    """
    values = Values(tally)
    for key in required:
        if stated.get(key) in (None, ""):
            tally.problem(MISSING_HEADER, key, PLACE, show(stated.get(key)))
    texts = {key: values.text(stated.get(key), key, PLACE) for key in _TEXTS}
    texts |= {key: values.word(stated.get(key), key, PLACE) for key in _WORDS}
    line, evidence = of_market_type(texts["plan_market_type"])
    updated = stated.get("last_updated_on")
    return FileHeader(
        payer_name=texts["reporting_entity_name"] or NOT_STATED,
        line_of_business=line,
        line_of_business_evidence=evidence,
        last_updated_on=values.date(updated, "last_updated_on", PLACE) if updated else None,
        texts=texts,
    )
