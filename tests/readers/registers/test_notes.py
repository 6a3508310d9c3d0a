"""Files of clinical notes: what the form asks for, and that no statement is without a reference."""

from __future__ import annotations

import pytest

from ratepress.core.errors import UnreadableInput
from ratepress.readers.add import add
from ratepress.readers.registers.notes import notes_of, split_reference
from registers import NOTES_YAML


def test_a_statement_is_counted_for_each_code_it_is_about(lake, tmp_path):
    (tmp_path / "notes.yaml").write_text(NOTES_YAML, "utf-8")
    content = add(lake, tmp_path / "notes.yaml").content
    assert (content.kind, content.read, content.loaded) == ("clinical-notes", 4, 4)
    found = lake.connect().sql(
        "SELECT code, position, topic, diagnoses, reference_ids FROM clinical_statements "
        "ORDER BY code, position"
    )
    own = [(1, "complication", "J95.811", "own: table 2|web"), (2, "indication", "", "own")]
    assert found.fetchall() == [(code, *row) for code in ("32557", "99213") for row in own]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("references: [own]", "references: []", "a statement has no reference"),
        ("        references: [own]\n", "", "a statement has no reference"),
        ("references: [own]", "references: [other]", "no such reference"),
        ("references: [own]", "references: ['own|web']", "no such reference"),
        ("topic: indication", "topic: opinion", "no word of the list"),
        ("diagnoses: [J95811]", "diagnoses: [pneumothorax]", "no diagnosis"),
        ("written_on: 2026-10-01", "written_on: today", "no date"),
        ("review: read by Dr. A. Example, 2026-10-02", "review:", "a value is missing"),
        ("https://example.org/g", "javascript:alert(1)", "no link"),
        ("issuer: A society, ", "", "a value is missing"),
        ('codes: ["32557", 99213]', "codes: [chest drain]", "no code"),
        ('codes: ["32557", 99213]', "codes: [32557, [99213]]", "no code"),
        ("references: [own]", "references: [own, {own: 1}]", "no such reference"),
        ("text: Fluid.", "text: [Fluid.]", "a list stands where one text is wanted"),
        ("heading: Effusion", "title: Effusion", "has no such key"),
        ("notes:\n", "notes: none\nother:\n", "is no list"),
    ],
)
def test_what_the_form_forbids_is_refused_with_its_line(old, new, message):
    assert old in NOTES_YAML
    with pytest.raises(UnreadableInput, match=message) as raised:
        notes_of(NOTES_YAML.replace(old, new), "notes.yaml")
    assert raised.value.place.startswith("line ")


def test_a_reference_may_say_where_in_the_source():
    assert split_reference("cfr: (b)(5): note") == ("cfr", "(b)(5): note")
