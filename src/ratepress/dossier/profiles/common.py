"""What the profiles share: counts with their files, and the two sections that end each page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ratepress.core.facts import Fact, Gap, SourceRef
from ratepress.dossier.model import Cell, Labelled, Profile, Section, Sentence, SourceFile
from ratepress.dossier.profiles.survey import Survey
from ratepress.dossier.sections import gaps
from ratepress.dossier.sections.sources import METHOD_VERSION


def number(value: int, sources: Iterable[SourceRef] = (), *rules: str) -> Fact:
    """A count of what files hold."""
    named = tuple(dict.fromkeys(sources))
    return Fact(value, "count", sources=named, rules=rules if rules or named else ("M02",))


def words(text: str, sources: Iterable[SourceRef] = (), *rules: str) -> Fact:
    """A text of the files."""
    named = tuple(dict.fromkeys(sources))
    return Fact(text, "text", sources=named, rules=rules if rules or named else ("M02",))


def published_on(file: SourceFile, source: tuple[SourceRef, ...]) -> Cell:
    """The date that a file states, or that it states none."""
    if file.published_on is not None:
        return Fact(file.published_on, "date", sources=source)
    return Gap("Date of the file", "the file states none", "a file with its date")


def several(n: int, one: str, many: str | None = None) -> str:
    """A number with its noun.

    >>> several(1, "code"), several(2000, "entity", "entities")
    ('1 code', '2,000 entities')
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def profile(
    kind: str,
    plain_id: str,
    label: str,
    survey: Survey,
    body: Sequence[Section],
    files: Sequence[SourceFile],
) -> Profile:
    """A profile of these sections, with what is not available and how to cite it."""
    day, strength = survey.as_of, survey.strength
    n_files = Fact(len(files), "count", day, rules=("M02",))
    text = (
        f"Ratepress: {kind} {label}. As of {day.isoformat()}, method edition {METHOD_VERSION}, "
        f"filter strength {strength}"
    )
    text += f", {several(len(files), 'source file')}." if files else "."
    cited = Section(
        "sources",
        "Sources and citation",
        (Sentence(text, (n_files,)),),
        (Labelled("As of", Fact(day, "date", rules=("M07",))),),
    )
    kept = tuple(section for section in body if _says_something(section))
    missing = gaps.build(kept)
    ends = (missing, cited) if missing.gaps else (cited,)
    sections = (*kept, *ends)
    return Profile(kind, plain_id, label, day, strength, METHOD_VERSION, sections, tuple(files))


def _says_something(section: Section) -> bool:
    return bool(section.sentences or section.facts or section.tables or section.gaps)
