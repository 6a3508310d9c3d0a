"""Tables of contents: each plan and each file stated once, every row counted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ratepress.core.errors import UnreadableInput
from ratepress.lake.store import Lake
from ratepress.lake.verify import verify
from ratepress.readers.add import add

PLAN = {"plan_name": "Gold", "plan_id_type": "EIN", "plan_id": "12", "plan_market_type": "group"}


def file(name: str, **keys: Any) -> dict[str, Any]:
    return {"description": "rates", "location": f"https://x.example/{name}"} | keys


def structure(*plans: Any, files: list[Any], **keys: Any) -> dict[str, Any]:
    return {"in_network_files": files, "reporting_plans": list(plans)} | keys


def contents(*structures: Any, **keys: Any) -> dict[str, Any]:
    return {"reporting_structure": list(structures), "reporting_entity_name": "West"} | keys


class Read:
    def __init__(self, lake: Lake, folder: Path, document: Any) -> None:
        path = folder / "index.json"
        path.write_text(json.dumps(document), "utf-8")
        self.content = add(lake, path).content
        self.connection = lake.connect()
        assert verify(lake).ok

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.sql(query).fetchall()

    @property
    def aside(self) -> dict[str, int]:
        return {s.reason: s.count for s in self.content.set_aside}

    @property
    def problems(self) -> set[tuple[str, str]]:
        return set(self.rows("SELECT rule_id, subject FROM problems"))


@pytest.fixture
def read(lake: Lake, tmp_path: Path) -> Any:
    return lambda document: Read(lake, tmp_path, document)


def test_structures_with_the_same_files_share_one_set(read: Any) -> None:
    silver = PLAN | {"plan_name": "Silver"}
    found = read(
        contents(
            structure(PLAN, files=[file("a"), file("b")]),
            structure(silver, files=[file("b"), file("a"), file("a")]),
            structure(silver, files=[file("c")]),
        )
    )
    assert found.rows("SELECT plan_name, file_set_id FROM plans ORDER BY ALL") == [
        ("Gold", "0|1"), ("Silver", "0|1"), ("Silver", "2"),
    ]  # fmt: skip
    assert found.rows("SELECT file_id, url FROM listed_files ORDER BY 1") == [
        (i, f"https://x.example/{name}") for i, name in enumerate("abc")
    ]
    assert found.rows("SELECT count(*) FROM file_sets") == [(3,)]
    assert (found.content.read, found.content.loaded) == (3 + 6, 9)


def test_a_plan_that_stands_twice_is_one_row_and_two_counted(read: Any) -> None:
    found = read(contents(*[structure(PLAN, PLAN, files=[file("a")])] * 2))
    assert found.rows("SELECT plan_id_type, plan_id, market_type FROM plans") == [
        ("ein", "12", "group")
    ]
    assert (found.content.read, found.content.loaded) == (6, 6)


def test_an_allowed_amount_file_is_a_file_of_its_kind(read: Any) -> None:
    found = read(contents(structure(PLAN, files=[file("a")], allowed_amount_file=file("a"))))
    assert set(found.rows("SELECT kind, url FROM listed_files")) == {
        ("in-network", "https://x.example/a"), ("allowed-amounts", "https://x.example/a"),
    }  # fmt: skip


def test_what_cannot_be_loaded_is_set_aside_under_its_rule(read: Any) -> None:
    found = read(
        contents(
            structure(
                1,
                {"plan_market_type": "group"},
                {"plan_name": "Gold"},
                files=["x", {"description": "no place"}, file("a", location="sftp://x/a")],
                allowed_amount_file=7,
            )
        )
    )
    assert found.aside == {"F132": 3, "F133": 1, "F134": 1}
    assert (found.content.read, found.content.loaded) == (7, 2)
    assert {("F135", "reporting_plans.plan_id"), ("F136", "location")} <= found.problems


def test_structures_without_plans_or_files_or_shape_are_counted(read: Any) -> None:
    found = read(contents(structure(PLAN, files=[]), structure(files=[file("a")]), 7, version="1"))
    assert {("F137", "reporting_structure"), ("F100", "reporting_structure")} <= found.problems
    assert found.rows("SELECT file_set_id FROM plans") == [("",)]


def test_unknown_and_repeated_keys_and_other_words_are_counted(read: Any) -> None:
    found = read(
        contents(structure(PLAN | {"hue": 1}, files=[file("a"), file("a", description="other")]))
    )
    assert {("F006", "reporting_plans.hue"), ("F138", "description")} <= found.problems
    assert found.rows("SELECT description FROM listed_files") == [("rates",)]


@pytest.mark.parametrize(
    ("document", "version"),
    [
        (contents(structure(PLAN, files=[file("a")])), "1.x"),
        (contents(structure(PLAN | {"issuer_name": "West"}, files=[file("a")])), "2.x"),
        (contents(structure(PLAN, files=[]), last_updated_on="2026-10-01"), "2.x"),
    ],
)
def test_keys_of_version_2_tell_it(read: Any, document: Any, version: str) -> None:
    assert read(document).content.detected_version == version


@pytest.mark.parametrize("text", ['{"reporting_structure": 7}', '{"reporting_structure": [{}'])
def test_no_table_and_a_cut_one_are_refused(lake: Lake, tmp_path: Path, text: str) -> None:
    (tmp_path / "index.json").write_text(text)
    with pytest.raises(UnreadableInput):
        add(lake, tmp_path / "index.json")
    assert lake.manifest().contents == ()
