"""A hospital's cms-hpt.txt: the locations it names, their files, pages and contacts.

45 CFR 180.50(d)(6) and CMS's specification ask for five `name: value` lines a location. Published
are also: all fields in one line, each field's name on a line of its own, all values of one field
together, prose round them, UTF-16, links without a scheme or with spaces.
"""

from __future__ import annotations

import json
import re

import msgspec

from ratepress.core.errors import UnreadableInput

LONGEST = 16 << 20
FILE_NAME = "cms-hpt.txt"
_FIELDS = ("location-name", "source-page-url", "mrf-url", "contact-name", "contact-email")
# A name counts where a colon, an equals sign, a tab or the end of its line follows: not in prose.
_NAME = re.compile(
    r"(?<![\w-])(location|source[-_ ]?page|mrf|contact)[-_ ]?(name|url|email)"
    r"[ \u00a0]*(?:[:=]|\t|(?=\r?\n|\r|\Z))",
    re.IGNORECASE,
)
# A link can hold another one: only behind a space does another begin.
_BETWEEN_LINKS = re.compile(r"[ ,;]+(?=https?://)", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+(/|\Z)", re.IGNORECASE)
_ENDS_AS_FILE = re.compile(r"\.(csv|json|zip|gz|xlsx?|txt|xml)\Z", re.IGNORECASE)
# A no-break space, also as it looks when UTF-8 was taken for Windows-1252.
_NO_BREAK = re.compile("\u00c2?\u00a0|\u00c2\\Z|\ufeff")
_PAGE = re.compile(r"\s*(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.S)
_CAPTCHA = re.compile(r"captcha|are you a robot|unusual traffic|verify you are human", re.I)


class Location(msgspec.Struct, frozen=True, kw_only=True):
    """One location and one file of its standard charges; None for what is not stated.

    `mrf_url` is whole: a scheme is put before a link that has none, and spaces are written `%20`.
    """

    name: str | None
    mrf_url: str | None
    source_page_url: str | None
    contact_name: str | None
    contact_email: str | None


def names_cms_hpt(url: str) -> bool:
    """Whether a URL or path is that of a cms-hpt.txt, whatever stands there.

    >>> names_cms_hpt("https://a.example/CMS-HPT.txt?x=1"), names_cms_hpt("https://a.example/x")
    (True, False)
    """
    last = url.partition("?")[0].rstrip("/").rpartition("/")[2].lower()
    return last.startswith("cms-hpt") and last.endswith(".txt")


def names_hospital_files(head: bytes) -> bool:
    r"""Whether bytes begin as a cms-hpt.txt does, in any of its layouts.

    >>> names_hospital_files("location-name: West mrf-url: w.example/x.csv".encode("utf-16"))
    True
    >>> names_hospital_files(b"To see our prices, click on the mrf-url of your hospital")
    False
    """
    text = _decoded(head)
    if _PAGE.match(text) or text.lstrip().startswith(("{", "[")):
        return False
    found = {_field(match) for match in _NAME.finditer(text)}
    return {"location-name", "mrf-url"} <= found


def hospital_locations(data: bytes, name: str = FILE_NAME) -> tuple[Location, ...]:
    r"""The locations that a cms-hpt.txt names, in its order; one with two files is there twice.

    Raises `UnreadableInput` for a web page, and where no file is named.

    >>> found = hospital_locations(b"location-name: West\nmrf-url: www.west.example/a b.csv\n")
    >>> found[0].name, found[0].mrf_url
    ('West', 'https://www.west.example/a%20b.csv')
    """
    text = _decoded(data)
    if _PAGE.match(text):
        what = "a web page that asks for a human" if _CAPTCHA.search(text) else "a web page"
        raise UnreadableInput(
            f"{name}: {what} came in place of the list of files",
            place="byte 0",
            found=text.strip()[:80],
            expected="lines location-name: and mrf-url:",
            todo="open the address in a browser, save the list, and give its path",
        )
    groups = _groups(_statements(text))
    locations = [location for group in groups for location in _of_group(group)]
    if not any(location.mrf_url for location in locations):
        raise UnreadableInput(
            f"{name}: no file is named in it",
            found=" ".join(text.split())[:80] or "nothing",
            expected="lines location-name: and mrf-url:",
            todo="look for the file on the hospital's page, and tell the hospital",
        )
    return tuple(locations)


def _decoded(data: bytes) -> str:
    # The names are ASCII, as JSON's brackets are: so UTF-16 is told by its zeros, mark or not.
    encoding = json.detect_encoding(data)
    try:
        return data.decode(encoding).lstrip("\ufeff")
    except UnicodeDecodeError:
        return data.decode("cp1252" if encoding.startswith("utf-8") else encoding, "replace")


def _field(match: re.Match[str]) -> str:
    kind = "source-page" if match[1].lower().startswith("source") else match[1].lower()
    return f"{kind}-{match[2].lower()}"


def _statements(text: str) -> list[tuple[str, str]]:
    """Each field that is stated, and the text up to the next one."""
    found = [match for match in _NAME.finditer(text) if _field(match) in _FIELDS]
    ends = [*[match.start() for match in found[1:]], len(text)][: len(found)]
    return [
        (_field(match), text[match.end() : end]) for match, end in zip(found, ends, strict=True)
    ]


def _groups(statements: list[tuple[str, str]]) -> list[dict[str, list[str]]]:
    """Fields that belong together: a group begins where the first field of all comes again.

    Where it comes again at once, the values of each field stand together.
    """
    groups: list[dict[str, list[str]]] = []
    before = ""
    for field, value in statements:
        if not groups or (field == statements[0][0] and before != field):
            groups.append({})
        values = _values(field, value)
        groups[-1].setdefault(field, []).extend(values)
        before = field
    return groups


def _values(field: str, text: str) -> list[str]:
    if not field.endswith("-url"):
        return [_first_line(text)]
    return [_link(link) for link in _BETWEEN_LINKS.split(_first_line(text))]


def _first_line(text: str) -> str:
    for line in text.splitlines():
        line = "".join(c if c.isprintable() else " " for c in _NO_BREAK.sub(" ", line))
        cleaned = " ".join(line.split()).strip("\"'<>,; ")
        if cleaned:
            return cleaned
    return ""


def _link(text: str) -> str:
    link = text.strip("\"'<>,; ")
    if " " in link and not _ENDS_AS_FILE.search(link):
        link = link.split(" ")[0]  # What follows is prose.
    link = link.replace(" ", "%20")
    return f"https://{link}" if _HOST.match(link) else link


def _of_group(group: dict[str, list[str]]) -> list[Location]:
    """One location for each file; a value that stands once holds for all of them."""
    stated = {field: [value or None for value in group.get(field, [])] for field in _FIELDS}
    names, links = stated["location-name"], stated["mrf-url"]
    if len(names) > 1 and len(links) > 1 and len(names) != len(links):
        # Which name has which file is not told.
        stated["location-name"] = names = ["; ".join(filter(None, names))]
    size = max(len(names), len(links))
    rows = [_spread(stated[field], size) for field in _FIELDS]
    return [
        Location(
            name=name, source_page_url=page, mrf_url=link, contact_name=who, contact_email=email
        )
        for name, page, link, who, email in zip(*rows, strict=True)
    ]


def _spread(values: list[str | None], size: int) -> list[str | None]:
    if len(values) == 1:
        return values * size
    return values if len(values) == size else [None] * size
