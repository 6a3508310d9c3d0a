"""The pages of the site over HTTP: what may stand at an address, and in which forms.

`KINDS` is the one place where a kind of page is added: how its address reads, what is made for it,
and who writes each form. The addresses are those of the static site, and so are the writers.
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Callable, Mapping
from functools import partial
from importlib import resources
from typing import Any, NamedTuple

import msgspec

from ratepress.codes.argument import CodeRef, parse_code
from ratepress.core.errors import UsageError
from ratepress.core.rules import RULE_ID, Rule, registry
from ratepress.core.shapes import to_json
from ratepress.dossier.build import build
from ratepress.dossier.model import Dossier, Profile
from ratepress.lake.store import Lake
from ratepress.press import html, lists
from ratepress.press.book import OF_FILES, Book, Ground, address_of
from ratepress.press.crew import Pages, document
from ratepress.press.edition import Edition
from ratepress.press.files import catalogue
from ratepress.service.answers import TYPES, Answer, answer
from ratepress.service.asked import FrontAsked, NothingAsked, PageAsked
from ratepress.service.errors import NOT_FOUND, Refusal, refused
from ratepress.service.questions import understood

_PLAIN = r"[A-Za-z0-9][A-Za-z0-9._-]{0,100}"
_SYSTEM = rf"(?P<system>{_PLAIN})"
_ASSET = re.compile(rf"assets/({_PLAIN}(?:/{_PLAIN})*)\Z")
_DATA = ("html", *html.FORMATS)
# Mail and chat put such words at the end of a link; no page knows them, and none shows another.
_OF_TRACKERS = re.compile(r"utm_\w+\Z|gclid\Z|fbclid\Z|msclkid\Z|mc_[ce]id\Z")
GROUND, BOOK = "ground", "book"


class Room(NamedTuple):
    """Where a page is made: the lake, the edition of its site, and what the page rests on."""

    lake: Lake
    edition: Edition
    base: Any = None


class Kind(NamedTuple):
    """One kind of page.

    `address` matches the address from the root, without its form (`code/cpt/32557`), and its
    groups are what `make` gets; `shown` is the address as documents show it. `write` has an entry
    for each form: `html`, `json`, `csv`, `xlsx`, `xml`, `js`. `base` is what the page rests on.
    A page that `is_folder` stands at an address with a stroke at its end, as `index.html` does;
    any other is a file by itself. `asked` is what may be asked of it: only a `PageAsked` makes
    another page.
    """

    name: str
    address: re.Pattern[str]
    shown: str
    about: str
    make: Callable[[Room, Mapping[str, str], Any], Any]
    write: Mapping[str, Callable[[Any], bytes]]
    base: str | None = None
    asked: type[msgspec.Struct] = NothingAsked
    is_folder: bool = True


class Leaf(NamedTuple):
    """A dossier or profile, and the pages that it may lead to."""

    dossier: Dossier | Profile
    pages: Pages


def _as(form: str) -> Callable[[Leaf], bytes]:
    return lambda leaf: document(form, leaf.dossier, leaf.pages)


def _dossier(room: Room, place: Mapping[str, str], asked: PageAsked) -> Leaf:
    ground: Ground = room.base
    (made,) = build(
        room.lake,
        [_code(CodeRef(place["system"], place["code"]), ground)],
        as_of=asked.as_of or room.edition.as_of,
        strength=asked.ghost_filter or room.edition.strength,
        with_descriptions=room.edition.with_descriptions,
    )
    return Leaf(made, ground.pages)


def _code(there: CodeRef, ground: Ground) -> CodeRef:
    """The code at an address: one that the lake has, however odd its files write it, or any else
    that is written as codes are.
    """
    if address_of(there) in ground.pages:
        return there
    try:
        wanted = parse_code(str(there))
    except UsageError as error:
        raise Refusal(NOT_FOUND, error) from None
    if wanted != there:
        raise refused(
            NOT_FOUND,
            "A code has one address, and this is another way of writing it",
            found=address_of(there),
            todo=f"ask for {address_of(wanted)}/",
        )
    return wanted


def _rule(_: Room, place: Mapping[str, str], __: NothingAsked) -> Rule:
    if place["id"] not in registry():
        raise refused(NOT_FOUND, "There is no such rule", found=place["id"], todo="see /method/")
    return registry()[place["id"]]


def _profile(kind: str, room: Room, place: Mapping[str, str], _: NothingAsked) -> Leaf:
    base: Ground | Book = room.base
    found = base.profiles.get(f"{kind}/{place['id']}")
    if found is None:
        raise refused(
            NOT_FOUND,
            f"There is no page of such a {kind}",
            found=place["id"],
            todo=f"see /{kind}/" if kind in lists.KINDS else "begin at the front page, /",
        )
    return Leaf(found, base.pages)


def _file(shown: str, room: Room, place: Mapping[str, str], _: Any) -> lists.Maker:
    """The maker of one of the files of a book; `shown` with the parts of the address filled in."""
    book: Book = room.base
    address = shown.format(**place)
    if address not in book.files:
        raise refused(NOT_FOUND, "There is no such list", found=address, todo="begin at /")
    return book.files[address]


def _made(make: lists.Maker) -> bytes:
    return make()


def _profiles(kind: str) -> Kind:
    """The kind of the profiles of one kind; their data stand beside them."""
    return Kind(
        kind,
        re.compile(rf"{kind}/(?P<id>{_PLAIN})\Z"),
        f"{kind}/{{id}}",
        _ABOUT[kind],
        partial(_profile, kind),
        {form: _as(form) for form in _DATA},
        GROUND if kind in OF_FILES else BOOK,
    )


def _list(name: str, pattern: str, shown: str, about: str, file: str, **facts: Any) -> Kind:
    """A kind of one of a book's files, in its one form."""
    form = file.rpartition(".")[2]
    address = re.compile(rf"{pattern}\Z")
    make = partial(_file, file)
    return Kind(name, address, shown, about, make, {form: _made}, BOOK, **facts)


