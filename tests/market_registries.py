"""Registries of a described lake, as plain data, and written straight into tables.

As in `market_lakes`, nothing of the readers is used. NPIs are short numbers: `7` stands for the
seventh NPI that has a right check digit, and `x7` for ten digits that have not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from registry_files import npi_of


@dataclass(frozen=True)
class Provider:
    """One NPI of one file of NPPES; what is None is not stated."""

    npi: str
    kind: str | None = "individual"
    state: str | None = "GA"
    zip_code: str | None = "30322"
    taxonomy: str | None = "207R00000X"


@dataclass(frozen=True)
class Registries:
    """What a lake knows of providers; each file of NPPES has the newest date in it."""

    nppes: tuple[tuple[date, tuple[Provider, ...]], ...] = ()
    used: tuple[tuple[str, str | None, str], ...] = ()
    """NPI, Medicare specialty and code."""
    zip_counties: tuple[tuple[str, str, str, str], ...] = ()
    """ZIP code, county, business share and total share."""
    areas: tuple[tuple[str, str], ...] = ()
    """County and area."""
    localities: tuple[tuple[str, str, str, str], ...] = ()
    """ZIP code, MAC, locality and whether ZIP+4 decides."""


NO_REGISTRY = Registries()


def services(number: int) -> Decimal:
    """What the utilisation data say that their row of that number bills: 0 to 11 services."""
    return Decimal(number * 7 % 23) / 2


def written(npi: str) -> str:
    """The NPI that a short number stands for; `0` and the empty text are themselves."""
    if npi.startswith("x"):
        return f"100000000{npi[1:]}"[-10:]
    return npi if npi in ("", "0") or len(npi) == 10 else npi_of(int(npi))


def contents(found: Registries) -> Iterator[tuple[str, dict[str, Any], dict[str, list[Any]]]]:
    """Each file of the registries: its id, what the manifest says of it, and its rows."""
    for number, (day, providers) in enumerate(found.nppes):
        yield (
            _id(f"nppes {number}"),
            {"kind": "registry-nppes", "publisher": "CMS", "release": day.isoformat()},
            {"providers": [_provider(one) for one in providers]},
        )
    if found.used:
        rows = [
            {
                "npi": written(npi),
                "provider_type": kind,
                "code": code,
                "n_services": services(n),
                "row_number": n,
            }
            for n, (npi, kind, code) in enumerate(found.used, start=2)
        ]
        about = {"kind": "registry-utilisation", "publisher": "CMS", "release": "2023"}
        yield _id("utilisation"), about, {"utilisation": rows}
    if found.zip_counties:
        rows = [
            {
                "zip_code": zip_code,
                "county_fips": county,
                "business_share": Decimal(business),
                "total_share": Decimal(total),
                "row_number": n,
            }
            for n, (zip_code, county, business, total) in enumerate(found.zip_counties, start=2)
        ]
        about = {"kind": "registry-zip-counties-hud", "publisher": "HUD", "release": "2025-09"}
        yield _id("zip counties"), about, {"zip_counties": rows}
    if found.areas:
        rows = [
            {"county_fips": county, "cbsa": cbsa, "row_number": n}
            for n, (county, cbsa) in enumerate(found.areas, start=2)
        ]
        about = {"kind": "registry-cbsa-counties", "publisher": "Census", "release": "undated"}
        yield _id("areas"), about, {"cbsa_counties": rows}
    if found.localities:
        rows = [
            {
                "release": "2026C",
                "zip_code": zip_code,
                "mac": mac,
                "locality": locality,
                "has_plus_four": plus_four,
                "place": f"line {n}",
            }
            for n, (zip_code, mac, locality, plus_four) in enumerate(found.localities, start=1)
        ]
        about = {
            "kind": "medicare-zip-localities",
            "publisher": "CMS",
            "release": "2026C",
            "effective_from": date(2026, 7, 1),
        }
        yield _id("localities"), about, {"zip_localities": rows}


def _provider(one: Provider) -> dict[str, Any]:
    return {
        "npi": written(one.npi),
        "entity_type": one.kind,
        "state": one.state,
        "zip_code": one.zip_code,
        "taxonomy": one.taxonomy,
    }


def _id(name: str) -> str:
    return sha256(name.encode()).hexdigest()
