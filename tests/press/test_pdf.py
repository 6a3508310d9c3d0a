"""A page as PDF: two sheets beside the page, and a plain word where no browser is installed."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from dossier_sample import dossier
from ratepress.core.errors import UsageError
from ratepress.press import pdf
from ratepress.press.publish import write


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write([dossier()], tmp_path_factory.mktemp("pdf")).pages[0]


@pytest.mark.site
@pytest.mark.skipif(pdf.browser() is None, reason="no Chromium is installed; set CHROMIUM to one")
def test_it_stands_beside_the_page_on_two_sheets(page: Path) -> None:
    made = pdf.write_pdf(page)
    assert made == page.parent.parent / "32557.pdf"
    first = made.read_bytes()
    assert first.startswith(b"%PDF-")
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b(?!s)", first)) <= 2


@pytest.mark.site
@pytest.mark.skipif(pdf.browser() is None, reason="no Chromium is installed; set CHROMIUM to one")
def test_one_page_gives_the_same_bytes_in_another_second(page: Path) -> None:
    first = pdf.write_pdf(page).read_bytes()
    time.sleep(1.1)  # The engine notes the second.
    assert pdf.write_pdf(page).read_bytes() == first
    dates = re.findall(rb"/(?:CreationDate|ModDate) \(D:(.*?)\)", first)
    assert set(dates) == {b"20260715000000+00'00'"}


def test_the_dates_of_a_pdf_are_those_of_its_page_and_its_length_stays(tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    made = b"<</CreationDate (D:20261126141812+01'00')\n/ModDate (D:20261126141812-05'00')>>"
    page.write_text('<time datetime="2026-07-15">15 July 2026</time>', "utf-8")
    dated = pdf._dated(made, page)
    assert dated == made.replace(b"20261126141812+01", b"20260715000000+00").replace(
        b"20261126141812-05", b"20260715000000+00"
    )
    assert len(dated) == len(made)


def test_without_a_browser_the_error_says_what_to_do(
    page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CHROMIUM", raising=False)
    with pytest.raises(UsageError, match="none is installed") as caught:
        pdf.write_pdf(page)
    assert "CHROMIUM" in (caught.value.todo or "")


@pytest.mark.parametrize("engine", ["/no/such/browser", "true"])
def test_an_engine_that_makes_nothing_is_an_error(
    page: Path, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    monkeypatch.setenv("CHROMIUM", engine)
    with pytest.raises(UsageError, match=r"did not print|made no PDF"):
        pdf.write_pdf(page)
