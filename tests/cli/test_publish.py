"""`ratepress publish`: what its options pass on to the pages."""

from __future__ import annotations

import html
from pathlib import Path

import pytest

from cli_calls import Call
from ratepress.dossier.descriptions import NOTICE


@pytest.mark.parametrize("words", [(), ("--with-descriptions",)])
def test_descriptions_are_shown_where_the_option_says_so(
    call: Call, examples: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    done = call("publish", "32551", "--lake", examples, "--out", tmp_path, *words)
    assert done.code == 0, done.err
    page = html.unescape((tmp_path / "code/cpt/32551/index.html").read_text("utf-8"))
    # As the example of the fee schedule has it.
    assert ("Chest tube placed by a surgical cut" in page) is bool(words)
    assert (NOTICE in page) is bool(words)
