"""What each question takes: the parameters of the API and the arguments of the tools."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

MOST_LINES = 2_000
"""Claim lines in one check."""

Code = Annotated[
    str,
    Meta(
        pattern=r"^([A-Za-z0-9]{5}|[A-Za-z-]{2,12}:[A-Za-z0-9._-]{1,40})$",
        description="A CPT or HCPCS code, or system:code where the system is not plain.",
        examples=["32557", "ms-drg:470"],
    ),
]
Day = Annotated[date, Meta(description="The date of service, as 2026-07-15.")]
AsOf = Annotated[
    date | None,
    Meta(description="The day to look from; the newest date of the lake's files if left out."),
]
Strength = Annotated[
    Literal["minimum", "balanced", "maximum"],
    Meta(description="The ghost filter: how many doubtful prices stay out of the votes."),
]
Word = Annotated[str, Meta(max_length=80)]
Limit = Annotated[int, Meta(ge=1, le=1000, description="The most entries to give.")]
Offset = Annotated[int, Meta(ge=0, le=100_000_000, description="Entries to pass over first.")]
RuleId = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z][0-9]{2,3}$",
        description="The id of a rule, as it stands beside a number.",
        examples=["M05"],
    ),
]
System = Literal["pfs", "opps", "asc", "ipps", "clfs"]
Area = Literal["state", "cbsa", "zip3"]


class PriceAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What Medicare pays for a code on a day: as `medicare.quote.quote`."""

    code: Code
    date: Day
    modifier: Annotated[tuple[Word, ...], Meta(max_length=5, description="26, TC, 50, …")] = ()
    system: Annotated[
        tuple[System, ...],
        Meta(max_length=5, description="Payment systems; those that can answer if left out."),
    ] = ()
    site: Annotated[
        Literal["facility", "nonfacility"] | None, Meta(description="Both if left out.")
    ] = None
    locality: Annotated[
        Word | None, Meta(description="Contractor and locality, 10112-00; else the nation.")
    ] = None
    zip: Annotated[Word | None, Meta(description="ZIP code of the service.")] = None
    cbsa: Annotated[Word | None, Meta(description="Area whose wage index is taken.")] = None
    units: Annotated[int, Meta(ge=1, le=9999, description="Units of one claim line.")] = 1
    provider_type: Annotated[Word | None, Meta(description="NP, PA or CNS.")] = None
    qp: Annotated[bool, Meta(description="The factor of a qualifying participant.")] = False
    strict: Annotated[
        bool, Meta(description="Refuse where the release in force is not loaded.")
    ] = False


class BenchmarkAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What payers pay for a code: as `market.benchmark.benchmark`, with filters and paging."""

    code: Code
    as_of: AsOf = None
    ghost_filter: Strength = "balanced"
    payer: Annotated[Word | None, Meta(description="One payer, by its id.")] = None
    line_of_business: Annotated[Word | None, Meta(description="commercial, …")] = None
    by: Annotated[
        tuple[Area, ...], Meta(max_length=3, description="Kinds of area beside the nation.")
    ] = ()
    state: Annotated[Word | None, Meta(description="Votes in one state alone: GA.")] = None
    grain: Annotated[
        Literal["all payers", "payer"] | None, Meta(description="Both if left out.")
    ] = None
    billing_class: Annotated[Word | None, Meta(description="professional, facility, …")] = None
    setting: Annotated[Word | None, Meta(description="inpatient, outpatient, …")] = None
    modifiers: Annotated[
        Word | None, Meta(description="The modifiers of the key, joined by |; empty: none.")
    ] = None
    weights: Annotated[
        Literal["votes", "npis", "utilisation"],
        Meta(description="How votes weigh (rule M08): votes for one a contract."),
    ] = "votes"
    limit: Limit = 100
    offset: Offset = 0


class CodeAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be billed with a code on a day: as `dossier.sheet.code_sheet`."""

    code: Code
    date: Day


class RuleAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule: as `core.rules.rule`."""

    rule_id: RuleId


class NothingAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question without parameters."""


class SourcesAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The files of the lake: as `lake.sources.sources`."""

    limit: Limit = 100
    offset: Offset = 0


class CodesAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The codes that have prices in the lake."""

    system: Annotated[Word | None, Meta(description="cpt, hcpcs, ms-drg, …")] = None
    prefix: Annotated[Word | None, Meta(description="How the code begins.")] = None
    limit: Limit = 100
    offset: Offset = 0


class DiffAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What changed between two days: as `market.diff.diff`, for a few codes."""

    code: Annotated[tuple[Code, ...], Meta(min_length=1, max_length=10)]
    before: Annotated[date, Meta(description="The earlier day.")]
    after: Annotated[date, Meta(description="The later day.")]
    by: Annotated[
        Literal["payer", "code", "hospital"], Meta(description="What changes are counted by.")
    ] = "payer"
    ghost_filter: Strength = "minimum"
    limit: Limit = 100
    offset: Offset = 0


class ClaimLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One claim line, in the form of `reprice` and `check`; an empty text says nothing."""

    claim_id: Word
    date: Word
    code: Word
    modifiers: Word = ""
    units: Word = "1"
    pos: Word = ""
    claim_type: Word = ""
    locality: Word = ""
    zip: Word = ""
    cbsa: Word = ""
    ccn: Word = ""
    drg: Word = ""
    patient: Word = ""
    npi: Word = ""
    provider_type: Word = ""
    diagnoses: Annotated[str, Meta(max_length=400)] = ""
    minutes: Word = ""
    charge: Word = ""
    qp: Word = ""
    participating: Word = ""


class CheckAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Claim lines to check: as `coding.claims.run.check_lines`."""

    lines: Annotated[tuple[ClaimLine, ...], Meta(min_length=1, max_length=MOST_LINES)]
    strict: bool = False


class PageAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the page of a code may be asked with."""

    as_of: AsOf = None
    ghost_filter: Annotated[
        Literal["minimum", "balanced", "maximum"] | None,
        Meta(description="The ghost filter; that of the service, `balanced`, if left out."),
    ] = None


class FrontAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What stands in the address of the front page: its own script reads it."""

    q: Annotated[
        Annotated[str, Meta(max_length=400)] | None,
        Meta(description="What its search box finds; the page is the same."),
    ] = None
