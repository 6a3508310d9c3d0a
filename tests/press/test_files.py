"""Files of a site: inside the folder, whole or not at all, listed over several runs."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import msgspec
import pytest

from ratepress.core.errors import UsageError
from ratepress.dossier.record import Record
from ratepress.press.files import Site

ONE = Record("cpt", "32557", "Chest drain", date(2026, 7, 15), "balanced")


@pytest.mark.parametrize(
    "address",
    [
        "../x", "code/../../x", "/etc/passwd", "code//x", "code/./x", "..", ".", "", ".hidden/x",
        "code/cpt/..%2f", "code\\..\\x", "C:/x", "code/cpt/a\x00b", "code/cpt/a\nb", "code/~/x",
        "code/cpt/-rf", "code/" + "a" * 200,
    ],
)  # fmt: skip
def test_an_address_that_is_no_plain_path_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(UsageError, match="a page cannot stand at"):
        Site(tmp_path / "site").write(address, b"x")
    assert list(tmp_path.iterdir()) == []


def test_a_link_that_leads_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "code").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="leads out of the folder"):
        Site(tmp_path / "site").write("code/cpt/x.json", b"x")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_the_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "site").symlink_to(tmp_path / "real")
    Site(tmp_path / "site").write("code/x.json", b"x")
    assert (tmp_path / "real" / "code" / "x.json").read_bytes() == b"x"


def test_a_write_that_fails_leaves_the_old_file_and_no_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site(tmp_path)
    page = site.write("code/index.html", b"old")

    def half(self: Path, content: bytes) -> int:
        with self.open("wb") as handle:
            handle.write(content[:2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", half)
    with pytest.raises(OSError, match="No space left"):
        site.write("code/index.html", b"new and longer")
    assert page.read_bytes() == b"old"
    assert [path.name for path in page.parent.iterdir()] == ["index.html"]


def test_a_half_written_file_never_has_the_name_of_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = []
    whole = Path.write_bytes

    def watched(self: Path, content: bytes) -> int:
        names.append(self.name)
        return whole(self, content)

    monkeypatch.setattr(Path, "write_bytes", watched)
    Site(tmp_path).write("code/index.html", b"page")
    assert names == [f".index.html.{os.getpid()}.tmp"]


def test_pages_of_an_earlier_run_are_remembered_while_they_stand(tmp_path: Path) -> None:
    site = Site(tmp_path)
    first = site.write(ONE.href, b"page")
    site.remember([ONE])
    assert site.records() == {"code/cpt/32557": ONE}
    first.unlink()
    assert site.records() == {}


def test_the_list_for_programs_has_each_page_with_its_place(tmp_path: Path) -> None:
    Site(tmp_path).remember([ONE])
    assert msgspec.json.decode((tmp_path / "pages.json").read_bytes()) == [
        {
            "system": "cpt",
            "code": "32557",
            "label": "Chest drain",
            "as_of": "2026-07-15",
            "strength": "balanced",
            "href": "code/cpt/32557/index.html",
        }
    ]


@pytest.mark.parametrize("content", [b"{}", b"not json", b'[{"system": 1}]', b"\xff"])
def test_a_record_that_is_none_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "records.json").write_bytes(content)
    with pytest.raises(UsageError, match=r"records\.json: not a record of pages"):
        Site(tmp_path).records()


def test_a_record_cannot_point_out_of_the_folder(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.remember([Record("..", "..", "x", date(2026, 7, 15), "balanced")])
    with pytest.raises(UsageError, match="a page cannot stand at"):
        site.records()


def test_a_file_that_would_not_change_is_left_alone(tmp_path: Path) -> None:
    site = Site(tmp_path)
    path = site.write("code/index.html", b"page")
    os.utime(path, ns=(1, 1))
    assert site.write("code/index.html", b"page").stat().st_mtime_ns == 1
    assert site.written == [path]
    assert site.write("code/index.html", b"other").stat().st_mtime_ns > 1
