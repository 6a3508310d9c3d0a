"""`ratepress export`, `serve` and `mcp`: what they print, and what they say where a part lacks."""

from __future__ import annotations

import builtins
import csv
import io
from pathlib import Path
from typing import Any

import pytest

from cli_calls import Call


def test_an_export_says_what_it_wrote_and_what_it_left_out(
    call: Call, examples: Path, tmp_path: Path
) -> None:
    done = call("export", "pfs_rvu", "--lake", examples, "--out", tmp_path / "rvu.csv")
    assert done.code == 0, done.err
    rows = list(csv.DictReader(io.StringIO((tmp_path / "rvu.csv").read_text("utf-8"))))
    assert f"pfs_rvu: {len(rows):,} rows in {tmp_path / 'rvu.csv'}" in done.out
    assert "pfs_rvu: description may not be passed on and stays in the lake" in done.out
    assert "description" not in rows[0]


def test_json_names_each_file(call: Call, examples: Path, tmp_path: Path) -> None:
    words = ("export", "hospitals", "pfs_rvu", "--out", tmp_path / "x", "--format", "json")
    done = call(*words, "--lake", examples, "--with-restricted", "--json")
    assert done.code == 0
    files = done.json["data"]["files"]
    assert [one["what"] for one in files] == ["hospitals", "pfs_rvu"]
    assert all(Path(one["file"]).is_file() and one["left_out"] == [] for one in files)


def test_what_is_no_table_is_a_wrong_call(call: Call, examples: Path, tmp_path: Path) -> None:
    done = call("export", "nonsense", "--lake", examples, "--out", tmp_path / "x.csv")
    assert done.code == 2
    assert "neither a table of the lake nor a code" in done.err


@pytest.mark.parametrize(
    ("words", "module", "extra"),
    [
        (("serve",), "ratepress.service.server", "service"),
        (("mcp",), "ratepress.service.tools", "mcp"),
    ],
)
def test_where_an_extra_lacks_the_command_says_which(
    call: Call,
    examples: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    module: str,
    extra: str,
) -> None:
    whole = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == module:
            raise ImportError(name)
        return whole(name, *rest)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(builtins, "__import__", without)
    done = call(*words, "--lake", examples)
    assert done.code == 2
    assert f'pip install "ratepress[{extra}]"' in done.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["serve", "mcp"])
def test_a_folder_that_is_no_lake_is_told(call: Call, tmp_path: Path, command: str) -> None:
    done = call(command, "--lake", tmp_path / "nothing")
    assert done.code == 2
    assert "there is no lake here" in done.err


def test_a_port_that_is_none_is_a_wrong_call(call: Call, examples: Path) -> None:
    done = call("serve", "--lake", examples, "--port", "70000")
    assert done.code == 2
    assert "cannot be had" in done.err
