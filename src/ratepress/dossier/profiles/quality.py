"""The quality of a whole site: every file's reconciliation, problems, the funnel and the flags."""

from __future__ import annotations

from collections.abc import Iterable

from ratepress.core.facts import Fact
from ratepress.core.rules import registry
from ratepress.dossier.model import DataTable, Profile, Row, Section, Sentence
from ratepress.dossier.profiles.common import number, profile, several, words
from ratepress.dossier.profiles.survey import Survey
from ratepress.dossier.record import Record


def quality(records: Iterable[Record], survey: Survey) -> Profile:
    """What was read, set aside, flagged and counted, over all files and all pages."""
    pages = list(records)
    contents = survey.contents.values()
    refs = [survey.ref(content_id) for content_id in survey.contents]
    read = number(sum(one.read for one in contents), refs)
    loaded = number(sum(one.loaded for one in contents), refs)
    aside = number(sum(a.count for one in contents for a in one.set_aside), refs)
    text = (
        f"{several(len(survey.contents), 'file')}: {read.text} rows read are {loaded.text} loaded "
        f"and {aside.text} set aside, each under a named rule."
    )
    body = (
        Section("summary", "Summary", (Sentence(text, (read, loaded, aside)),)),
        Section("funnel", "From rows published to votes", tables=_funnel(pages)),
        Section("flags", "Prices flagged, by rule", tables=_flags(pages)),
        Section("problems", "Problems met while reading", tables=_problems(survey)),
        Section("files", "How each file reconciles", tables=_files(survey)),
    )
    files = tuple(survey.files.values())
    return profile("quality", "all", "all files and codes of this site", survey, body, files)


def _funnel(pages: list[Record]) -> tuple[DataTable, ...]:
    found: dict[str, list[int]] = {}
    for page in pages:
        for step in page.funnel:
            total = found.setdefault(step.step, [0, 0, 0])
            for at, n in enumerate((step.minimum, step.balanced, step.maximum)):
                total[at] += n
    rows = tuple(
        Row(step, tuple(number(n, (), "M02") for n in total)) for step, total in found.items()
    )
    columns = ("Minimum", "Balanced", "Maximum")
    note = f"Summed over the {several(len(pages), 'code page')} of this site."
    table = DataTable("funnel", "The funnel, at each filter strength", "Step", columns, rows, note)
    return (table,) if rows else ()


def _flags(pages: list[Record]) -> tuple[DataTable, ...]:
    found: dict[str, tuple[int, int]] = {}
    for page in pages:
        for rule_id, (flagged, unassessed) in page.flags.items():
            before = found.get(rule_id, (0, 0))
            found[rule_id] = (before[0] + flagged, before[1] + unassessed)
    rows = tuple(
        Row(
            f"{rule_id} {registry()[rule_id].name}",
            (
                number(flagged, (), rule_id),
                number(unassessed, (), rule_id),
                Fact(", ".join(registry()[rule_id].strengths), "text", rules=(rule_id,)),
            ),
            link=f"rule/{rule_id}",
        )
        for rule_id, (flagged, unassessed) in sorted(found.items())
        if rule_id in registry()
    )
    columns = ("Flagged", "Not assessed", "Left out at")
    table = DataTable("flags", "Distinct prices flagged", "Rule", columns, rows)
    return (table,) if rows else ()


def _problems(survey: Survey) -> tuple[DataTable, ...]:
    found: dict[str, tuple[int, set[str]]] = {}
    for content_id, listed in survey.problems.items():
        for row in listed:
            n, files = found.setdefault(row["rule_id"], (0, set()))
            files.add(content_id)
            found[row["rule_id"]] = (n + row["n"], files)
    rows = tuple(
        Row(
            f"{rule_id} {registry()[rule_id].name}" if rule_id in registry() else rule_id,
            (number(n, (), *_rule(rule_id)), number(len(files), (), *_rule(rule_id))),
            link=f"rule/{rule_id}",
        )
        for rule_id, (n, files) in sorted(found.items())
    )
    table = DataTable("problems", "Problems, by rule", "Rule", ("How often", "Files"), rows)
    return (table,) if rows else ()


def _rule(rule_id: str) -> tuple[str, ...]:
    return (rule_id,) if rule_id in registry() else ()


def _files(survey: Survey) -> tuple[DataTable, ...]:
    rows = []
    for content_id, content in survey.contents.items():
        source, file = (survey.ref(content_id),), survey.files[content_id]
        cells = (
            words(content.publisher, source),
            number(content.read, source),
            number(content.loaded, source),
            number(sum(one.count for one in content.set_aside), source),
            words(", ".join(one.reason for one in content.set_aside) or "none", source),
        )
        rows.append(Row(file.name, cells, link=file.page))
    columns = ("Publisher", "Read", "Loaded", "Set aside", "Rules")
    table = DataTable("files", "Every file of the lake", "File", columns, tuple(rows))
    return (table,) if rows else ()
