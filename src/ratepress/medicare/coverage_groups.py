"""The paragraphs over groups of codes and diagnoses, which say with what a diagnosis counts.

They stay in the user's lake and stand on no page: CMS publishes them behind the terms of the
American Medical Association, whose descriptors they quote.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html.parser import HTMLParser

import duckdb
import msgspec

from ratepress.core.facts import SourceRef
from ratepress.lake.queries import mappings
from ratepress.medicare.coverage_documents import CoverageDocument

_BLOCKS = frozenset({"p", "div", "br", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4"})
_HIDDEN = frozenset({"script", "style"})


class GroupParagraph(msgspec.Struct, frozen=True):
    """One paragraph: `list` is `codes`, `covered` or `excluded`; `text` is without its HTML."""

    display_id: str
    list: str
    group: str
    text: str
    asterisk_means: str | None
    source: SourceRef


def group_paragraphs(
    connection: duckdb.DuckDBPyConnection, documents: Sequence[CoverageDocument]
) -> tuple[GroupParagraph, ...]:
    """The paragraphs of these documents, by document, list and group.

    `documents` are those of `ratepress.medicare.coverage.coverage`.

    >>> import tempfile, pathlib
    >>> from ratepress.lake.store import Lake
    >>> with Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake").connect() as connection:
    ...     group_paragraphs(connection, [])
    ()
    """
    names = {f"{d.document_type}/{d.document_id}/{d.version}": d.display_id for d in documents}
    return tuple(
        GroupParagraph(
            names[row["key"]],
            row["list"],
            row["group_number"],
            plain_text(row["paragraph"] or ""),
            plain_text(row["asterisk_means"] or "") or None,
            SourceRef(row["publisher"], row["content_id"], row["place"]),
        )
        for row in mappings(connection, _PARAGRAPHS, {"keys": list(names)})
    )


_PARAGRAPHS = """
SELECT concat_ws('/', g.document_type, g.document_id, g.version) AS key, g.list, g.group_number,
  g.paragraph, g.asterisk_means, g.place, g.content_id, c.publisher
FROM coverage_groups g JOIN contents c USING (content_id)
WHERE list_contains($keys, concat_ws('/', g.document_type, g.document_id, g.version))
QUALIFY row_number() OVER (
  PARTITION BY g.document_type, g.document_id, g.version, g.list, g.group_number
  ORDER BY g.content_id
) = 1
ORDER BY key, g.list, length(g.group_number), g.group_number
"""


def plain_text(html: str) -> str:
    """The words of a piece of HTML, in one line; scripts and styles are left out.

    >>> plain_text("<p>Group 1: <b>J90</b> &amp; J91.0</p><script>alert(1)</script>")
    'Group 1: J90 & J91.0'
    """
    words = _Words()
    words.feed(html)
    words.close()
    return re.sub(r"\s+", " ", "".join(words.found)).strip()


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._hidden += tag in _HIDDEN
        if tag in _BLOCKS:
            self.found.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self._hidden = max(0, self._hidden - (tag in _HIDDEN))

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.found.append(data)
