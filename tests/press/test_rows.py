"""Rows put together as text are, byte for byte, those of the template that says the same slowly."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import DictLoader

from dossier_sample import dossier
from hostile_text import CORPUS
from ratepress.press import html
from ratepress.press.footnotes import Footnotes
from ratepress.press.rows import rows
from ratepress.press.tables import view

ROOT = "../../../"
TWIN = Path(__file__).with_name("twins") / "table.html.j2"


def slowly(table: object) -> str:
    """The table as the template of the twin prints it."""
    environment = html._environment().overlay(
        loader=DictLoader(
            {
                "table.html.j2": TWIN.read_text("utf-8"),
                "parts.html.j2": (
                    Path(html.__file__).with_name("templates") / "parts.html.j2"
                ).read_text("utf-8"),
                "one": '{% from "table.html.j2" import table %}{{ table(view, root) }}',
            }
        )
    )
    return environment.get_template("one").render(view=table, root=ROOT)


@pytest.mark.parametrize("kind", [None, *CORPUS])
def test_every_table_of_the_sample_has_the_rows_of_the_template(kind: str | None) -> None:
    sample = dossier(CORPUS[kind]) if kind else dossier()
    notes = Footnotes(sample)
    tables = [view(t, notes) for section in sample.sections for t in section.tables]
    assert len(tables) > 5
    for table in tables:
        whole = slowly(table)
        body = whole[whole.index("<tbody>") : whole.index("</table>")]
        assert str(rows(table, ROOT)) == body
