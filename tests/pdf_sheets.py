"""The sheets of a PDF, for tests of what is printed."""

from __future__ import annotations

import re
import zlib


def objects(pdf: bytes) -> bytes:
    """The PDF with its compressed streams opened."""
    opened = [pdf]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            opened.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(opened)


def sheets(pdf: bytes) -> list[tuple[bytes, bytes]]:
    """The width and height of each sheet, in points."""
    return re.findall(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)", objects(pdf))


def texts(pdf: bytes) -> int:
    """How often the PDF shows a piece of text."""
    return len(re.findall(rb"\bT[jJ]\b", objects(pdf)))
