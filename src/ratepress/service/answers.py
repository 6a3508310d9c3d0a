"""An answer ready to be sent: its bytes, packed once, and what a browser may do with it."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from typing import Final

import msgspec

JSON: Final = "application/json"
CSV: Final = "text/csv; charset=utf-8"
HTML: Final = "text/html; charset=utf-8"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES: Final = {"html": HTML, "json": JSON, "csv": CSV, "xlsx": XLSX}
"""The media type of each form in which a page may be asked for."""
SHUT: Final = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""The policy of all that is no page."""
_WORTH_PACKING: Final = 1_000
_PACKED: Final = ("text/", "application/json", "image/svg")
# The one style of a page that stands in it: what its print header says. Only letters and digits
# and escapes of `press.text.css_string` fit, so nothing that a stranger wrote can.
_PRINT_STYLE: Final = re.compile(
    r"<style>(@page\{@top-left\{content:\"(?:[A-Za-z0-9]|\\[0-9a-f]+ )*\"\}"
    r"@top-right\{content:\"(?:[A-Za-z0-9]|\\[0-9a-f]+ )*\"\}\})</style>"
)


class Answer(msgspec.Struct, frozen=True):
    """Bytes with their type; `packed` by gzip where it is worth it; `policy` is the page's CSP."""

    body: bytes
    media_type: str
    packed: bytes | None
    policy: str

    @property
    def size(self) -> int:
        """Bytes that it takes in memory."""
        return len(self.body) + len(self.packed or b"")


def answer(body: bytes, media_type: str) -> Answer:
    """`body` as an answer.

    >>> answer(b"{}", JSON).policy == SHUT
    True
    """
    packed = None
    if len(body) > _WORTH_PACKING and media_type.startswith(_PACKED):
        packed = gzip.compress(body, 6, mtime=0)
    policy = page_policy(body.decode("utf-8")) if media_type == HTML else SHUT
    return Answer(body, media_type, packed, policy)


def page_policy(page: str) -> str:
    """The content security policy of a page: files of this site alone, no code or style inside it.

    Its print header is let in by its hash, and by its form: any other style in the page, such as
    one that came with a stranger's text, stays shut out.

    >>> "sha256-" in page_policy("<style>*{display:none}</style>")
    False
    """
    hashes = [
        base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        for style in _PRINT_STYLE.findall(page)[:1]
    ]
    styles = "".join(f" 'sha256-{one}'" for one in hashes)
    return (
        f"default-src 'none'; style-src 'self'{styles}; script-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; manifest-src 'self'; frame-ancestors 'none'; "
        "base-uri 'none'; form-action 'self'"
    )


def etag(fingerprint: str, *asked: object) -> str:
    """The entity tag of what was asked of a generation, by this version of ratepress.

    >>> etag("empty", "page", "cpt") == etag("empty", "page", "hcpcs")
    False
    """
    words = "\x1f".join([_version(), fingerprint, *map(repr, asked)])
    return hashlib.blake2b(words.encode("utf-8", "backslashreplace"), digest_size=16).hexdigest()


def _version() -> str:
    from importlib.metadata import version

    return version("ratepress")
