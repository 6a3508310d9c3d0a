"""Zip archives: every file in them is read, and what is broken, hostile or secret is refused."""

from __future__ import annotations

import gzip
import io
import json
import struct
import sys
import zipfile
import zlib
from pathlib import Path
from typing import Any

import inflate64
import pytest
from openpyxl import Workbook

from ncci_layouts import add_ons
from ratepress.core.errors import RatepressError, UnreadableInput, UsageError
from ratepress.lake.sources import sources
from ratepress.lake.store import Lake
from ratepress.readers import containers
from ratepress.readers import source as module
from ratepress.readers.add import add, add_all
from ratepress.readers.source import Source

TEXT = b'{"a": "' + bytes(range(35, 90)) * 4000 + b'"}'


def zipped(**members: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return made.getvalue()


def deflate64_zip(data: bytes) -> bytes:
    """An archive of one member packed by method 9, written by hand: zipfile cannot."""
    packer = inflate64.Deflater()
    packed = packer.deflate(data) + packer.flush()
    name, crc = b"big.json", zlib.crc32(data)
    sizes = struct.pack("<III", crc, len(packed), len(data))
    local = b"PK\3\4" + struct.pack("<HHHHH", 21, 0, 9, 0, 33) + sizes
    local += struct.pack("<HH", len(name), 0) + name
    entry = b"PK\1\2" + struct.pack("<HHHHHH", 21, 21, 0, 9, 0, 33) + sizes
    entry += struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, 0) + name
    body = local + packed
    return body + entry + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(entry), len(body), 0)


def source_of(folder: Path, data: bytes) -> Source:
    path = folder / "in.bin"
    path.write_bytes(data)
    return Source(path)


def read(source: Source) -> bytes:
    with source.open() as stream:
        return stream.read()


def in_network(payer: str) -> bytes:
    price = {
        "negotiated_type": "negotiated", "negotiated_rate": 10.5, "service_code": ["11"],
        "expiration_date": "9999-12-31", "billing_class": "professional",
    }  # fmt: skip
    item = {
        "negotiation_arrangement": "ffs", "name": "x", "billing_code_type": "CPT",
        "billing_code_type_version": "2026", "billing_code": "32557", "description": "x",
        "negotiated_rates": [{"negotiated_prices": [price], "provider_references": [1]}],
    }  # fmt: skip
    document: dict[str, Any] = {"reporting_entity_name": payer, "in_network": [item]}
    return json.dumps(document).encode()


def test_a_zip_of_one_file_is_that_file_whatever_its_name(tmp_path: Path) -> None:
    assert read(source_of(tmp_path, zipped(**{"../../etc/passwd": TEXT}))) == TEXT
    assert not list(tmp_path.parent.rglob("passwd"))


def test_stored_members_and_folders_and_litter_of_archivers(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        archive.mkdir("folder")
        archive.writestr("folder/a.json", TEXT)
        archive.writestr("__MACOSX/folder/._a.json", b"Mac OS X")
        archive.writestr("folder/.DS_Store", b"Bud1")
        archive.writestr("folder/empty", b"")
    assert read(source_of(tmp_path, made.getvalue())) == TEXT


def test_a_gzip_file_in_a_zip_is_read_and_anything_deeper_refused(tmp_path: Path) -> None:
    assert read(source_of(tmp_path, zipped(a=gzip.compress(TEXT)))) == TEXT
    for deeper, what in (
        (zipped(a=zipped(b=TEXT)), "inside the zip file is a zip archive"),
        (zipped(a=gzip.compress(gzip.compress(TEXT))), "is a gzip file"),
        (gzip.compress(gzip.compress(TEXT)), "inside the gzip file is a gzip file"),
        (gzip.compress(zipped(a=TEXT)), "inside the gzip file is a zip archive"),
        (gzip.compress(bytes(257) + b"ustar" + bytes(600)), "is a tar archive"),
    ):
        with pytest.raises(UnreadableInput, match=what):
            read(source_of(tmp_path, deeper))


def test_deflate64_is_read(tmp_path: Path) -> None:
    assert read(source_of(tmp_path, deflate64_zip(TEXT))) == TEXT


def test_deflate64_without_its_extra_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "inflate64", None)
    with pytest.raises(UsageError, match=r"pip install \"ratepress\[deflate64\]\""):
        read(source_of(tmp_path, deflate64_zip(TEXT)))


