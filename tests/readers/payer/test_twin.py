"""The reader and its slow twin agree, row for row and count for count, on any document."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budget import some
from payer_documents import Maker
from payer_twin import Twin


def comparable(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(repr(sorted(row.items())) for row in rows)


def assert_twins_agree(load: Any, text: str, *, packed: bool) -> None:
    twin = Twin(text)
    raw = text.encode()
    loaded = load(gzip.compress(raw) if packed else raw)
    for table in sorted({*twin.rows, *loaded.tables}):
        assert comparable(loaded.rows(table)) == comparable(twin.rows.get(table, [])), table
    assert loaded.problems == {key: n for key, n in twin.problems.items() if n}
    assert loaded.tally.read == twin.read
    assert loaded.aside == {rule: (len(at), at[0]) for rule, at in twin.aside.items()}
    header = loaded.header
    assert (header.publisher, header.declared_version) == (twin.payer, twin.version)
    assert header.published_on == twin.updated
    assert header.detected_version == ("2.x" if twin.is_v2 else "1.x")


@settings(max_examples=some(80), deadline=None)
@given(
    seed=st.integers(0, 2**64),
    oddity=st.sampled_from([0.0, 0.02, 0.1, 0.3]),
    packed=st.booleans(),
)
def test_reader_and_twin_agree_on_any_document(
    load: Any, seed: int, oddity: float, packed: bool
) -> None:
    assert_twins_agree(load, Maker(seed, oddity).object(""), packed=packed)


@pytest.mark.files
@pytest.mark.parametrize(
    "pattern", ["tic_examples/*/*/in-network*.json", "tic_peer_fixtures/*/*mrf.json"]
)
def test_reader_and_twin_agree_on_published_examples(
    load: Any, data_folder: Any, pattern: str
) -> None:
    files = sorted((data_folder / "price_files").glob(pattern))
    assert len(files) >= 3
    for file in files:
        assert_twins_agree(load, file.read_text("utf-8"), packed=False)
