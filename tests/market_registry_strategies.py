"""Hypothesis strategies for the registries of small lakes: few NPIs, so that all rules meet."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

import market_strategies as generated
from market_everything import EVERYTHING
from market_lakes import Described, Group, Rate
from market_registries import Provider, Registries

SPEECH, EYES, NOTHING_KNOWN = "235Z00000X", "152W00000X", "207R00000X"
TAXONOMIES = (
    SPEECH, SPEECH, EYES, NOTHING_KNOWN, "193200000X", "208000000X", "282N00000X", "314000000X",
    None,
)  # fmt: skip
ZIPS = ("30322", "30309", "02554", "10001", None)
NPIS = tuple(str(number) for number in range(1, 10))
FILES = (date(2025, 11, 9), date(2026, 7, 15), date(2026, 7, 16), date(2026, 8, 1))
CODES = ("32557", "32556", "31505", "70551", "74176", "J1100", "J0120", "99213")
SPECIALTIES = ("Speech Language Pathologist", "Internal Medicine", None)
ZIP_COUNTIES = (
    ("30322", "13089", "0.75", "0.5"), ("30322", "13121", "0.25", "0.5"),
    ("30309", "13089", "0.5", "0.4"), ("30309", "13121", "0.5", "0.6"),
    ("02554", "25019", "1", "1"),
    ("10001", "36061", "0.5", "0.5"), ("10001", "36005", "0.5", "0.5"),
)  # fmt: skip
AREAS = (("13089", "12060"), ("36061", "35620"), ("36005", "35620"), ("13121", "12061"))
GPCIS = (("10212", "01", "1", "0.997", "0.922"), ("14212", "99", "1.022", "1.044", "0.85"))
WAGES = (("12060", "0.9713", "0.9803"), ("35620", "1.3018", "1.1980"), ("12061", "1", "1"))
LOCALITIES = (
    ("30322", "10212", "01", "0"), ("30309", "10212", "01", "0"), ("02554", "14212", "99", "0"),
    ("10001", "13202", "01", "1"),
)  # fmt: skip
MORE_GROUPS = (
    Group("10", (("ein", "585", "x7"), ("ein", "585", "8")), ("North",)),
    Group("11", (("ein", "586", "x7"),)),
    Group("12", (("ein", "587", "7"), ("ein", "587", "9"), ("ein", "588", "7")), ("North", "West")),
)

providers = st.builds(
    Provider,
    npi=st.sampled_from(NPIS),
    kind=st.sampled_from(("individual", "individual", "organization", None)),
    state=st.sampled_from(("GA", "MA", None)),
    zip_code=st.sampled_from(ZIPS),
    taxonomy=st.sampled_from(TAXONOMIES),
)


def unique(found: list[Provider]) -> tuple[Provider, ...]:
    return tuple({one.npi: one for one in found}.values())


@st.composite
def registries(draw: st.DrawFn) -> Registries:
    """A registry of a few files, or none; and utilisation data, or none."""
    days = draw(st.lists(st.sampled_from(FILES), max_size=2, unique=True))
    nppes = [(day, unique(draw(st.lists(providers, max_size=9)))) for day in days]
    used = draw(
        st.lists(
            st.tuples(st.sampled_from(NPIS), st.sampled_from(SPECIALTIES), st.sampled_from(CODES)),
            max_size=6,
        )
    )
    if used and draw(st.booleans()):
        used += crowd(draw, nppes)
    is_placed = draw(st.booleans())
    return Registries(
        tuple(nppes),
        tuple(used),
        ZIP_COUNTIES if is_placed else (),
        AREAS if is_placed else (),
        LOCALITIES if draw(st.booleans()) else (),
    )


def crowd(
    draw: st.DrawFn, nppes: list[tuple[date, tuple[Provider, ...]]]
) -> list[tuple[str, str | None, str]]:
    """About as many of one kind as rule Q09 wants, of whom some bill what was asked."""
    n = draw(st.sampled_from((48, 49, 50, 51)))
    n_billing = draw(st.sampled_from((0, 0, 1)))
    npis = [str(100 + i) for i in range(n)]
    if nppes and draw(st.booleans()):
        taxonomy = draw(st.sampled_from((SPEECH, NOTHING_KNOWN, "208000000X", "193200000X")))
        day, those = nppes[0]
        mates = tuple(Provider(npi, taxonomy=taxonomy) for npi in npis)
        nppes[0] = (day, (*those, *mates))
    kind = draw(st.sampled_from(SPECIALTIES))
    return [(npi, kind, "32556" if i < n_billing else "99213") for i, npi in enumerate(npis)]


@st.composite
def lakes(draw: st.DrawFn) -> Described:
    """A lake as `market_strategies` makes it, with registries and with more kinds of group."""
    found = draw(generated.lakes())
    addresses = st.lists(
        st.sampled_from(("1 A St, Atlanta, GA 30322", "2 B St, MA 02554", "3 C St, GA 30309")),
        max_size=2,
    )
    files = []
    for file in found.files:
        if file.hospital:
            # One hospital has one NPI, for another one would make it another hospital.
            npis = {"GA": ("7", "x8"), None: ("1",)}[file.hospital[1]]
            files.append(replace(file, addresses=tuple(draw(addresses)), npis=npis))
            continue
        ids = [group.group_id for group in MORE_GROUPS]
        rates = tuple(_named(draw, rate, ids) for rate in file.rates)
        files.append(replace(file, rates=rates, groups=(*file.groups, *MORE_GROUPS)))
    gpcis = draw(st.sampled_from(((), GPCIS, GPCIS[:1])))
    wages = draw(st.sampled_from(((), WAGES, WAGES[:1])))
    return replace(
        found, files=tuple(files), registries=draw(registries()), gpcis=gpcis, wages=wages
    )


def _named(draw: st.DrawFn, rate: Rate, ids: list[str]) -> Rate:
    if rate.groups is None or draw(st.booleans()):
        return rate
    return replace(rate, groups=(*rate.groups, draw(st.sampled_from(ids)))[-3:])


def _everyone() -> Registries:
    now = (
        Provider("1", taxonomy=SPEECH),
        Provider("2", state="MA", zip_code="02554", taxonomy="282N00000X", kind="organization"),
        Provider("3", taxonomy=NOTHING_KNOWN, zip_code="10001", state="NY"),
        Provider("4", taxonomy=EYES),
        Provider("5", taxonomy="193200000X", kind="organization", zip_code="30309"),
        Provider("6", taxonomy=SPEECH, zip_code=None, state=None),
    )
    mates = tuple(Provider(str(100 + i), taxonomy=NOTHING_KNOWN) for i in range(50))
    used = (
        ("6", "Speech Language Pathologist", "32556"),
        *((npi, "Internal Medicine", "32557") for npi in ("1", "2", "3", "5", "7", "8")),
        *((mate.npi, "Internal Medicine", "99213") for mate in mates),
    )
    old = (Provider("1", taxonomy=NOTHING_KNOWN), Provider("7", taxonomy=SPEECH))
    files = ((date(2026, 7, 1), (*now, *mates)), (date(2025, 7, 1), old))
    return Registries(files, used, ZIP_COUNTIES, AREAS, LOCALITIES)


EVERYTHING_NAMED = replace(
    EVERYTHING,
    gpcis=GPCIS,
    wages=WAGES,
    registries=_everyone(),
    files=tuple(
        replace(
            file,
            addresses=("1 A St, Atlanta, GA 30322", "2 B St, Nantucket, MA 02554"),
            npis=("7", "x8", "9"),
        )
        if file.hospital
        else file
        for file in EVERYTHING.files
    ),
)
"""The lake made by hand, with registries in which each verdict is found."""
