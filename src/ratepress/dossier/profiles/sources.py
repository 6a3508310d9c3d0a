"""A source: one file of the lake, how its rows reconcile, its problems, and the codes it holds."""

from __future__ import annotations

from ratepress.core.facts import Fact, Gap, SourceRef
from ratepress.core.rules import registry
from ratepress.dossier.model import Cell, DataTable, Labelled, Profile, Row, Section, Sentence
from ratepress.dossier.profiles.common import number, profile, published_on, several, words
from ratepress.dossier.profiles.survey import Survey
from ratepress.lake.manifest import Content


def sources(survey: Survey) -> list[Profile]:
    """A profile of each file of the lake."""
    return [_source(content, survey) for content in survey.contents.values()]


def _source(content: Content, survey: Survey) -> Profile:
    file, ref = survey.files[content.content_id], (survey.ref(content.content_id),)
    body = (
        _summary(content, survey, ref),
        Section("reconciliation", "How its rows reconcile", tables=_reconciliation(content, ref)),
        Section("problems", "Problems by rule", tables=_problems(content, survey, ref)),
        Section("codes", "Codes it holds", tables=_codes(content, survey, ref)),
    )
    plain_id = file.page.partition("/")[2]
    return profile("source", plain_id, file.name, survey, body, (file,))


def _summary(content: Content, survey: Survey, ref: tuple[SourceRef, ...]) -> Section:
    file = survey.files[content.content_id]
    read, loaded = number(content.read, ref), number(content.loaded, ref)
    aside = number(sum(one.count for one in content.set_aside), ref)
    text = (
        f"{content.publisher}: {several(content.read, 'row')} read, {loaded.text} loaded and "
        f"{aside.text} set aside; a row is {content.row_is}."
    )
    versions: Cell = words(content.declared_version or "none", ref, "Q13")
    if content.declared_version is None:
        why = "the file declares none"
        versions = Gap(f"Version that {file.name} declares", why, "a file that does", ("Q13",))
    facts = [
        Labelled("Kind", words(content.kind, ref)),
        Labelled("Published", published_on(file, ref)),
        Labelled("Declared version", versions),
    ]
    if content.detected_version:
        facts.append(Labelled("Detected version", words(content.detected_version, ref, "Q13")))
    if content.release:
        facts.append(Labelled("Release", words(content.release, ref)))
    if content.effective_from:
        facts.append(Labelled("In force from", Fact(content.effective_from, "date", sources=ref)))
    facts.append(Labelled("Bytes", number(content.bytes, ref)))
    facts.append(Labelled("SHA-256", words(content.content_id, ref)))
    return Section("summary", "Summary", (Sentence(text, (read, loaded, aside)),), tuple(facts))


def _reconciliation(content: Content, ref: tuple[SourceRef, ...]) -> tuple[DataTable, ...]:
    rows = [
        Row("Read", (number(content.read, ref), None)),
        Row("Loaded", (number(content.loaded, ref), None)),
        *(
            Row(
                f"Set aside: {_named(one.reason)}",
                (number(one.count, ref, *_rules(one.reason)), words(one.first_place, ref)),
            )
            for one in content.set_aside
        ),
    ]
    tables = [
        DataTable(
            "rows", "Rows read, loaded, set aside", "Step", ("Rows", "First place"), tuple(rows)
        )
    ]
    if content.rows:
        made = tuple(Row(name, (number(n, ref),)) for name, n in content.rows.items())
        tables.append(DataTable("tables", "Rows by table of the lake", "Table", ("Rows",), made))
    return tuple(tables)


def _problems(
    content: Content, survey: Survey, ref: tuple[SourceRef, ...]
) -> tuple[DataTable, ...]:
    rows = tuple(
        Row(
            _named(row["rule_id"]),
            (
                words(row["subject"], ref, *_rules(row["rule_id"])),
                words(row["severity"], ref, *_rules(row["rule_id"])),
                number(row["n"], ref, *_rules(row["rule_id"])),
                words(row["first_place"], ref, *_rules(row["rule_id"])),
            ),
            link=f"rule/{row['rule_id']}",
        )
        for row in survey.problems.get(content.content_id, ())
    )
    columns = ("About", "Severity", "How often", "First place")
    table = DataTable("problems", "Deviations met while reading", "Rule", columns, rows)
    return (table,) if rows else ()


def _codes(content: Content, survey: Survey, ref: tuple[SourceRef, ...]) -> tuple[DataTable, ...]:
    held = survey.codes.get(content.content_id, [])
    rows = tuple(
        Row(
            f"{row['code_system'].upper()} {row['code']}",
            (number(row["n_rows"], ref),),
            link=f"code/{row['code_system']}/{row['code']}",
        )
        for row in held
    )
    if not rows:
        return ()
    more = held[0]["n_codes"] - len(rows)
    note = f"{several(more, 'more code')} with fewer rows." if more else None
    return (DataTable("codes", "Codes with most rows", "Code", ("Rows",), rows, note),)


def _rules(reason: str) -> tuple[str, ...]:
    return (reason,) if reason in registry() else ()


def _named(reason: str) -> str:
    rule = registry().get(reason)
    return f"{reason} {rule.name}" if rule is not None else reason
