"""The payer policy register: both forms say the same, and a wrong cell is named with its place."""

from __future__ import annotations

from datetime import date

import pytest

from hostile_text import CORPUS
from ratepress.core.errors import UnreadableInput
from ratepress.lake.store import Lake
from ratepress.readers.add import add
from registers import HEADER, NEW, OLD, POLICIES_YAML, register


def put(lake: Lake, tmp_path, data: bytes, name: str = "register.csv"):
    (tmp_path / name).write_bytes(data)
    return add(lake, tmp_path / name).content


def test_a_register_in_csv(lake, tmp_path):
    content = put(lake, tmp_path, register(OLD, "", NEW))
    assert (content.kind, content.read, content.loaded) == ("payer-policies-csv", 2, 2)
    found = lake.connect().sql(
        "SELECT version, effective_on, stance, prior_authorisation, place FROM payer_policies "
        "ORDER BY version"
    )
    assert found.fetchall() == [
        ("1", date(2025, 1, 1), "covered with criteria", "no", "row 2"),
        ("2", date(2026, 1, 1), "not covered", "unknown", "row 4"),
    ]
    codes = lake.connect().sql("SELECT version, code_system, code FROM payer_policy_codes")
    assert sorted(codes.fetchall()) == [
        ("1", "cpt", "32550"),
        ("1", "cpt", "32557"),
        ("2", "cpt", "32557"),
        ("2", "ms-drg", "470"),
    ]


def test_a_register_in_yaml_keeps_ids_versions_and_codes_as_texts(lake, tmp_path):
    content = put(lake, tmp_path, POLICIES_YAML.encode(), "register.yaml")
    assert (content.kind, content.loaded) == ("payer-policies-yaml", 1)
    columns = "policy_id, version, effective_on, ended_on, stance, prior_authorisation, place"
    assert lake.connect().sql(f"SELECT {columns} FROM payer_policies").fetchall() == [
        ("0007", "1.10", date(2025, 6, 1), None, "investigational", "yes", "line 4")
    ]
    codes = lake.connect().sql("SELECT code FROM payer_policy_codes ORDER BY 1").fetchall()
    assert codes == [("00100",), ("32557",)]


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("payer", "", "a text"),
        ("version", " ", "a text"),
        ("link", "ftp://example.org/x", "http or https"),
        ("link", "https://user@evil.example/", "http or https"),
        ("effective_on", "01/02/2026", "year-month-day"),
        ("effective_on", "", "year-month-day"),
        ("ended_on", "2024-12-31", "2025-01-01 or later"),
        ("last_review_on", "2026-02-30", "year-month-day"),
        ("codes", "3255", "codes such as"),
        ("codes", "", "one code or more"),
        ("stance", "maybe", "covered, covered with criteria, not covered"),
        ("prior_authorisation", "perhaps", "yes, no, unknown"),
    ],
)
def test_a_wrong_cell_is_named_with_its_row_column_and_what_was_expected(
    lake, tmp_path, column, value, expected
):
    names = HEADER.split(",")
    cells = OLD.split(",")
    cells[names.index(column)] = value
    with pytest.raises(UnreadableInput) as raised:
        put(lake, tmp_path, register(NEW, ",".join(cells)))
    assert raised.value.place == f"row 3, column {column}"
    assert raised.value.found == value
    assert expected in raised.value.expected
    assert lake.connect().sql("SELECT * FROM payer_policies").fetchall() == []


def test_the_first_faults_are_named_and_the_others_counted(lake, tmp_path):
    wrong = [OLD.replace("INV-1", f"INV-{n}").replace(",no,", ",perhaps,") for n in range(9)]
    with pytest.raises(UnreadableInput, match=r"row 3, column prior.*and 4 more"):
        put(lake, tmp_path, register(*wrong))


def test_a_version_stands_once_in_a_register(lake, tmp_path):
    with pytest.raises(UnreadableInput, match=r"stands twice.*row 3.*see row 2"):
        put(lake, tmp_path, register(OLD, OLD))


@pytest.mark.parametrize(
    ("header", "todo"),
    [
        (HEADER.replace(",stance", ""), "missing columns: stance"),
        (HEADER + ",colour", "take out columns"),
        (HEADER + ",payer", "take out columns"),
    ],
)
def test_a_header_of_another_form_is_refused(lake, tmp_path, header, todo):
    with pytest.raises(UnreadableInput, match="header") as raised:
        put(lake, tmp_path, f"{header}\n{OLD}\n".encode())
    assert todo in raised.value.todo
    assert raised.value.place == "row 1"


def test_an_unquoted_comma_is_told_from_a_cell(lake, tmp_path):
    row = OLD.replace("Invented policy", "Invented, policy") + "a note"
    with pytest.raises(UnreadableInput, match="more cells than the header"):
        put(lake, tmp_path, register(row))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ratepress: payer-policies/2\npolicies: []", "version of the form"),
        ("ratepress: payer-policies/1\n", "no list `policies`"),
        ("ratepress: payer-policies/1\npolicies: [{payer: a, payer: b}]", "stands twice"),
        ("ratepress: payer-policies/1\npolicies: [{colour: red}]", "has no such key"),
        ("ratepress: payer-policies/1\npolicies: [7]", "a date|no date|missing"),
        ("ratepress: payer-policies/1\npolicies: &a [*a]", "an alias"),
        ("ratepress: payer-policies/1\npolicies: " + "[" * 40, "levels|readable YAML"),
        ("ratepress: payer-policies/1\npolicies: [", "no readable YAML"),
        ("ratepress: payer-policies/1\npolicies: !!python/object:os.system {}", "."),
    ],
)
def test_hostile_and_broken_yaml_is_refused_in_words(lake, tmp_path, text, message):
    if "python" in text:
        # A tag builds nothing: the value is a mapping without keys.
        with pytest.raises(UnreadableInput):
            put(lake, tmp_path, text.encode(), "r.yaml")
        return
    with pytest.raises(UnreadableInput, match=message):
        put(lake, tmp_path, text.encode(), "r.yaml")


@pytest.mark.parametrize("text", CORPUS.values(), ids=CORPUS)
def test_a_strangers_text_is_stored_or_refused_and_nothing_else(lake, tmp_path, text):
    data = POLICIES_YAML.replace("Invented, too", "TITLE").encode()
    quoted = "'" + text.replace("'", "''") + "'"
    (tmp_path / "r.yaml").write_bytes(data.replace(b"TITLE", quoted.encode()))
    try:
        add(lake, tmp_path / "r.yaml")
    except UnreadableInput:
        return
    stored = lake.connect().sql("SELECT title FROM payer_policies").fetchall()
    assert stored == [(" ".join(text.split()),)]


def test_yaml_that_is_no_utf8_is_refused_with_the_byte(lake, tmp_path):
    with pytest.raises(UnreadableInput, match="not UTF-8"):
        put(lake, tmp_path, POLICIES_YAML.encode() + b"    note: \xff\n", "r.yaml")
