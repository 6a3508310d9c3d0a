"""Everything the lake knows about codes, as dossiers: what `ratepress publish` prints.

Sections are independent but for three: the summary reads the others, the gaps gather theirs, and
the sources list the files that their facts name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby

import duckdb

from ratepress.codes.argument import CodeRef, parse_code
from ratepress.codes.procedures import Cpt, Hcpcs
from ratepress.coding.family import circle
from ratepress.core.facts import Fact
from ratepress.dossier.changes import changes, earlier_votes
from ratepress.dossier.context import Context
from ratepress.dossier.model import Dossier, Section, SourceFile, cells_of
from ratepress.dossier.sections import (
    benchmarks,
    clinical,
    coding,
    gaps,
    medicare,
    overview,
    payers,
    policy,
    quality,
    sources,
    summary,
)
from ratepress.dossier.source_files import SourceFiles
from ratepress.lake.batches import Batch
from ratepress.lake.manifest import Manifest
from ratepress.lake.store import Lake
from ratepress.market.agreement import run_agreement
from ratepress.market.benchmark import DEFAULT_STRENGTH, check_strength, run_market
from ratepress.market.inputs import latest_date
from ratepress.medicare.releases import year_of

BATCH = 400
"""So many codes are asked about at once: their market runs together, their facts come together."""
RATES_A_BATCH = 100_000
"""As many rates the codes of a batch have together, but for a code that has more by itself."""


READ = frozenset({
    "ballots", "cells", "comparison_keys", "counted_prices", "derived_ranges", "distinct_prices",
    "file_standing", "flags", "funnel", "keyed_rates", "published_rates", "statistics",
    "voter_flags", "voter_funnel", "votes",
})  # fmt: skip
"""The market's tables that sections read, and their agreement and changes: the others go when no
step reads them any more, which are most of the memory."""


def build(
    lake: Lake,
    codes: Sequence[str | CodeRef],
    *,
    as_of: date | None = None,
    strength: str = DEFAULT_STRENGTH,
    with_descriptions: bool = False,
) -> list[Dossier]:
    """One dossier a code, in the order given; a `CodeRef` is taken as it is.

    `as_of` defaults to the newest date in the lake. `with_descriptions` shows what files call a
    code: texts of others, for the AMA's of which you need a licence. Raises `UsageError` for what
    is no code.

    >>> import tempfile, pathlib
    >>> lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")
    >>> build(lake, ["32557"], as_of=date(2026, 7, 15))[0].sections[0].id
    'summary'
    """
    wanted = list(dict.fromkeys(parse_code(code) for code in codes))
    check_strength(strength)
    # One generation for the figures and for the files they name, whatever is committed meanwhile.
    connection, manifest = lake.snapshot()
    with connection:
        day = as_of or latest_date(connection)
        made = {
            CodeRef(one.system, one.code): one
            for batch in batches(wanted, rates_of(connection) if len(wanted) > 1 else {})
            for one in dossiers(
                connection, manifest, batch, day, strength, with_descriptions=with_descriptions
            )
        }
    return [made[code] for code in wanted]


def batches(
    codes: Sequence[CodeRef], n_rates: Mapping[CodeRef, int] | None = None
) -> list[tuple[CodeRef, ...]]:
    """The codes by system and number, in parts of at most `BATCH` and `RATES_A_BATCH`.

    `n_rates` has the number of rates of those that have any, as of `rates_of`.

    >>> batches([CodeRef("cpt", "2"), CodeRef("apc", "1"), CodeRef("cpt", "1")])[1]
    (CodeRef(system='cpt', code='1'), CodeRef(system='cpt', code='2'))
    """
    counted = n_rates or {}
    found: list[tuple[CodeRef, ...]] = []
    for _, same in groupby(sorted(set(codes)), key=lambda code: code.system):
        part: list[CodeRef] = []
        held = 0
        for code in same:
            n = counted.get(code, 0)
            if part and (len(part) == BATCH or held + n > RATES_A_BATCH):
                found.append(tuple(part))
                part, held = [], 0
            part.append(code)
            held += n
        found.append(tuple(part))
    return found


def most_rates(parts: Iterable[Sequence[CodeRef]], n_rates: Mapping[CodeRef, int]) -> int:
    """The number of rates of the batch that has most.

    >>> most_rates([[CodeRef("cpt", "1"), CodeRef("cpt", "2")]], {CodeRef("cpt", "2"): 7})
    7
    """
    return max((sum(n_rates.get(code, 0) for code in part) for part in parts), default=0)


def rates_of(connection: duckdb.DuckDBPyConnection) -> dict[CodeRef, int]:
    """The number of rates of each code that has any.

    >>> import tempfile, pathlib
    >>> rates_of(Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake").connect())
    {}
    """
    rows = connection.execute(_RATES).fetchall()
    return {CodeRef(system, code): n for system, code, n in rows}


def dossiers(
    connection: duckdb.DuckDBPyConnection,
    manifest: Manifest,
    codes: Sequence[CodeRef],
    as_of: date,
    strength: str,
    *,
    with_descriptions: bool = False,
) -> Iterator[Dossier]:
    """The dossiers of codes of one system, on a connection of `Lake.snapshot` and its manifest."""
    earlier = earlier_votes(connection, codes, as_of)
    run_market(connection, codes, as_of, ("state",), is_whole=False, read=READ)
    run_agreement(connection)
    changed = changes(connection, earlier)
    asked = [code.code for code in codes]
    batch = Batch(connection, asked, beside=circle(connection, asked))
    files = SourceFiles(manifest)
    for code in codes:
        context = Context(
            batch.as_connection, code, as_of, strength, changed.get(code), with_descriptions
        )
        yield dossier_of(context, files)
        batch.forget("edits", code.code)  # Thousands for a code, and no other code asks for them.


def codes_with_data(connection: duckdb.DuckDBPyConnection, as_of: date) -> list[CodeRef]:
    """Every code that a price file or a Medicare schedule of the year names, by system and number.

    >>> import tempfile, pathlib
    >>> lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")
    >>> codes_with_data(lake.connect(), date(2026, 7, 15))
    []
    """
    first, last = year_of(as_of)
    rows = connection.execute(_WITH_DATA, {"first": first, "last": last}).fetchall()
    return sorted({CodeRef(system or _level(code), code) for system, code in rows})


def _level(code: str) -> str:
    """A schedule does not say whether a code is CPT or Level II; its form does."""
    return Cpt.system if Cpt.normalise(code) else Hcpcs.system


_WITH_DATA = """
SELECT code_system, code FROM rates WHERE code IS NOT NULL AND code_system IS NOT NULL
UNION
SELECT code_system, code FROM charges WHERE code IS NOT NULL AND code_system IS NOT NULL
UNION
SELECT '', code FROM (
  SELECT code, effective_from FROM pfs_rvu UNION
  SELECT code, effective_from FROM opps_codes UNION
  SELECT code, effective_from FROM asc_codes UNION
  SELECT code, effective_from FROM clfs_rates
) WHERE effective_from BETWEEN $first AND $last
UNION
SELECT 'ms-drg', drg FROM ipps_drgs WHERE effective_until >= $first AND effective_from <= $last
UNION
SELECT 'apc', apc FROM opps_apcs WHERE effective_from BETWEEN $first AND $last
"""


_RATES = """
SELECT code_system, code, count(*) FROM rates
WHERE code_system IS NOT NULL AND code IS NOT NULL GROUP BY ALL
"""


def dossier_of(context: Context, lake_files: SourceFiles) -> Dossier:
    """The dossier of one code, on a connection on which the market has run for it."""
    middle = tuple(
        section.build(context)
        for section in (overview, clinical, coding, medicare, payers, benchmarks, policy, quality)
    )
    body = (summary.build(context, middle), *middle)
    files = _files(lake_files, body)
    sections = (*body, gaps.build(body), sources.build(context, len(files)))
    return Dossier(
        context.code.system,
        context.code.code,
        context.label,
        context.as_of,
        context.strength,
        sources.METHOD_VERSION,
        sections,
        files,
    )


def _files(lake_files: SourceFiles, sections: tuple[Section, ...]) -> tuple[SourceFile, ...]:
    """The files that facts of the sections name, in the order in which they first do."""
    cited = dict.fromkeys(
        cell.sources for section in sections for cell in cells_of(section) if isinstance(cell, Fact)
    )
    named = dict.fromkeys(
        source.content_id for sources in cited for source in sources if source.content_id
    )
    return tuple(one for name in named if (one := lake_files.get(name)) is not None)
