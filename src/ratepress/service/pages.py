"""The pages of the site over HTTP: what may stand at an address, and in which forms.

`KINDS` is the one place where a kind of page is added: how its address reads, what is made for it,
and who writes each form. The addresses are those of the static site.
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Callable, Mapping
from importlib import resources
from typing import Any, NamedTuple

from ratepress.codes.argument import parse_code
from ratepress.core.errors import UsageError
from ratepress.core.rules import RULE_ID, Rule, registry
from ratepress.core.shapes import to_json
from ratepress.dossier.build import build
from ratepress.dossier.editorial import plain_label
from ratepress.dossier.model import Dossier
from ratepress.lake.store import Lake
from ratepress.market.diff import all_codes
from ratepress.market.inputs import latest_date
from ratepress.press import csv, html, json, sheets
from ratepress.press.files import Listing
from ratepress.service.answers import TYPES, Answer, answer
from ratepress.service.asked import PageAsked
from ratepress.service.errors import NOT_FOUND, Refusal, refused

_PLAIN = r"[A-Za-z0-9][A-Za-z0-9._-]{0,100}"
_ASSET = re.compile(rf"assets/({_PLAIN}(?:/{_PLAIN})*)\Z")


class Kind(NamedTuple):
    """One kind of page.

    `address` matches the address from the root, without its form (`code/cpt/32557`), and its
    groups are what `make` gets. `write` has an entry for each form: `html`, `json`, `csv`, `xlsx`.
    """

    name: str
    address: re.Pattern[str]
    shown: str
    about: str
    make: Callable[[Lake, Mapping[str, str], PageAsked], Any]
    write: Mapping[str, Callable[[Any], bytes]]


def _dossier(lake: Lake, place: Mapping[str, str], asked: PageAsked) -> Dossier:
    try:
        wanted = parse_code(f"{place['system']}:{place['code']}")
    except UsageError as error:
        raise Refusal(NOT_FOUND, error) from None
    if (wanted.system, wanted.code) != (place["system"], place["code"]):
        raise refused(
            NOT_FOUND,
            "A code has one address, and this is another way of writing it",
            found=f"code/{place['system']}/{place['code']}",
            todo=f"ask for code/{wanted.system}/{wanted.code}/",
        )
    return build(lake, [str(wanted)], as_of=asked.as_of, strength=asked.ghost_filter)[0]


def _rule(_: Lake, place: Mapping[str, str], __: PageAsked) -> Rule:
    if place["id"] not in registry():
        raise refused(NOT_FOUND, "There is no such rule", found=place["id"], todo="see /api/rules")
    return registry()[place["id"]]


def _listings(lake: Lake, _: Mapping[str, str], asked: PageAsked) -> list[Listing]:
    codes = [code for code in all_codes(lake) if re.fullmatch(_PLAIN, code.code)]
    if not codes:
        return []
    with lake.connect(tables=()) as connection:
        day = asked.as_of or latest_date(connection)
    return [
        Listing(
            *code,
            plain_label(code),
            day,
            asked.ghost_filter,
            f"code/{code.system}/{code.code}/index.html",
        )
        for code in codes
    ]


KINDS = (
    Kind(
        "code",
        re.compile(rf"code/(?P<system>[a-z-]{{2,12}})/(?P<code>{_PLAIN})\Z"),
        "code/{system}/{code}",
        "Everything known about one code: the page, its data, its table, its workbook.",
        _dossier,
        {
            "html": lambda made: html.page(made, lone=True).encode("utf-8"),
            "json": json.document,
            "csv": csv.document,
            "xlsx": sheets.document,
        },
    ),
    Kind(
        "rule",
        re.compile(rf"rule/(?P<id>{RULE_ID.pattern})"),
        "rule/{id}",
        "One rule: what it decides, why, since when, and from which source.",
        _rule,
        {
            "html": lambda made: html.rule_page(made, lone=True).encode("utf-8"),
            "json": lambda made: to_json(made) + b"\n",
        },
    ),
    Kind(
        "pages",
        re.compile(r"(?:pages)?\Z"),
        "",
        "The list of pages: every code with prices.",
        _listings,
        {"html": lambda made: html.pages_page(made).encode("utf-8"), "json": to_json},
    ),
)


class Place(NamedTuple):
    """Where a request leads: a kind of page, its parts, and the form that its suffix names.

    `redirect` is where it stands instead, where the address lacks its last stroke.
    """

    kind: Kind
    parts: dict[str, str]
    form: str | None
    redirect: str | None = None


def place_of(path: str) -> Place:
    """What stands at `path`; `Refusal` where nothing does.

    >>> found = place_of("/code/cpt/32557.csv")
    >>> found.kind.name, found.parts["code"], found.form
    ('code', '32557', 'csv')
    """
    address = path.removeprefix("/")
    if address == "index.html" or address.endswith("/index.html"):
        return _place(address.removesuffix("index.html").rstrip("/"), "html")
    if address == "" or address.endswith("/"):
        return _place(address.removesuffix("/"), None)
    stem, point, suffix = address.rpartition(".")
    if point and suffix in TYPES:
        return _place(stem, suffix)
    return _place(address, None)._replace(redirect=f"{path}/")


def _place(address: str, form: str | None) -> Place:
    for kind in KINDS:
        found = kind.address.match(address)
        if found and (form is None or form in kind.write):
            return Place(kind, found.groupdict(), form)
    raise refused(
        NOT_FOUND,
        "Nothing stands at this address",
        found=f"/{address}",
        todo="begin at the list of pages, /, or see /api/openapi.json",
    )


def written(kind: Kind, form: str, made: Any) -> Answer:
    """What was made for a page, in one of its forms."""
    return answer(kind.write[form](made), TYPES[form])


def asset(path: str) -> Answer | None:
    """A file that pages share, such as the style sheet; None where `path` leads to none.

    >>> asset("/assets/style.css").media_type, asset("/assets/../html.py")
    ('text/css', None)
    """
    found = _ASSET.match(path.removeprefix("/"))
    if found is None:
        return None
    file = resources.files("ratepress.press").joinpath("assets", *found[1].split("/"))
    if not file.is_file():
        return None
    kind = mimetypes.guess_type(found[1])[0] or "application/octet-stream"
    return answer(file.read_bytes(), kind)
