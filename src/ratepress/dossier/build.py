"""Everything the lake knows about codes, as dossiers: the Python twin of `ratepress publish`.

Sections are independent but for three: the summary reads the others, the gaps gather theirs, and
the sources list the files that their facts name.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import duckdb

from ratepress.codes.argument import CodeRef, parse_code
from ratepress.core.facts import Fact
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
from ratepress.lake.manifest import Manifest
from ratepress.lake.store import Lake
from ratepress.market.agreement import run_agreement
from ratepress.market.benchmark import DEFAULT_STRENGTH, check_strength, run_market
from ratepress.market.inputs import latest_date


def build(
    lake: Lake,
    codes: Sequence[str],
    *,
    as_of: date | None = None,
    strength: str = DEFAULT_STRENGTH,
) -> list[Dossier]:
    """One dossier a code, in the order given; the market runs once for all of them.

    `as_of` defaults to the newest date in the lake. Raises `UsageError` for what is no code.

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
        run_market(connection, wanted, day)
        run_agreement(connection)
        return [_dossier(connection, manifest, code, day, strength) for code in wanted]


def _dossier(
    connection: duckdb.DuckDBPyConnection,
    manifest: Manifest,
    code: CodeRef,
    as_of: date,
    strength: str,
) -> Dossier:
    context = Context(connection, code, as_of, strength)
    middle = tuple(
        section.build(context)
        for section in (overview, clinical, coding, medicare, payers, benchmarks, policy, quality)
    )
    body = (summary.build(context, middle), *middle)
    files = _files(manifest, body)
    sections = (*body, gaps.build(body), sources.build(context, len(files)))
    return Dossier(
        code.system,
        code.code,
        context.label,
        as_of,
        strength,
        sources.METHOD_VERSION,
        sections,
        files,
    )


def _files(manifest: Manifest, sections: tuple[Section, ...]) -> tuple[SourceFile, ...]:
    """The files that facts of the sections name, in the order in which they first do."""
    named = dict.fromkeys(
        source.content_id
        for section in sections
        for cell in cells_of(section)
        if isinstance(cell, Fact)
        for source in cell.sources
        if source.content_id
    )
    found = []
    for content_id in named:
        content = manifest.content(content_id)
        if content is None:
            continue
        origins = tuple(
            dict.fromkeys(o.origin for o in manifest.observations if o.content_id == content_id)
        )
        shared = {
            name: getattr(content, name)
            for name in SourceFile.__struct_fields__
            if name in content.__struct_fields__ and name != "set_aside"
        }
        found.append(
            SourceFile(
                **shared,
                name=_public(origins[0]).rsplit("/", 1)[-1] if origins else content_id[:12],
                set_aside={aside.reason: aside.count for aside in content.set_aside},
                origins=tuple(_public(origin) for origin in origins),
            )
        )
    return tuple(found)


def _public(origin: str) -> str:
    """A URL without its query, which may hold a signature; of a local path the file name alone."""
    if "://" in origin:
        return origin.partition("?")[0]
    return origin.replace("\\", "/").rsplit("/", 1)[-1]
