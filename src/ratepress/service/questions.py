"""Everything that may be asked, as one list: the API's addresses and the assistants' tools.

Each question names the record of its parameters, the function that answers it from a lake, and the
record of its answer. A question added here has an address, a tool, and a place in the documents.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Annotated, Any, NamedTuple

import msgspec
import pyarrow as pa
from msgspec import Meta

from ratepress.codes.argument import parse_code
from ratepress.coding.claims.run import Checked, CheckedLine, check_lines
from ratepress.core.errors import UsageError
from ratepress.core.rules import Rule, registry, rule
from ratepress.dossier.editorial import plain_label
from ratepress.dossier.sheet import CodeSheet, code_sheet
from ratepress.lake.sources import ListedSource, public_origin
from ratepress.lake.sources import sources as list_sources
from ratepress.lake.store import Lake
from ratepress.market.benchmark import BENCHMARK_SCHEMA, benchmark
from ratepress.market.diff import DIFF_SCHEMA, Count, Snapshot, all_codes, counts, diff
from ratepress.medicare.quote import Quote, quote
from ratepress.press.tabular import csv_of
from ratepress.service.asked import (
    BenchmarkAsked,
    CheckAsked,
    CodeAsked,
    CodesAsked,
    DiffAsked,
    NothingAsked,
    PriceAsked,
    RuleAsked,
    SourcesAsked,
)
from ratepress.service.schema import rows_of

Rows = tuple[dict[str, Any], ...]


class Reply(NamedTuple):
    """What is answered: `data` of the success shape, and its notes."""

    data: Any
    notes: tuple[str, ...] = ()


class BenchmarkPage(msgspec.Struct, frozen=True):
    """Rows of a benchmark from `offset` on; `total` is how many there are under these filters."""

    code: str
    as_of: str
    strength: str
    method: str
    weights: str
    total: int
    offset: int
    rows: Annotated[Rows, Meta(extra_json_schema=rows_of(BENCHMARK_SCHEMA))]


class DiffPage(msgspec.Struct, frozen=True):
    """Contracts that changed, from `offset` on, and how many did by payer, code or hospital."""

    before: str
    after: str
    by: str
    counts: tuple[Count, ...]
    total: int
    offset: int
    rows: Annotated[Rows, Meta(extra_json_schema=rows_of(DIFF_SCHEMA))]


class ListedCode(msgspec.Struct, frozen=True):
    """One code with prices; `page` is the address of its page from the root of the site."""

    system: str
    code: str
    label: str
    page: str


class CodesPage(msgspec.Struct, frozen=True):
    """Codes from `offset` on; `total` is how many there are under these filters."""

    total: int
    offset: int
    codes: tuple[ListedCode, ...]


class SourcesPage(msgspec.Struct, frozen=True):
    """Files of the lake from `offset` on. Of a local path the name alone is told."""

    total: int
    offset: int
    sources: tuple[ListedSource, ...]


class CheckedClaims(msgspec.Struct, frozen=True):
    """Each line with what was found in it, and the counts."""

    lines: tuple[CheckedLine, ...]
    summary: Checked


class Whole(NamedTuple):
    """What several questions share: found once for `of(asked)`, and cut for each by `asked`."""

    of: Callable[[Any], Hashable]
    find: Callable[[Lake, Any], Any]
    reply: Callable[[Any, Any], Reply]
    table: Callable[[Any, Any], bytes]


class Question(NamedTuple):
    """One question: its name and address, what it takes and gives, and who answers.

    Where the answer is a table, `table` is its CSV. A `POST` sends its parameters as a document.
    `whole` is what questions share that ask for parts of one table.
    """

    name: str
    path: str
    about: str
    asked: type[msgspec.Struct]
    gives: Any
    answer: Callable[[Lake, Any], Reply]
    table: Callable[[Lake, Any], bytes] | None = None
    method: str = "GET"
    whole: Whole | None = None


def _price(lake: Lake, asked: PriceAsked) -> Reply:
    found = quote(
        lake,
        asked.code,
        asked.date,
        systems=asked.system,
        modifiers=asked.modifier,
        site=asked.site,
        locality=asked.locality,
        zip_code=asked.zip,
        cbsa=asked.cbsa,
        units=asked.units,
        provider_type=asked.provider_type,
        qualifying=asked.qp,
        strict=asked.strict,
    )
    return Reply(found, found.notes)


_CUT = ("grain", "billing_class", "setting", "modifiers")


def _benchmark_of(asked: BenchmarkAsked) -> BenchmarkAsked:
    """The same question without its filters and its page: all that ask for those share it."""
    return msgspec.structs.replace(asked, limit=100, offset=0, **dict.fromkeys(_CUT))


def _benchmark_whole(lake: Lake, asked: BenchmarkAsked) -> pa.Table:
    return benchmark(
        lake,
        asked.code,
        as_of=asked.as_of,
        strength=asked.ghost_filter,
        payer=asked.payer,
        line_of_business=asked.line_of_business,
        by=asked.by,
        state=asked.state,
        weights=asked.weights,
    )


def _benchmark_rows(asked: BenchmarkAsked, whole: pa.Table) -> pa.Table:
    wanted = {name: getattr(asked, name) for name in _CUT if getattr(asked, name) is not None}
    rows = [row for row in whole.to_pylist() if all(row[name] == wanted[name] for name in wanted)]
    return pa.Table.from_pylist(rows, schema=whole.schema)


def _benchmark_page(asked: BenchmarkAsked, whole: pa.Table) -> Reply:
    found = _benchmark_rows(asked, whole)
    facts = {k.decode(): v.decode() for k, v in (found.schema.metadata or {}).items()}
    rows = tuple(found.slice(asked.offset, asked.limit).to_pylist())
    page = BenchmarkPage(asked.code, **facts, total=found.num_rows, offset=asked.offset, rows=rows)
    return Reply(page)


def _benchmark_csv_page(asked: BenchmarkAsked, whole: pa.Table) -> bytes:
    return csv_of(_benchmark_rows(asked, whole).slice(asked.offset, asked.limit))


def _benchmark(lake: Lake, asked: BenchmarkAsked) -> Reply:
    return _benchmark_page(asked, _benchmark_whole(lake, asked))


def _benchmark_csv(lake: Lake, asked: BenchmarkAsked) -> bytes:
    return _benchmark_csv_page(asked, _benchmark_whole(lake, asked))


def _code(lake: Lake, asked: CodeAsked) -> Reply:
    sheet = code_sheet(lake, asked.code, asked.date)
    return Reply(sheet, sheet.notes)


def _rule(_: Lake, asked: RuleAsked) -> Reply:
    return Reply(rule(asked.rule_id))


def _rules(_: Lake, __: NothingAsked) -> Reply:
    return Reply(tuple(registry().values()))


def _sources(lake: Lake, asked: SourcesAsked) -> Reply:
    found = list_sources(lake)
    page = tuple(
        msgspec.structs.replace(one, origins=tuple(map(public_origin, one.origins)))
        for one in found[asked.offset : asked.offset + asked.limit]
    )
    return Reply(SourcesPage(len(found), asked.offset, page))


def _codes(lake: Lake, asked: CodesAsked) -> Reply:
    found = [
        code
        for code in all_codes(lake)
        if (asked.system is None or code.system == asked.system)
        and code.code.startswith(asked.prefix or "")
    ]
    page = tuple(
        ListedCode(*code, plain_label(code), f"code/{code.system}/{code.code}/")
        for code in found[asked.offset : asked.offset + asked.limit]
    )
    return Reply(CodesPage(len(found), asked.offset, page))


def _diff(lake: Lake, asked: DiffAsked) -> Reply:
    found = diff(
        Snapshot(lake, asked.before),
        Snapshot(lake, asked.after),
        codes=[parse_code(code) for code in asked.code],
        strength=asked.ghost_filter,
    )
    changed = [row for row in found.to_pylist() if row["change"] != "same"]
    return Reply(
        DiffPage(
            asked.before.isoformat(),
            asked.after.isoformat(),
            asked.by,
            tuple(counts(found, asked.by)),
            len(changed),
            asked.offset,
            tuple(changed[asked.offset : asked.offset + asked.limit]),
        )
    )


def claim_table(asked: CheckAsked) -> pa.Table:
    """Claim lines as the table of text that a check takes; an empty cell is null, as in CSV."""
    rows = [
        {name: value or None for name, value in msgspec.structs.asdict(line).items()}
        for line in asked.lines
    ]
    names = rows[0] if rows else ()
    return pa.Table.from_pylist(rows, schema=pa.schema([(name, pa.string()) for name in names]))


def _check(lake: Lake, asked: CheckAsked) -> Reply:
    lines, summary = check_lines(lake, claim_table(asked), strict=asked.strict)
    return Reply(CheckedClaims(lines, summary), summary.notes)


QUESTIONS = (
    Question(
        "price",
        "/api/price/{code}",
        "What Medicare pays for a code on a day, under each payment system, with its arithmetic.",
        PriceAsked,
        Quote,
        _price,
    ),
    Question(
        "benchmark",
        "/api/benchmark/{code}",
        "What payers pay for a code: votes and percentiles by comparison key, beside Medicare.",
        BenchmarkAsked,
        BenchmarkPage,
        _benchmark,
        _benchmark_csv,
        whole=Whole(_benchmark_of, _benchmark_whole, _benchmark_page, _benchmark_csv_page),
    ),
    Question(
        "code",
        "/api/code/{code}",
        "What may be billed with a code: modifiers, units, edits, add-ons, family, coverage.",
        CodeAsked,
        CodeSheet,
        _code,
    ),
    Question(
        "check",
        "/api/check",
        "Whether claim lines may be billed: pass, deny or review, with rules and corrections.",
        CheckAsked,
        CheckedClaims,
        _check,
        method="POST",
    ),
    Question(
        "diff",
        "/api/diff",
        "What changed between two days for some codes: contracts new, gone and changed.",
        DiffAsked,
        DiffPage,
        _diff,
    ),
    Question(
        "rule",
        "/api/rule/{rule_id}",
        "One rule: what it decides, why, since when, and from which source.",
        RuleAsked,
        Rule,
        _rule,
    ),
    Question(
        "rules",
        "/api/rules",
        "Every numbered rule.",
        NothingAsked,
        tuple[Rule, ...],
        _rules,
    ),
    Question(
        "sources",
        "/api/sources",
        "The files of the lake: what each is, and where each of its rows went.",
        SourcesAsked,
        SourcesPage,
        _sources,
    ),
    Question(
        "codes",
        "/api/codes",
        "The codes that have prices in the lake.",
        CodesAsked,
        CodesPage,
        _codes,
    ),
)


def understood(kind: type[msgspec.Struct], words: dict[str, Any], *, is_text: bool) -> Any:
    """The parameters in `words`; those of an address are all text, and turned into what they name.

    Raises `UsageError` for a word that the question does not take, or a value of another kind.

    >>> understood(RuleAsked, {"rule_id": "M05"}, is_text=True)
    RuleAsked(rule_id='M05')
    """
    try:
        return msgspec.convert(words, kind, strict=not is_text)
    except msgspec.ValidationError as error:
        raise UsageError(
            f"The question is not understood: {error}",
            expected=", ".join(kind.__struct_fields__) or "no parameter",
            todo="see /api/openapi.json",
        ) from None
