"""The feed of a site: new files, and the codes whose prices changed, dated by the files."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

from market_lakes import Described, PriceFile, Rate, write
from ratepress.dossier.record import Changed, Record
from ratepress.press.feeds import MOST_ENTRIES, atom
from ratepress.press.publish import publish

APRIL, JULY = date(2026, 4, 1), date(2026, 7, 1)
MERCY = ("Mercy", "GA")
DAY = date(2026, 7, 15)
ATOM = "{http://www.w3.org/2005/Atom}"


def rate(amount: str, payer: str, code: str = "32557") -> Rate:
    return Rate(dollars=Decimal(amount), payer_name=payer, code=code)


def entries(feed: bytes) -> list[tuple[str, str, str]]:
    """Id, title and day of each entry, in order."""
    found = ElementTree.fromstring(feed).findall(f"{ATOM}entry")
    return [
        tuple((one.findtext(f"{ATOM}{name}") or "") for name in ("id", "title", "updated"))  # type: ignore[misc]
        for one in found
    ]


def changes(feed: bytes) -> list[tuple[str, str, str]]:
    return [one for one in entries(feed) if one[0].startswith("urn:ratepress:change:")]


def test_a_second_file_tells_what_became_of_the_contracts_of_a_code(tmp_path: Path) -> None:
    """Aetna rises, Humana goes, Oscar comes, Cigna stays; of 70551 nothing changes."""
    still = rate("500", "Aetna", "70551")
    before = (rate("100", "Aetna"), rate("200", "Cigna"), rate("300", "Humana"), still)
    after = (rate("110", "Aetna"), rate("200", "Cigna"), rate("400", "Oscar"), still)
    files = (PriceFile("a", APRIL, before, MERCY), PriceFile("b", JULY, after, MERCY))
    lake = write(tmp_path / "lake", Described(files))
    for folder in ("one", "other"):
        publish(lake, ["32557", "70551"], tmp_path / folder, as_of=DAY)
    feed = (tmp_path / "one/feed.xml").read_bytes()
    assert changes(feed) == [
        (
            "urn:ratepress:change:cpt:32557:2026-04-01:2026-07-01",
            "CPT 32557: 1 changed, 1 new, 1 gone",
            "2026-07-01T00:00:00Z",
        )
    ]
    assert len(entries(feed)) == 3, "both files too"
    assert feed == (tmp_path / "other/feed.xml").read_bytes()
    publish(lake, ["32557", "70551"], tmp_path / "one", as_of=DAY)
    assert feed == (tmp_path / "one/feed.xml").read_bytes(), "kept pages say the same"


def test_a_first_file_is_no_change(tmp_path: Path) -> None:
    lake = write(
        tmp_path / "lake", Described((PriceFile("a", APRIL, (rate("1", "Aetna"),), MERCY),))
    )
    publish(lake, ["32557"], tmp_path / "site", as_of=DAY)
    assert changes((tmp_path / "site/feed.xml").read_bytes()) == []


def test_the_codes_with_most_changes_are_told_and_stand_by_day(tmp_path: Path) -> None:
    records = [
        Record("cpt", f"{n:05}", "", DAY, "balanced", changed=Changed(APRIL, n, 0, 0))
        for n in range(MOST_ENTRIES + 20)
    ]
    told = [one for one, _, _ in changes(atom([], records, DAY))]
    assert told == [
        f"urn:ratepress:change:cpt:{n:05}:2026-04-01:2026-07-15"
        for n in range(MOST_ENTRIES + 19, 19, -1)
    ]
