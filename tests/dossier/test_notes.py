"""The package's own clinical notes: complete for their codes, cited, with diagnoses that exist."""

from __future__ import annotations

import gzip
import re

import pytest

from ratepress.codes.argument import CodeRef
from ratepress.dossier.notes import clinical_notes, packaged
from ratepress.readers.add import add
from ratepress.readers.registers.notes import topics
from registers import NOTES_YAML

WRITTEN = ("32550", "32551", "32552", "32554", "32555", "32556", "32557")
STEPS = (
    "Consent",
    "Coagulation review",
    "Sterile preparation",
    "Local anesthesia",
    "Image guidance",
    "Placement",
    "Securing",
    "Drainage connection",
    "Post-procedure imaging",
)


def own(code):
    (note,) = clinical_notes(CodeRef("cpt", code))
    return note


@pytest.mark.parametrize("code", WRITTEN)
def test_each_topic_is_written_for_each_code_of_the_family(code):
    note = own(code)
    assert {one.topic for one in note.statements} == set(topics())
    assert note.review == "not reviewed by a clinician"
    assert note.source.is_editorial


@pytest.mark.parametrize("code", WRITTEN)
def test_the_course_is_told_in_the_order_of_the_procedure(code):
    steps = [one.heading for one in own(code).about("course")]
    # Removing a catheter needs no guidance, and a needle that does not stay is not secured.
    assert steps == [step for step in STEPS if step in steps]
    left_out = {"32552": {"Image guidance", "Drainage connection"}}
    left_out |= {needle: {"Securing"} for needle in ("32554", "32555")}
    assert set(STEPS) - set(steps) == left_out.get(code, set())


@pytest.mark.parametrize("code", WRITTEN)
def test_complications_name_pneumothorax_and_bleeding(code):
    headings = {one.heading for one in own(code).about("complication")}
    assert {"Pneumothorax", "Bleeding"} <= headings
    assert ("A catheter that does not work" in headings) == (
        code in {"32550", "32551", "32556", "32557"}
    )


def test_every_statement_has_a_reference_with_title_and_issuer():
    for code in WRITTEN:
        for statement in own(code).statements:
            assert statement.references
            assert all(re.search(r"\(.+\)$", one.label) for one in statement.references)


def test_every_reference_is_used():
    (file,) = packaged()
    used = {one.split(": ")[0] for s in file.statements for one in s.references}
    assert used == {reference.reference_id for reference in file.references}


def test_a_code_without_notes_has_none():
    assert clinical_notes(CodeRef("cpt", "99213")) == ()


def test_notes_of_a_user_stand_behind_those_of_the_package(lake, tmp_path):
    (tmp_path / "notes.yaml").write_text(NOTES_YAML, "utf-8")
    add(lake, tmp_path / "notes.yaml")
    with lake.connect() as connection:
        ours, theirs = clinical_notes(CodeRef("cpt", "32557"), connection)
        (only,) = clinical_notes(CodeRef("cpt", "99213"), connection)
    assert (ours.author, theirs.author) == ("the Ratepress authors", "Our radiology")
    assert [one.topic for one in only.statements] == ["indication", "complication"]
    (place,) = {one.place for one in only.statements[1].references if one.place}
    assert place == "table 2"
    assert only.statements[1].references[1].link == "https://example.org/g"


@pytest.mark.files
def test_the_diagnoses_that_the_notes_name_exist(data_folder):
    path = data_folder / "medicare/icd/icd10cm_fy2026_drg1.0.0.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        known = {line.split(",", 1)[0] for line in lines}
    named = {code for file in packaged() for one in file.statements for code in one.diagnoses}
    assert len(named) > 20
    assert {code for code in named if code.replace(".", "") not in known} == set()
