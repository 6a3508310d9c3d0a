"""The oracle's line of business of payer files that state none (F170), from the decisions alone.

docs/method/decisions.md, "Line of business in payer files". Nothing of a URL is parsed here: what
each of the generated lakes' origins and URLs means is written down by hand.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from market_lakes import Contents, PriceFile, Rate

# Where each origin and each URL of the generated lakes points, by hand: host and path, and the
# query without its signature, None where it was not recorded; and the file name.
PLACES = {
    "https://a.example/ppo.json.gz?...": ("a/ppo", None, "ppo"),
    "https://b.example/ppo.json.gz": ("b/ppo", "", "ppo"),
    "http://B.example:80/hmo.json.gz?id=2#x": ("b/hmo", "id=2", "hmo"),
    "https://a.example/dl?...": ("a/dl", None, "dl"),
    "https://a.example/ppo.json.gz?Signature=s&Expires=9": ("a/ppo", "", "ppo"),
    "https://A.example:443/ppo.json.gz": ("a/ppo", "", "ppo"),
    "https://b.example/hmo.json.gz?id=1": ("b/hmo", "id=1", "hmo"),
    "https://b.example/hmo.json.gz?id=2": ("b/hmo", "id=2", "hmo"),
    "https://b.example/all.zip": ("b/all", "", "all"),
    "https://a.example/dl?id=1": ("a/dl", "id=1", "dl"),
    "https://a.example/dl?id=2": ("a/dl", "id=2", "dl"),
    "https://a.example/a%20plan.json.gz": ("a/a plan", "", "a plan"),
    "/files/ppo.json.gz": (None, None, "ppo"),
    "/other/ppo.json": (None, None, "ppo"),
    "C:\\files\\hmo.json": (None, None, "hmo"),
    "/files/all.zip!west.json": (None, None, "all"),
    "/files/unlisted.json": (None, None, "unlisted"),
    "/files/a plan.json": (None, None, "a plan"),
    "test": (None, None, "test"),
}
MARKETS = {"group": "commercial", "individual": "exchange"}
KNOWN_PUBLISHERS = {"Aetna", "Cigna"}


def lines_of(file: PriceFile, rate: Rate, tables: Iterable[Contents], as_of: date) -> set[str]:
    """ "A price for plans of several lines of business stands once in each." """
    if file.line_evidence(rate) != "no plan_market_type stated":
        return {rate.line_of_business}
    # "A table of contents dated after the as-of date says nothing yet."
    speaking = [t for t in tables if t.published_on is None or t.published_on <= as_of]
    markets = [
        market
        for table, url in listings_of(file, speaking)
        for markets, urls in table.structures
        if url in urls
        for market in markets
    ]
    return {MARKETS.get(market or "", "unknown") for market in markets} or {"unknown"}


def listings_of(file: PriceFile, tables: Iterable[Contents]) -> list[tuple[Contents, str]]:
    """The tables and URLs that mean a file."""
    listed = [(table, url) for table in tables for _, urls in table.structures for url in urls]
    same = [one for one in listed if any(is_at(origin, one[1], listed) for origin in file.origins)]
    if same:
        return same
    # "Found by its name, packed or not, where every listing of that name stands at one address;
    # listings of another payer, where the register knows both, are left out."
    names = {PLACES[origin][2] for origin in file.origins}
    others = KNOWN_PUBLISHERS - {file.publisher} if file.publisher in KNOWN_PUBLISHERS else set()
    named = [
        (table, url)
        for table, url in listed
        if PLACES[url][2] in names and table.publisher not in others
    ]
    return named if len({PLACES[url][:2] for _, url in named}) == 1 else []


def is_at(origin: str, url: str, listed: Iterable[tuple[Contents, str]]) -> bool:
    """ "Where the query was not recorded, the listings there must not differ in it." """
    where, query, _ = PLACES[origin]
    if where is None or where != PLACES[url][0]:
        return False
    queries = {PLACES[other][1] for _, other in listed if PLACES[other][0] == where}
    return query == PLACES[url][1] if query is not None else len(queries) == 1
