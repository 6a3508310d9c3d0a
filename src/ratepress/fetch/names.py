"""A safe file name for a download: from the server's Content-Disposition, else from the URL.

RFC 6266 names the header and warns of its paths; whatever it says, the name is one plain part.
"""

from __future__ import annotations

import re
from email.message import Message
from urllib.parse import unquote

LONGEST = 150
_LONGEST_SUFFIX = 24
_UNSAFE = re.compile(r"[^A-Za-z0-9._ ()+=,@-]+")
# Names that Windows gives to devices, whatever their suffix.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|\Z)", re.IGNORECASE)


def file_name(target: str, disposition: str | None = None) -> str:
    """The name for what stands at the path `target`; `disposition` is the header's value.

    >>> file_name("/a/2026-01_rates.json.gz?sig=x")
    '2026-01_rates.json.gz'
    >>> file_name("/x", 'attachment; filename="../../etc/passwd"')
    'passwd'
    >>> file_name("/..%2f..%2f.ssh/")
    'ssh'
    """
    stated = _stated(disposition) if disposition else None
    return _safe(stated or "") or _safe(unquote(target.partition("?")[0])) or "download"


def _stated(disposition: str) -> str | None:
    message = Message()
    try:
        message["Content-Disposition"] = disposition.replace("\r", "").replace("\n", "")
        return message.get_filename()
    except (ValueError, LookupError, TypeError):  # Hostile encodings of RFC 2231.
        return None


def _safe(name: str) -> str:
    parts = [part.strip(" .") for part in re.split(r"[/\\]", name)]
    last = next((part for part in reversed(parts) if part), "")
    plain = _UNSAFE.sub("_", last).lstrip("-. ").rstrip(". ")
    if not plain.strip("_"):
        return ""
    if _DEVICES.match(plain):
        plain = f"_{plain}"
    if len(plain) > LONGEST:
        stem, suffix = split(plain)
        plain = stem[: LONGEST - len(suffix)] + suffix
    return plain


def split(name: str) -> tuple[str, str]:
    """Stem and suffix, a double one kept together.

    >>> split("rates.json.gz"), split("2026.01.rates"), split("rates")
    (('rates', '.json.gz'), ('2026.01', '.rates'), ('rates', ''))
    """
    found = re.search(r"(\.[A-Za-z]\w{0,9})?\.[A-Za-z]\w{0,11}\Z", name, re.ASCII)
    if not found or found.start() == 0 or len(found[0]) > _LONGEST_SUFFIX:
        return name, ""
    return name[: found.start()], found[0]


def distinct(name: str, mark: str) -> str:
    """The name with a mark before its suffix, for a second file of the same name.

    >>> distinct("rates.json.gz", "1f0a")
    'rates-1f0a.json.gz'
    """
    stem, suffix = split(name)
    return f"{stem}-{mark}{suffix}"
