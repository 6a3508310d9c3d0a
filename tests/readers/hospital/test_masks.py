"""Arrow's bits as NumPy has them are what Arrow itself says of each row."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from ratepress.readers.hospital.fast.masks import any_filled, filled

_TEXTS = st.lists(st.none() | st.sampled_from(["", "a", "long enough to be elsewhere"]))


@given(_TEXTS, st.integers(0, 40), st.integers(0, 40))
def test_a_part_of_a_column_is_filled_where_it_is_not_null(
    texts: list[str | None], first: int, n: int
) -> None:
    for kind in (pa.string(), pa.dictionary(pa.int32(), pa.string())):
        part = pa.array(texts, kind)[first : first + n]
        assert filled(part).tolist() == [value.is_valid for value in part]


@given(st.lists(st.tuples(st.none() | st.just("a"), st.none() | st.just("b"))))
def test_a_row_is_filled_where_any_column_is(rows: list[tuple[str | None, str | None]]) -> None:
    columns = [pa.array([row[at] for row in rows], pa.string()) for at in (0, 1)]
    columns.append(pa.nulls(len(rows), pa.string()))
    assert any_filled(columns, len(rows)).tolist() == [any(row) for row in rows]


def test_a_column_of_the_type_null_has_nothing() -> None:
    assert filled(pa.nulls(3)).tolist() == [False] * 3