_ABOUT = {
    "payer": "A payer: who states its prices, in which lines of business, on which codes.",
    "hospital": "A hospital: its files, and the payers in them.",
    "state": "A state: its hospitals, and Medicare's localities in it.",
    "family": "A family of services: its codes side by side.",
    "source": "A file of the lake: what it is, how its rows reconcile, which codes it has.",
    "quality": "The quality of all: what was read, set aside, flagged and counted (`all`).",
}
KINDS = (
    Kind(
        "code",
        re.compile(rf"code/{_SYSTEM}/(?P<code>{_PLAIN})\Z"),
        "code/{system}/{code}",
        "Everything known about one code: the page, its data, its table, its workbook.",
        _dossier,
        {form: _as(form) for form in _DATA},
        GROUND,
        PageAsked,
    ),
    *(_profiles(kind) for kind in _ABOUT),
    Kind(
        "rule",
        re.compile(rf"rule/(?P<id>{RULE_ID.pattern})"),
        "rule/{id}",
        "One rule: what it decides, why, since when, and from which source.",
        _rule,
        {
            "html": lambda made: html.rule_page(made).encode("utf-8"),
            "json": lambda made: to_json(made) + b"\n",
        },
    ),
    _list(
        "home", "", "", "The front page: what there is, the search, and the ways in.",
        "index.html", asked=FrontAsked,
    ),
    *(
        _list(
            f"{kind}_list", kind, kind, f"The list of {title.lower()}.", f"{kind}/index.html"
        )
        for kind, (title, _) in lists.KINDS.items()
    ),
    _list(
        "code_list", rf"code/{_SYSTEM}", "code/{system}",
        "The codes of one system, or the parts of their list.", "code/{system}/index.html",
    ),
    _list(
        "code_list_part", rf"code/{_SYSTEM}/list-(?P<n>[1-9][0-9]{{0,5}})",
        "code/{system}/list-{n}", "A part of the list of a system's codes.",
        "code/{system}/list-{n}.html", is_folder=False,
    ),
    *(
        Kind(
            name, re.compile(rf"{name}\Z"), name, about,
            lambda *_, make=make: make, {"html": _made},
        )
        for name, about, make in (
            ("method", "Every rule, by family.", lists.method_page),
            ("glossary", "What the words mean.", lists.glossary_page),
        )
    ),
    Kind(
        "prose", re.compile(r"search/prose\Z"), "search/prose",
        "The part of the index of the search that holds what rules and the glossary say.",
        lambda *_: lists.prose_file, {"js": _made}, is_folder=False,
    ),
    _list(
        "search", r"search/(?P<part>[a-z]|[0-9]{1,2})", "search/{part}",
        "A part of the index of the search: what begins with a letter or with two digits.",
        "search/{part}.js", is_folder=False,
    ),
    _list(
        "feed", "feed", "feed", "The newest files of the lake, as an Atom feed.",
        "feed.xml", is_folder=False,
    ),
    _list(
        "sitemap", "sitemap", "sitemap", "Every page with its date.",
        "sitemap.xml", is_folder=False,
    ),
    Kind(
        "pages",
        re.compile(r"pages\Z"),
        "pages",
        "The list of code pages, for programs.",
        lambda room, *_: room.base.records,
        {"json": catalogue},
        BOOK,
        is_folder=False,
    ),
)  # fmt: skip


def asked_of(kind: Kind, words: dict[str, Any]) -> Any:
    """What a page is asked with; `words` are those of its address.

    Raises `UsageError` for a word that the page does not take: with what to do instead, where it is
    a day or a strength, which the page of a code has of its own and all others have of the service.
    """
    words = {name: value for name, value in words.items() if not _OF_TRACKERS.match(name)}
    own = set(PageAsked.__struct_fields__) - set(kind.asked.__struct_fields__)
    alien = sorted(own & words.keys())
    if alien:
        raise UsageError(
            "Only the page of a code has a day and a filter strength of its own",
            found=", ".join(alien),
            expected="neither: all other pages rest on every code, at the service's own",
            todo="serve or publish a site of that day: ratepress serve --as-of DAY "
            "--ghost-filter STRENGTH",
        )
    return understood(kind.asked, words, is_text=True)


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
        return _place(address.removesuffix("index.html").rstrip("/"), "html", is_folder=True)
    if address == "" or address.endswith("/"):
        return _place(address.removesuffix("/"), None, is_folder=True)
    stem, point, suffix = address.rpartition(".")
    if point and suffix in TYPES:
        return _place(stem, suffix, is_folder=False)
    return _place(address, None, is_folder=True)._replace(redirect=f"{path}/")


def _place(address: str, form: str | None, *, is_folder: bool) -> Place:
    for kind in KINDS:
        found = kind.address.match(address)
        if found and _stands(kind, form, is_folder=is_folder):
            return Place(kind, found.groupdict(), form)
    raise refused(
        NOT_FOUND,
        "Nothing stands at this address",
        found=f"/{address}",
        todo="begin at the front page, /, or see /api/openapi.json",
    )


def _stands(kind: Kind, form: str | None, *, is_folder: bool) -> bool:
    """Whether a kind has a form at such an address: its page in a folder, its data beside it."""
    if is_folder:
        return kind.is_folder and (form is None or form in kind.write)
    return form in kind.write and not (kind.is_folder and form == "html")


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
