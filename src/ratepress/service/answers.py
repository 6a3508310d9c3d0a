"""An answer ready to be sent: its bytes, packed once, and what a browser may do with it."""

from __future__ import annotations

import gzip
import hashlib
from typing import Final

import msgspec

JSON: Final = "application/json"
CSV: Final = "text/csv; charset=utf-8"
HTML: Final = "text/html; charset=utf-8"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XML: Final = "application/xml; charset=utf-8"
SCRIPT: Final = "text/javascript; charset=utf-8"
TYPES: Final = {
    "html": HTML, "json": JSON, "csv": CSV, "xlsx": XLSX, "xml": XML, "js": SCRIPT,
}  # fmt: skip
"""The media type of each form in which a page may be asked for."""
SHUT: Final = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""The policy of all that is no page."""
PAGE: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'self'"
)
"""The content security policy of a page: files of this site alone, no code or style inside it."""
_WORTH_PACKING: Final = 1_000
_PACKED: Final = ("text/", "application/json", "application/xml", "image/svg")


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
    policy = PAGE if media_type == HTML else SHUT
    return Answer(body, media_type, packed, policy)


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