def test_other_methods_are_refused_by_number(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a", TEXT)
    with pytest.raises(UnreadableInput, match="method 14"):
        read(source_of(tmp_path, made.getvalue()))


@pytest.mark.parametrize("kept", [10, 0.3, 0.7, 0.98, -1])
def test_a_truncated_zip_is_refused(tmp_path: Path, kept: float) -> None:
    data = zipped(a=TEXT)
    cut = data[: int(kept if kept < 0 or kept > 1 else len(data) * kept)]
    with pytest.raises(UnreadableInput, match="truncated or damaged"):
        read(source_of(tmp_path, cut))


def test_no_damaged_byte_of_a_zip_changes_what_is_read(tmp_path: Path) -> None:
    """Each byte in turn: the same bytes come out, or an error of ours."""
    good = zipped(a=b'{"in_network": [1, 2, 3]}' * 3)
    changed = 0
    for position in range(len(good)):
        data = bytearray(good)
        data[position] ^= 0x55
        try:
            out = read(source_of(tmp_path, bytes(data)))
        except RatepressError:
            continue
        changed += out not in (b'{"in_network": [1, 2, 3]}' * 3, bytes(data))
    assert changed == 0


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    data = bytearray(zipped(a=TEXT))
    data[data.index(b"PK\1\2") + 8] |= 1
    with pytest.raises(UnreadableInput, match="a in it is encrypted"):
        read(source_of(tmp_path, bytes(data)))


def test_members_that_share_bytes_are_refused(tmp_path: Path) -> None:
    """The bomb of D. Fifield: many entries of the directory point to one member."""
    data = zipped(a=TEXT)
    start, end = data.index(b"PK\1\2"), data.index(b"PK\5\6")
    entry, tail = data[start:end], bytearray(data[end:])
    tail[8:12] = struct.pack("<HH", 2, 2)
    tail[12:16] = struct.pack("<I", 2 * len(entry))
    with pytest.raises(UnreadableInput, match="share their bytes"):
        _ = source_of(tmp_path, data[:start] + entry * 2 + tail).members


@pytest.mark.parametrize("is_zip64", [False, True])
def test_a_directory_that_would_fill_the_memory_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_zip64: bool
) -> None:
    monkeypatch.setattr(containers, "LARGEST_DIRECTORY", 100)
    data = zipped(**{f"member{n}": b"x" for n in range(3)})
    if is_zip64:
        end = data.index(b"PK\5\6")
        start = data.index(b"PK\1\2")
        record = struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, 3, 3, end - start, start)
        locator = b"PK\6\7" + struct.pack("<IQI", 0, end, 1)
        tail = bytearray(data[end:])
        tail[12:16] = b"\xff" * 4
        data = data[:end] + b"PK\6\6" + record + locator + bytes(tail)
    source = source_of(tmp_path, data)
    with pytest.raises(UnreadableInput, match="more than 10,000 files"):
        _ = source.members
    monkeypatch.setattr(containers, "LARGEST_DIRECTORY", 1000)
    assert len(source.members) == 3


def test_a_zip_bomb_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BOMB_FLOOR_BYTES", 1 << 20)
    bomb = source_of(tmp_path, zipped(a=bytes(8 << 20)))
    with pytest.raises(UnreadableInput, match="zip bomb"):
        read(bomb)


def test_a_spreadsheet_and_an_empty_zip_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="Office document"):
        read(source_of(tmp_path, zipped(**{"[Content_Types].xml": b"<x/>", "xl/a": b"1"})))
    with pytest.raises(UnreadableInput, match="holds no file"):
        read(source_of(tmp_path, zipped()))


def test_each_file_of_a_zip_is_a_content_of_its_own(lake: Lake, tmp_path: Path) -> None:
    path = tmp_path / "both.zip"
    path.write_bytes(zipped(a=in_network("East"), b=in_network("West"), note=b"read me"))
    assert [one.path for one in add_all(lake, path)] == [f"{path}!a", f"{path}!b"]
    assert [s.publisher for s in sources(lake)] == ["East", "West"]
    assert [s.origins[0].partition("both.zip")[2] for s in sources(lake)] == ["!a", "!b"]
    counted = lake.connect().sql("SELECT subject, sample FROM problems WHERE rule_id = 'F009'")
    assert counted.fetchall() == [("zip archive", "both.zip!note")] * 2


