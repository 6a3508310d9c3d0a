"""Section 11, sources and citation: the method's version and how to cite; the files are listed
by `Dossier.sources`.
"""

from __future__ import annotations

from ratepress.core.facts import Fact
from ratepress.dossier.context import Context
from ratepress.dossier.descriptions import NOTICE
from ratepress.dossier.model import Labelled, Section, Sentence

METHOD_VERSION = "1"


def build(context: Context, n_files: int) -> Section:
    """The citation line, made of the code, the method's version and the as-of date."""
    method = Fact(f"Ratepress method, edition {METHOD_VERSION}", "text", rules=("M01",))
    files = Fact(n_files, "count", context.as_of, rules=("M02",))
    code = f"{context.code.system.upper()} {context.code.code}"
    named = code if context.label == code else f"{code}, {context.label}"
    citation = (
        f"Ratepress: {named}. "
        f"As of {context.as_of.isoformat()}, method edition {METHOD_VERSION}, "
        f"filter strength {context.strength}, {files.text} source file"
        f"{'' if n_files == 1 else 's'}."
    )
    said = (Sentence(NOTICE, ()),) if context.with_descriptions else ()
    return Section(
        "sources",
        "Sources and citation",
        sentences=(Sentence(citation, (files,)), *said),
        facts=(
            Labelled("Method", method),
            Labelled("As of", Fact(context.as_of, "date", rules=("M07",))),
            Labelled("Filter strength", Fact(context.strength, "text", rules=("M02",))),
        ),
    )
