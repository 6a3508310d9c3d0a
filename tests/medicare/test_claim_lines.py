"""Claim lines from CSV files: rows that are no good CSV come in too, each with its reason."""

import csv
import io

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from ratepress.medicare.claim_lines import load_lines, tolerant_records

WIDTH = 3
HEADER = "a,b,c\n"
CELL = st.text(st.sampled_from('ab ,"\n\r;é'), max_size=6)


def loaded(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with duckdb.connect() as connection:
        load_lines(connection, path, ["a"], ["b", "z"], [])
        assert connection.sql("SELECT DISTINCT z FROM raw_lines").fetchall() in ([], [(None,)])
        return connection.sql(
            "SELECT i.*, r.csv_problem FROM input_lines i JOIN raw_lines r"
            " ON r.line_no = i.rowid ORDER BY i.rowid"
        ).fetchall()


def test_good_rows_have_no_problem(tmp_path):
    content = 'a,b,c\n1,"x, ""y""",\n"two\nlines",2,3\n4\n'
    assert loaded(tmp_path / "f.csv", content) == [
        ("1", 'x, "y"', None, None),
        ("two\nlines", "2", "3", None),
        ("4", None, None, None),
    ]


def test_one_bad_row_of_each_kind_leaves_the_others_as_they_are(tmp_path):
    content = b'a,b,c\n1,2,3\n2,3,4,5,6\n3,"x"y,3\n4,\xff,3\n5,"x,3\n6,7,"8\n9"\n'
    found = loaded(tmp_path / "f.csv", content)
    assert [row[0] for row in found] == ["1", "2", "3", "4", "5", "6"]
    assert [row[3] and row[3].partition(":")[0] for row in found] == [
        None,
        *(f"line {n} of the file" for n in (3, 4, 5, 6)),
        None,
    ]
    assert "5 cells, where the header names 3 columns: 5, 6" in found[1][3]
    assert found[3][3].endswith("it is not UTF-8")
    assert found[4][3].endswith("a quotation mark is never closed")
    assert found[5][:3] == ("6", "7", "8\n9")


def test_an_open_quotation_mark_takes_one_line_and_not_the_file(tmp_path):
    content = HEADER + '1,"x,3\n' + "2,x,3\n" * 500 + '3,x,"4\n'
    found = loaded(tmp_path / "f.csv", content)
    assert len(found) == 502
    assert [n for n, row in enumerate(found) if row[3]] == [0, 501]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(CELL, min_size=WIDTH, max_size=WIDTH).filter(any), max_size=8))
def test_what_csv_writes_comes_back_from_the_slow_way(rows):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    lines = io.StringIO(text.getvalue(), newline="").readlines()
    assert list(tolerant_records(lines, WIDTH)) == [(row, None) for row in rows]


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from('a,"\n'), max_size=40))
def test_no_line_of_any_text_is_lost(text):
    """Each line with something in it is a record, or stands in one that spans lines."""
    lines = io.StringIO(text, newline="").readlines()
    records = list(tolerant_records(lines, WIDTH))
    spanned = sum("\n" in (cell or "") for cells, _ in records for cell in cells)
    assert all(len(cells) == WIDTH for cells, _ in records)
    filled = sum(bool(line.strip("\n")) for line in lines)
    assert len(records) <= filled
    if not spanned:
        assert len(records) == filled
