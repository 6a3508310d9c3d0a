"""Section 8, policy: Medicare's coverage documents and diagnoses, payers' policies, changes."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from msgspec.structs import replace

from ratepress.core.facts import Fact, Gap, SourceRef
from ratepress.dossier.context import Context
from ratepress.dossier.model import DataTable, Row, Section, Sentence
from ratepress.dossier.words import system_plural
from ratepress.market.policies import Policy, PolicyChange, policies, policy_changes
from ratepress.medicare.coverage import Coverage, ListedDiagnosis, coverage
from ratepress.medicare.coverage_documents import CoverageDocument

_KINDS = {"lcd": "LCD", "article": "article", "ncd": "NCD"}
_NAMED = 5
_LEVELS = {"1": "full", "2": "restricted", "3": "none"}
_IN_THE_HEADING = frozenset({"version", "effective_on"})
_FIELDS = {
    "title": "Title",
    "link": "Link",
    "ended_on": "Last day",
    "last_review_on": "Last review",
    "stance": "Stance",
    "prior_authorisation": "Prior authorisation",
    "note": "Note",
    "codes": "Codes that left, codes that came",
}
"""What each field that may change is called on a page."""


def build(context: Context) -> Section:
    """What Medicare and payers say of the code on the day, and what changed."""
    code = context.code
    found = _coverage(context)
    answer = policies(context.connection, code, context.as_of)
    changes = policy_changes(context.connection, code)
    tables = (
        _documents(found),
        _diagnoses(found),
        _policies(context, answer.policies),
        _changes(changes),
    )
    return Section(
        "policy",
        "Policy",
        sentences=(*_coverage_sentence(found), *_policy_sentence(context, answer.policies)),
        tables=tuple(table for table in tables if table.rows),
        gaps=(*found.gaps, *answer.gaps, *_no_changes(changes, answer.policies)),
    )


def _coverage(context: Context) -> Coverage:
    """What documents say of a CPT or HCPCS code; they name codes of no other system."""
    if context.code.system in ("cpt", "hcpcs"):
        return coverage(context.connection, context.code, context.as_of)
    gap = Gap(
        "Medicare coverage",
        "coverage documents are asked for CPT and HCPCS codes, and not for "
        f"{system_plural(context.code.system)}",
        "nothing: the question does not arise",
        ("C102",),
    )
    return Coverage(context.code.code, context.as_of, (), (), (), (gap,), (), ())


def _coverage_sentence(found: Coverage) -> tuple[Sentence, ...]:
    if not found.documents and not found.covered and not found.excluded:
        return ()
    rules = found.rules
    n = Fact(len(found.documents), "count", found.on, found.sources, rules)
    covered = Fact(len(found.covered), "count", found.on, found.sources, rules)
    excluded = Fact(len(found.excluded), "count", found.on, found.sources, rules)
    noun = "document" if n.value == 1 else "documents"
    diagnoses = "diagnosis" if covered.value == 1 else "diagnoses"
    text = (
        f"Medicare on {found.on}: {n.text} coverage {noun}; {covered.text} {diagnoses} listed as "
        f"covered and {excluded.text} as not covered."
    )
    facts = [n, covered, excluded]
    unknown = [one.code for one in (*found.covered, *found.excluded) if one.is_known is False]
    if unknown:
        several = Fact(len(unknown), "count", found.on, found.sources, ("C103",))
        named = ", ".join(unknown[:_NAMED]) + (" and others" if len(unknown) > _NAMED else "")
        are = "is" if len(unknown) == 1 else "are"
        text += f" {several.text} of them ({named}) {are} not in the ICD-10-CM list that is loaded."
        facts.append(several)
    sentences = [Sentence(text, tuple(facts))]
    for note in found.notes:
        fact = Fact(note, "text", found.on, found.sources, ("C100",))
        sentences.append(Sentence(note, (fact,)))
    return tuple(sentences)


def _documents(found: Coverage) -> DataTable:
    columns: tuple[str, ...] = ("Title", "Kind", "From", "Until", "Issued by")
    rows = tuple(_document(one, found) for one in found.documents)
    if all(one.last_day is None for one in found.documents):
        columns = tuple(column for column in columns if column != "Until")
        rows = tuple(replace(row, cells=(*row.cells[:3], *row.cells[4:])) for row in rows)
    note = (
        "Titles are the contractors' and CMS's own. A local document holds in the area of its "
        "contractor only."
    )
    return DataTable("coverage", "Medicare coverage documents", "Document", columns, rows, note)


def _document(one: CoverageDocument, found: Coverage) -> Row:
    name = f"{one.display_id}, version {one.version}" if one.version else one.display_id
    page = SourceRef(f"Medicare Coverage Database, {name}", link=one.link)
    sources = tuple(dict.fromkeys((page, one.source, one.named_in)))
    kind = _KINDS[one.document_type]
    if one.coverage_level in _LEVELS:
        kind += f", coverage: {_LEVELS[one.coverage_level]}"
    if one.named_by != "code":
        kind += f", named by {one.named_by}"
    if not one.is_dated:
        kind += ", its days not loaded"
    issuer = ", for ".join(filter(None, (one.contractor, ", ".join(one.states)))) or None
    values = (one.title, kind, one.effective_from, one.last_day, issuer)
    cells = tuple(
        None
        if value is None
        else Fact(
            value,
            "text" if isinstance(value, str) else "date",
            found.on,
            sources,
            ("C100",),
        )
        for value in values
    )
    return Row(name, cells)


def _diagnoses(found: Coverage) -> DataTable:
    rows = []
    for stance, listed in (("covered", found.covered), ("not covered", found.excluded)):
        for letter, same in groupby(listed, key=lambda one: one.code[0]):
            rows.append(_chapter(stance, letter, list(same), found))
    note = (
        "An asterisk stands at a diagnosis that counts under a condition its document states. "
        "Groups of codes and diagnoses pair as the document says in words, not by their numbers."
    )
    title = "Diagnoses that Medicare's documents list"
    columns = ("Number", "ICD-10-CM codes")
    return DataTable("coverage-diagnoses", title, "Beginning with", columns, tuple(rows), note)


def _chapter(stance: str, letter: str, listed: list[ListedDiagnosis], found: Coverage) -> Row:
    codes = ", ".join(one.code + ("*" if one.has_condition else "") for one in listed)
    rules = found.rules
    n = Fact(len(listed), "count", found.on, found.sources, rules)
    return Row(letter, (n, Fact(codes, "code", found.on, found.sources, rules)), group=stance)


def _policy_sentence(context: Context, found: Iterable[Policy]) -> tuple[Sentence, ...]:
    in_force = list(found)
    if not in_force:
        return ()
    sources = tuple(dict.fromkeys(one.source for one in in_force))
    n = Fact(len(in_force), "count", context.as_of, sources, ("C105",))
    payers = Fact(
        len({one.payer_id for one in in_force}), "count", context.as_of, sources, ("C106",)
    )
    policy = "policy" if n.value == 1 else "policies"
    payer = "payer" if payers.value == 1 else "payers"
    text = f"Payers' registers: {n.text} {policy} of {payers.text} {payer} in force."
    return (Sentence(text, (n, payers)),)


def _policies(context: Context, found: Iterable[Policy]) -> DataTable:
    columns = ("Policy", "Stance", "Prior authorisation", "In force from", "Last review")
    rows = tuple(_policy(context, one) for one in found)
    note = "From registers that users keep; what a policy says is theirs to have read."
    return DataTable("policies", "Payer policies", "Payer", columns, rows, note)


def _policy(context: Context, one: Policy) -> Row:
    named = f"{one.title} ({one.policy_id}, version {one.version})"
    published = SourceRef(f"{one.payer}: {named}", link=one.link)
    sources = (published, one.source)
    rules = ("C104", "C105", "C106")

    def text(value: str) -> Fact:
        return Fact(value, "text", context.as_of, sources, rules)

    first = Fact(one.effective_on, "date", context.as_of, sources, rules)
    review: Fact | Gap = Gap(
        f"Last review of {one.policy_id}", "the register does not state it", "the payer's policy"
    )
    if one.last_review_on is not None:
        review = Fact(one.last_review_on, "date", context.as_of, sources, rules)
    cells = (text(named), text(one.stance), text(one.prior_authorisation), first, review)
    return Row(one.payer, cells, note=one.note)


def _changes(found: Iterable[PolicyChange]) -> DataTable:
    rows = tuple(_change(one) for one in found if one.field not in _IN_THE_HEADING)
    return DataTable(
        "policy-changes", "Changes of payer policies", "What", ("Before", "After"), rows
    )


def _change(one: PolicyChange) -> Row:
    def text(value: str) -> Fact:
        return Fact(value or "none", "text", one.effective_on, one.sources, ("C107",))

    versions = f"version {one.from_version} to {one.to_version}"
    if one.from_version == one.to_version:
        versions = f"version {one.to_version} stated anew"
    group = f"{one.payer}, {one.policy_id}: {versions}, in force from {one.effective_on}"
    return Row(_FIELDS[one.field], (text(one.before), text(one.after)), group=group)


def _no_changes(changes: tuple[PolicyChange, ...], found: tuple[Policy, ...]) -> tuple[Gap, ...]:
    gaps = []
    if found and not changes:
        why = "each policy stands in the lake in one version only"
        gaps.append(
            Gap("Changes of payer policies", why, "an earlier or later register", ("C107",))
        )
    gaps.append(
        Gap(
            "Changes of Medicare's coverage documents since the last snapshot",
            "the documents of two downloads are not compared yet",
            "the same downloads of an earlier week",
        )
    )
    return tuple(gaps)
