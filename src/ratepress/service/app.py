"""The service as an ASGI application: addresses to questions and pages, answers to bytes.

Starlette routes and reads requests; what may be asked stands in `questions` and `pages`.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Annotated, Any, get_args, get_origin

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route, Router

from ratepress.core.errors import UsageError
from ratepress.core.shapes import success, to_json
from ratepress.dossier.record import Record
from ratepress.lake.store import Lake
from ratepress.press.edition import Edition
from ratepress.service import pages
from ratepress.service.answers import CSV, JSON, TYPES, Answer, answer
from ratepress.service.asked import PageAsked
from ratepress.service.claims import checked_csv
from ratepress.service.desk import Ask, Desk
from ratepress.service.errors import BAD, WRONG_METHOD, WRONG_TYPE, refused, unavailable
from ratepress.service.guard import ROUTE, App, Guard, Receive, Scope, Send
from ratepress.service.limits import Limits
from ratepress.service.metrics import Metrics
from ratepress.service.openapi import CHECK_CSV, document
from ratepress.service.questions import QUESTIONS, Question, Reply, understood
from ratepress.service.shelf import EMPTY, Shelf

Handler = Callable[[Request], Awaitable[Response]]
_QUALITY = re.compile(r";\s*q=([01](?:\.\d{0,3})?)")


def application(
    lake: Lake,
    limits: Limits | None = None,
    hosts: Collection[str] = (),
    edition: Edition | None = None,
    known: Mapping[str, Record] = EMPTY,
) -> Guard:
    """The service of a lake. `hosts` are the names that it answers to beside those of loopback;
    `edition` says how its pages are made; `known` are records of codes by address, which are taken
    where they still hold. Raises `UsageError` for an edition that cannot be.

    >>> import tempfile, pathlib
    >>> type(application(Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake"))).__name__
    'Guard'
    """
    limits = limits or Limits()
    edition = (edition or Edition()).checked()
    shelf = Shelf(lake, edition, known)
    desk = Desk(lake, limits, {pages.GROUND: shelf.ground, pages.BOOK: shelf.book})
    metrics = Metrics(desk)

    def close() -> None:
        shelf.close()
        desk.close()

    service = _Service(desk, metrics, edition, shelf.progress)
    return Guard(_routed(service), limits, metrics, hosts, close)


class _Service:
    """The handlers of all routes."""

    def __init__(
        self, desk: Desk, metrics: Metrics, edition: Edition, progress: Callable[[], str]
    ) -> None:
        self._desk = desk
        self._progress = progress
        self._edition = edition
        self._metrics = metrics
        self._document = answer(to_json(document(desk.limits)), JSON)

    def routes(self) -> list[Route]:
        """Each question, then what every service has, then the pages."""
        made = []
        for question in QUESTIONS:
            if question.table is not None:
                made.append(_route(f"{question.path}.csv", self._question(question, "csv")))
            made.append(
                _route(question.path, self._question(question), question.method, question.name)
            )
        return [
            *made,
            _route(CHECK_CSV, self._check_csv, "POST", "check"),
            _route("/api/openapi.json", self._openapi, name="openapi"),
            _route("/health", self._health, name="health"),
            _route("/metrics", self._counts, name="metrics"),
            _route("/{path:path}", self._page, name="page"),
        ]

    def _question(self, question: Question, form: str | None = None) -> Handler:
        async def get(request: Request) -> Response:
            words = _words(request, question.asked)
            asked = understood(question.asked, words, is_text=True)
            forms = ("json",) if question.table is None else ("json", "csv")
            wanted = form or negotiated(request.headers.get("accept", ""), forms)
            key = (question.name, asked)
            whole = None if question.whole is None else (question.name, question.whole.of(asked))
            ask = Ask(key, wanted, *_work(question, asked, wanted, self._desk.lake), whole)
            return await self._asked(request, ask)

        async def post(request: Request) -> Response:
            _need_type(request, JSON)
            try:
                words = msgspec.json.decode(await request.body())
            except (msgspec.DecodeError, UnicodeDecodeError):
                raise UsageError("The body is not JSON", todo="see /api/openapi.json") from None
            if not isinstance(words, dict):
                raise UsageError("The body is not a JSON object", todo="see /api/openapi.json")
            asked = understood(question.asked, words, is_text=False)
            make, write = _work(question, asked, "json", self._desk.lake)
            made = await self._desk.work(lambda: write(make()))
            return _response(request, made)

        return get if question.method == "GET" else post

    async def _check_csv(self, request: Request) -> Response:
        _need_type(request, "text/csv")
        body = await request.body()
        strict = request.query_params.get("strict", "false")
        if strict not in ("true", "false") or set(request.query_params) - {"strict"}:
            raise UsageError("The question is not understood", expected="strict=true or no words")
        made = await self._desk.work(
            lambda: answer(checked_csv(self._desk.lake, body, strict=strict == "true"), CSV)
        )
        return _response(request, made)

    async def _page(self, request: Request) -> Response:
        path = request.url.path
        shared = pages.asset(path)
        if shared is not None:
            return _response(request, shared, _tag_of_bytes(shared))
        place = pages.place_of(path)
        if place.redirect is not None:
            query = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(place.redirect + query, 308)
        kind = place.kind
        asked = pages.asked_of(kind, _words(request, kind.asked))
        form = place.form or negotiated(request.headers.get("accept", ""), tuple(kind.write))
        room = pages.Room(self._desk.lake, self._edition)
        varies = asked if kind.asked is PageAsked else None
        key = (kind.name, tuple(place.parts.values()), varies, self._edition)
        ask = Ask(
            key,
            form,
            lambda *base: kind.make(
                room._replace(base=base[0] if base else None), place.parts, asked
            ),
            lambda made: pages.written(kind, form, made),
            thing=None if varies is None else key,  # The dossier of a code: all else is quick.
            base=kind.base,
        )
        if kind.base != pages.BOOK:
            return await self._asked(request, ask)
        try:
            # What rests on every code takes minutes in a large lake, once: better to say so.
            async with asyncio.timeout(self._desk.limits.book_seconds):
                return await self._asked(request, ask)
        except TimeoutError:
            todo = "wait, or open the page of a code, which needs no such wait: /code/cpt/32557/"
            raise unavailable(self._progress(), 10, todo) from None

    async def _asked(self, request: Request, ask: Ask) -> Response:
        tag = self._desk.tag(ask)
        if _is_known(request, tag):
            # It is the same by its name: whoever has it had it from this generation.
            return Response(status_code=304, headers=_headers(tag))
        made, tag = await self._desk.answer(ask)
        return _response(request, made, tag)

    async def _openapi(self, request: Request) -> Response:
        return _response(request, self._document, _tag_of_bytes(self._document))

    async def _health(self, _: Request) -> Response:
        data = {"generation": self._desk.generation().number}
        headers = {"cache-control": "no-store"}
        return Response(_success("health", Reply(data)), 200, headers, JSON)

    async def _counts(self, _: Request) -> Response:
        kind = "text/plain; version=0.0.4; charset=utf-8"
        return Response(self._metrics.text(), 200, {"cache-control": "no-store"}, kind)


def _route(path: str, handler: Handler, method: str = "GET", name: str = "page") -> Route:
    async def named(request: Request) -> Response:
        request.scope[ROUTE] = name
        return await handler(request)

    return Route(path, named, methods=[method], name=name)


def _routed(service: _Service) -> App:
    """All routes as one application, which raises where there is none for a method."""
    router = Router(service.routes(), redirect_slashes=False)

    async def routed(scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = router  # With it the router raises, in place of answering in plain text.
        try:
            await router(scope, receive, send)
        except HTTPException as error:
            headers = {k.lower(): v for k, v in (error.headers or {}).items()}
            refusal = refused(
                error.status_code if error.status_code == WRONG_METHOD else BAD,
                "There is no such method at this address",
                todo=f"use {headers.get('allow', 'GET')}",
            )
            refusal.headers.update(headers)
            raise refusal from None

    return routed


def _work(
    question: Question, asked: Any, form: str, lake: Lake
) -> tuple[Callable[[], Any], Callable[[Any], Answer]]:
    table, whole = question.table, question.whole
    if whole is not None:
        return (lambda: whole.find(lake, asked)), (
            lambda found: (
                answer(whole.table(asked, found), CSV)
                if form == "csv"
                else answer(_success(question.name, whole.reply(asked, found)), JSON)
            )
        )
    if form == "csv" and table is not None:
        return (lambda: table(lake, asked)), (lambda made: answer(made, CSV))
    return (
        lambda: question.answer(lake, asked),
        lambda made: answer(_success(question.name, made), JSON),
    )


def _success(command: str, reply: Reply) -> bytes:
    return to_json(success(command, reply.data, reply.notes), pretty=False) + b"\n"


def _words(request: Request, kind: type[msgspec.Struct]) -> dict[str, Any]:
    """The words of an address; a word that stands for one thing may stand once."""
    words: dict[str, Any] = dict(request.path_params)
    words.pop("path", None)
    lists = _lists(kind)
    for name, value in request.query_params.multi_items():
        if name in lists:
            words.setdefault(name, []).append(value)
        elif name in words:
            raise UsageError("A word stands twice in the address", found=name)
        else:
            words[name] = value
    return words


def _lists(kind: type[msgspec.Struct]) -> frozenset[str]:
    def is_list(hint: Any) -> bool:
        plain = get_args(hint)[0] if get_origin(hint) is Annotated else hint
        return get_origin(plain) is tuple

    return frozenset(f.name for f in msgspec.structs.fields(kind) if is_list(f.type))


def negotiated(accept: str, forms: Collection[str]) -> str:
    """The form that a reader likes best of those there are; the first where it names none.

    >>> negotiated("text/csv", ("html", "csv")), negotiated("*/*", ("html", "csv"))
    ('csv', 'html')
    >>> negotiated("text/html;q=0.5, application/json", ("html", "json"))
    'json'
    """
    liking: dict[str, float] = {}
    for part in accept.lower().split(",")[:20]:
        media = part.partition(";")[0].strip()
        quality = _QUALITY.search(part)
        liking[media] = float(quality[1]) if quality else 1.0
    first = next(iter(forms))
    if liking.get("*/*", 0.0) >= max(liking.values(), default=0.0):
        return first
    return max(forms, key=lambda form: liking.get(TYPES[form].partition(";")[0], 0.0))


def _need_type(request: Request, wanted: str) -> None:
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != wanted:
        raise refused(
            WRONG_TYPE, "The body is of another type", found=given, todo=f"send it as {wanted}"
        )


def _tag_of_bytes(made: Answer) -> str:
    import hashlib

    return hashlib.blake2b(made.body, digest_size=16).hexdigest()


def _is_known(request: Request, tag: str) -> bool:
    known = request.headers.get("if-none-match", "")
    return any(
        one.strip().removeprefix("W/").strip('"') in (tag, f"{tag}-gz")
        for one in known.split(",")[:20]
    )


def _headers(tag: str) -> dict[str, str]:
    # Kept by whoever wants to, and asked about each time: a newer generation shows at once.
    return {"etag": f'"{tag}"', "cache-control": "no-cache", "vary": "accept, accept-encoding"}


def _response(request: Request, made: Answer, tag: str | None = None) -> Response:
    if tag is not None and _is_known(request, tag):
        return Response(status_code=304, headers=_headers(tag))
    is_packed = made.packed is not None and takes_gzip(request.headers.get("accept-encoding", ""))
    headers: dict[str, str] = {"cache-control": "no-store", "vary": "accept-encoding"}
    if tag is not None:
        headers = _headers(f"{tag}-gz" if is_packed else tag)
    if is_packed:
        headers["content-encoding"] = "gzip"
    headers["content-security-policy"] = made.policy
    body = made.packed if is_packed and made.packed is not None else made.body
    return Response(body, 200, headers, made.media_type)


def takes_gzip(accepted: str) -> bool:
    """Whether a reader takes gzip.

    >>> takes_gzip("gzip, deflate"), takes_gzip("gzip;q=0"), takes_gzip("")
    (True, False, False)
    """
    for part in accepted.lower().split(",")[:20]:
        coding, _, rest = part.partition(";")
        if coding.strip() in ("gzip", "x-gzip"):
            return rest.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
