"""The forms that the how-to guides show are read as they stand there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ratepress.readers.add import add

GUIDES = Path(__file__).resolve().parents[3] / "docs/how-to"


@pytest.mark.parametrize(
    ("guide", "language", "name", "rows"),
    [
        ("policy-register", "text", "register.csv", 2),
        ("policy-register", "yaml", "register.yaml", 1),
        ("editorial-notes", "yaml", "notes.yaml", 3),
    ],
)
def test_a_form_of_the_guides_is_read_whole(lake, tmp_path, guide, language, name, rows):
    text = (GUIDES / f"{guide}.md").read_text("utf-8")
    (shown,) = re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    (tmp_path / name).write_text(shown, "utf-8")
    content = add(lake, tmp_path / name).content
    assert (content.read, content.loaded) == (rows, rows)