def sheets(**rows: list[tuple[str, ...]]) -> bytes:
    """A workbook with these worksheets."""
    made, out = Workbook(write_only=True), io.BytesIO()
    for name, lines in rows.items():
        sheet = made.create_sheet(name)
        for line in lines:
            sheet.append(line)
    made.save(out)
    return out.getvalue()


def test_f450_a_table_in_two_forms_is_read_once_and_the_other_named(
    lake: Lake, tmp_path: Path
) -> None:
    table = add_ons(("1", "22552", "", "22551", "", "", "", ""))
    other = add_ons(("1", "22853", "", "22551", "", "", "", ""))
    rows = [tuple(line.split("\t")) for line in table.decode("latin-1").splitlines()]
    path = tmp_path / "aoc.zip"
    files = {"AOC.xlsx": sheets(One=rows), "aoc.TXT": table, "AOC_V2.xlsx": sheets(One=rows[:-1]),
             "AOC_V3.txt": other}  # fmt: skip
    path.write_bytes(zipped(**files))
    found = add_all(lake, path)
    # A workbook of another name is another table, and is read.
    assert [one.path.partition("!")[2] for one in found] == ["aoc.TXT", "AOC_V2.xlsx", "AOC_V3.txt"]
    connection = lake.connect()
    read = connection.sql("SELECT add_on_code FROM addon_edits ORDER BY 1").fetchall()
    assert read == [("22552",), ("22853",)]
    named = connection.sql("SELECT subject, sample FROM problems WHERE rule_id = 'F011'")
    assert named.fetchall() == [("zip archive", "aoc.zip!AOC.xlsx")] * 3


def test_f450_a_workbook_with_several_sheets_of_the_kind_is_read(
    lake: Lake, tmp_path: Path
) -> None:
    table = add_ons(("1", "22552", "", "22551", "", "", "", ""))
    rows = [tuple(line.split("\t")) for line in table.decode("latin-1").splitlines()]
    path = tmp_path / "aoc.zip"
    path.write_bytes(zipped(**{"AOC.xlsx": sheets(One=rows, Two=rows), "AOC.txt": table}))
    assert len(add_all(lake, path)) == 3


def test_a_file_of_a_zip_is_the_same_content_as_that_file_alone(lake: Lake, tmp_path: Path) -> None:
    (tmp_path / "both.zip").write_bytes(zipped(a=in_network("East"), b=in_network("West")))
    (tmp_path / "a.json").write_bytes(in_network("East"))
    assert add(lake, tmp_path / "a.json").was_new
    assert [one.was_new for one in add_all(lake, tmp_path / "both.zip")] == [False, True]


def test_a_zip_of_several_needs_add_all(lake: Lake, tmp_path: Path) -> None:
    (tmp_path / "both.zip").write_bytes(zipped(a=in_network("East"), b=in_network("West")))
    with pytest.raises(UnreadableInput, match="holds 2 files"):
        add(lake, tmp_path / "both.zip")


def test_a_zip_in_which_nothing_is_known_is_refused(lake: Lake, tmp_path: Path) -> None:
    (tmp_path / "no.zip").write_bytes(zipped(a=b"hello", b=b"world"))
    with pytest.raises(UnreadableInput, match=r"no\.zip!a: not a kind of file"):
        add_all(lake, tmp_path / "no.zip")


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
)
def test_wide_text_is_read_and_counted(lake: Lake, tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "wide.json"
    text = in_network("Zürich Health").decode("unicode_escape").encode().decode()
    path.write_bytes(gzip.compress(text.encode(encoding)))
    added = add(lake, path)
    assert added.content.publisher == "Zürich Health"
    found = lake.connect().sql("SELECT sample FROM problems WHERE rule_id = 'F008'").fetchall()
    assert found == [(encoding if encoding[-2:] in ("le", "be") else f"{encoding}-le",)]


def test_wide_text_that_is_cut_or_broken_is_an_error_of_ours(lake: Lake, tmp_path: Path) -> None:
    path = tmp_path / "wide.json"
    path.write_bytes(in_network("West").decode().encode("utf-16-le")[:-1])
    with pytest.raises(UnreadableInput, match="not valid JSON"):
        add(lake, path)
