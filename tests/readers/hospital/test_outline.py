"""The outline that is told from words of bits is the one that a walk over bytes gives."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ratepress.readers.hospital.fast import outline as kernel
from ratepress.readers.hospital.fast.outline import Outline, outline

ROWS = st.sampled_from([b'"a","b,c"\n', b'a,"b""c"\r\n', b'"a\nb",c\n', b"a,b\n", b'a"b,c\n'])
BYTES = st.lists(st.sampled_from(b'ab,"\n\r'), max_size=80).map(bytes)


def walked(data: bytes) -> Outline:
    """The same, one byte after the other."""
    edges = b',"\n\r'
    is_inside, is_regular = False, True
    end = line_ends = inside = 0
    for at, byte in enumerate(data):
        if byte == ord('"'):
            is_inside = not is_inside
            beside = data[at - 1 : at] if is_inside else data[at + 1 : at + 2]
            is_regular &= beside == b"" or beside in edges
        elif byte == ord("\n") and is_inside:
            inside += 1
        elif byte == ord("\n"):
            line_ends, end = line_ends + 1, at + 1
    return Outline(end, line_ends, inside > 0, is_inside, is_regular)


@settings(max_examples=300)
@given(st.lists(ROWS, max_size=60).map(b"".join), BYTES)
def test_words_of_bits_agree_with_a_walk(rows: bytes, tail: bytes) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernel, "_STEP", 128)  # So that much stands on an edge.
        assert outline(rows + tail, ",") == walked(rows + tail)
        assert outline(rows + tail, ",", len(rows)) == walked(rows)


@pytest.mark.parametrize("before", range(60, 69))
def test_a_mark_at_the_edge_of_a_word(before: int) -> None:
    data = b"x" * before + b',"a"\n'
    assert outline(data, ",") == Outline(len(data), 1, False, False, True)  # noqa: FBT003
    assert not outline(b"x" * before + b'"a"\n', ",").is_regular
    assert not outline(b"x" * before + b',"a"b\n', ",").is_regular
