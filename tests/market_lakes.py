"""Small lakes for tests of the market, described as plain data and written straight into tables.

A description is what the tests of the market, and their oracle, both read. Nothing of the readers
is used, so a fault of theirs cannot hide one of the market's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

from market_registries import NO_REGISTRY, Registries, contents, written
from ratepress.lake.manifest import Content, Observation
from ratepress.lake.sets import set_id
from ratepress.lake.store import Lake


@dataclass(frozen=True)
class Group:
    """A provider group: `members` are (TIN type, TIN, NPI), one entity for each distinct TIN."""

    group_id: str
    members: tuple[tuple[str | None, str, str], ...] = ()
    networks: tuple[str, ...] = ()
    location: str | None = None

    @property
    def state(self) -> str:
        if self.members:
            return "listed"
        return "not fetched" if self.location is not None else "undefined"


@dataclass(frozen=True)
class Rate:
    """One published price; `groups` are group ids, and None in a hospital file."""

    code: str = "32557"
    code_system: str | None = "cpt"
    payer_name: str = "Aetna"
    plan_name: str | None = "PPO"
    line_of_business: str = "commercial"
    arrangement: str | None = None
    statement: str = "dollar"
    method: str | None = "fee schedule"
    dollars: Decimal | None = None
    percentage: Decimal | None = None
    algorithm: str | None = None
    price_unit: str = "service"
    billing_class: str | None = "professional"
    setting: str | None = "outpatient"
    places: tuple[str, ...] = ()
    modifiers: tuple[str, ...] = ()
    groups: tuple[str, ...] | None = None
    drug_unit: Decimal | None = None
    drug_unit_type: str | None = None
    expires_on: date | None = None


@dataclass(frozen=True)
class Charge:
    """A charge line of a hospital's file, with the gross that it states."""

    gross: Decimal | None
    code: str = "32557"
    code_system: str = "cpt"
    setting: str | None = "outpatient"
    billing_class: str | None = None
    modifiers: tuple[str, ...] = ()
    drug_unit: Decimal | None = None
    drug_unit_type: str | None = None


@dataclass(frozen=True)
class PriceFile:
    """One price file; `hospital` is its (name, state), and None for a payer's file.

    `origins` are where it was seen. `stated_market`: a market type of its own that is no line.
    """

    name: str
    published_on: date | None
    rates: tuple[Rate, ...]
    hospital: tuple[str, str | None] | None = None
    groups: tuple[Group, ...] = ()
    publisher: str = "A payer"
    origins: tuple[str, ...] = ("test",)
    stated_market: str | None = None
    versions: tuple[str | None, str | None] = (None, None)
    """Declared and detected."""
    addresses: tuple[str, ...] = ()
    """Of a hospital's locations; each ends with a ZIP code."""
    npis: tuple[str, ...] = ()
    """The hospital's type 2 NPIs."""
    charges: tuple[Charge, ...] = ()

    def line_evidence(self, rate: Rate) -> str | None:
        """What the payer readers write beside the line `unknown`, and no other reader does."""
        if self.hospital or rate.line_of_business != "unknown":
            return None
        market = self.stated_market
        return f"plan_market_type {market}" if market else "no plan_market_type stated"

    @property
    def content_id(self) -> str:
        return sha256(self.name.encode()).hexdigest()

    def place(self, rate_id: int) -> str:
        return f"row {rate_id + 2}"


@dataclass(frozen=True)
class Contents:
    """A table of contents: `structures` are the market types of plans, and the files they have."""

    name: str
    published_on: date | None
    structures: tuple[tuple[tuple[str | None, ...], tuple[str, ...]], ...]
    publisher: str = "A payer"

    @property
    def content_id(self) -> str:
        return sha256(self.name.encode()).hexdigest()


@dataclass(frozen=True)
class PfsRow:
    """One row of the release 2026C; None for a practice expense is the NA indicator."""

    code: str
    modifier: str
    work: Decimal
    nonfacility_pe: Decimal | None
    facility_pe: Decimal | None
    malpractice: Decimal
    status: str = "A"
    pctc: str = "0"
    """The indicator of professional and technical component."""


@dataclass(frozen=True)
class Described:
    """A lake: its price files in the order in which they were added, and the fee schedules.

    `facility_rates` are (system, code, rate): `OPPS`, `ASC`, `CLFS` in dollars, `IPPS` a weight.
    """

    files: tuple[PriceFile, ...]
    pfs: tuple[PfsRow, ...] = ()
    tables: tuple[Contents, ...] = ()
    facility_rates: tuple[tuple[str, str, Decimal], ...] = ()
    registries: Registries = NO_REGISTRY
    gpcis: tuple[tuple[str, str, str, str, str], ...] = ()
    """MAC, locality, and the indices of 2026: work, practice expense, malpractice."""
    wages: tuple[tuple[str, str, str], ...] = ()
    """CBSA, and its wage index and capital factor (GAF) in 2026, of hospitals and of ASCs."""


RELEASE = {
    "release": "2026C",
    "effective_from": date(2026, 7, 1),
    "effective_until": date(2026, 9, 30),
}


def write(root: Path, described: Described, *, tables_first: bool = False) -> Lake:
    """The lake of a description."""
    lake = Lake.create(root)
    if tables_first:
        _write_tables(lake, described)
    for file in described.files:
        _commit(lake, file.content_id, _price_rows(file), _about(file), file.origins)
    if not tables_first:
        _write_tables(lake, described)
    if described.pfs:
        about = {"kind": "medicare-pfs", "publisher": "CMS", **RELEASE}
        _commit(lake, sha256(b"pfs").hexdigest(), _pfs_rows(described.pfs), about)
    if described.gpcis:
        about = {"kind": "medicare-gpci-csv", "publisher": "CMS", **YEAR}
        _commit(lake, sha256(b"gpci").hexdigest(), {"pfs_gpci": _gpci_rows(described)}, about)
    if described.wages:
        about = {"kind": "medicare-ipps-wage-areas", "publisher": "CMS", **FISCAL_YEAR}
        rows = {"ipps_wage_areas": _wage_rows(described)}
        _commit(lake, sha256(b"wages").hexdigest(), rows, about)
        about = {"kind": "medicare-asc-wage-index", "publisher": "CMS", **YEAR}
        rows = {"asc_wage_index": _asc_wage_rows(described)}
        _commit(lake, sha256(b"asc wages").hexdigest(), rows, about)
    for content_id, about, rows in contents(described.registries):
        _commit(lake, content_id, rows, about)
    for table, rows in _facility_rows(described).items():
        about = {"kind": f"medicare-{table}", "publisher": "CMS", **RELEASE}
        _commit(lake, sha256(table.encode()).hexdigest(), {table: rows}, about)
    return lake


YEAR = {
    "release": "2026",
    "effective_from": date(2026, 1, 1),
    "effective_until": date(2026, 12, 31),
}


FISCAL_YEAR = {
    "release": "FY2026",
    "effective_from": date(2025, 10, 1),
    "effective_until": date(2026, 9, 30),
}


def _wage_rows(described: Described) -> list[dict[str, Any]]:
    """As Table 3 has them, an area in one state."""
    return [
        {**FISCAL_YEAR, "cbsa": cbsa, "state": "GA", "wage_index": Decimal(index),
         "gaf": Decimal(gaf), "place": f"row {n}"}
        for n, (cbsa, index, gaf) in enumerate(described.wages)
    ]  # fmt: skip


def _asc_wage_rows(described: Described) -> list[dict[str, Any]]:
    return [
        {**YEAR, "cbsa": cbsa, "wage_index": Decimal(index), "place": f"row {n}"}
        for n, (cbsa, index, _) in enumerate(described.wages)
    ]


def _gpci_rows(described: Described) -> list[dict[str, Any]]:
    names = ("work_gpci", "pe_gpci", "malpractice_gpci")
    return [
        {**YEAR, "mac": mac, "locality": number, "locality_name": number, "place": f"row {n}",
         **dict(zip(names, map(Decimal, indices), strict=True))}
        for n, (mac, number, *indices) in enumerate(described.gpcis)
    ]  # fmt: skip


def _facility_rows(described: Described) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    tests = {code for system, code, _ in described.facility_rates if system == "CLFS"}
    for number, (system, code, rate) in enumerate(described.facility_rates):
        place = {**RELEASE, "place": f"row {number}"}
        if system == "OPPS":
            row = {"code": code, "status": "T", "apc": "5181", "rate": rate}
            found.setdefault("opps_codes", []).append({**place, **row})
        elif system == "ASC":
            row = {"addendum": "AA", "code": code, "payment_indicator": "G2", "rate": rate}
            found.setdefault("asc_codes", []).append({**place, **row})
        elif system == "CLFS":
            found.setdefault("clfs_rates", []).append({**place, "code": code, "rate": rate})
        else:
            found.setdefault("ipps_drgs", []).append({**place, "drg": code, "weight": rate})
    for code in sorted(tests):
        row = {"code": code, "status": "A", "place": f"test {code}"}
        found.setdefault("opps_codes", []).append({**RELEASE, **row})
    return found


def _write_tables(lake: Lake, described: Described) -> None:
    for table in described.tables:
        about = {
            "kind": "payer-table-of-contents",
            "publisher": table.publisher,
            "published_on": table.published_on,
        }
        _commit(lake, table.content_id, _contents_rows(table), about)


def _contents_rows(table: Contents) -> dict[str, list[dict[str, Any]]]:
    urls = list(dict.fromkeys(url for _, those in table.structures for url in those))
    rows: dict[str, list[dict[str, Any]]] = {"plans": [], "file_sets": []}
    rows["listed_files"] = [
        {"file_id": number, "kind": "in-network", "url": url, "place": f"file {number}"}
        for number, url in enumerate(urls)
    ]
    for number, (markets, those) in enumerate(table.structures):
        named = {"file_set_id": f"set {number}"}
        rows["file_sets"] += [{**named, "file_id": urls.index(url)} for url in set(those)]
        rows["plans"] += [
            {**named, "plan_name": f"Plan {number}.{n}", "plan_id": f"{n}", "market_type": market}
            for n, market in enumerate(markets)
        ]
    return rows


def _about(file: PriceFile) -> dict[str, Any]:
    kind = "hospital-tall-csv" if file.hospital else "payer-in-network"
    # The readers call a hospital's file by the hospital.
    publisher = file.hospital[0] if file.hospital else file.publisher
    declared, detected = file.versions
    return {
        "kind": kind,
        "publisher": publisher,
        "published_on": file.published_on,
        "declared_version": declared,
        "detected_version": detected,
    }


def _commit(
    lake: Lake,
    content_id: str,
    rows: dict[str, list[dict[str, Any]]],
    about: dict[str, Any],
    origins: tuple[str, ...] = ("test",),
) -> None:
    n_rates = len(rows.get("rates", ()))
    with lake.writer(content_id) as out:
        for table, those in rows.items():
            out.add_many(table, those)
        staged = out.finish()
        content = Content(
            content_id=content_id,
            bytes=1,
            reader_version="1",
            row_is="a row",
            read=n_rates,
            loaded=n_rates,
            **about,
        )
        first, *others = [
            Observation(content_id=content_id, origin=origin, retrieved_at=datetime.now(UTC))
            for origin in origins
        ]
        lake.commit(content, staged, out.folder, first)
    for seen in others:
        lake.observe(seen)


def _price_rows(file: PriceFile) -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = {"rates": [], "items": []}
    sets: dict[str, dict[str, tuple[str, ...]]] = {
        "place_sets": {}, "modifier_sets": {}, "provider_sets": {},
    }  # fmt: skip
    if file.hospital:
        name, state = file.hospital
        rows["hospitals"] = [{"hospital_name": name, "license_state": state}]
        rows["hospital_locations"] = [
            {"position": n, "address": text} for n, text in enumerate(file.addresses)
        ]
        rows["hospital_npis"] = [{"npi": written(npi)} for npi in file.npis]
    items: dict[tuple[object, ...], int] = {}
    for rate_id, rate in enumerate(file.rates):
        thing = (rate.code_system, rate.code, rate.drug_unit, rate.drug_unit_type)
        if thing not in items:
            items[thing] = len(items)
            rows["items"].append(_item(items[thing], rate))
        rows["rates"].append(_rate(file, rate_id, rate, items[thing], sets))
    rows["charges"] = []
    for number, charge in enumerate(file.charges):
        thing = (charge.code_system, charge.code, charge.drug_unit, charge.drug_unit_type)
        if thing not in items:
            items[thing] = len(items)
            rows["items"].append(_item(items[thing], charge))
        rows["charges"].append(
            {
                "charge_id": number,
                "item_id": items[thing],
                "code_system": charge.code_system,
                "code": charge.code,
                "setting": charge.setting,
                "billing_class": charge.billing_class,
                "modifier_set_id": "|".join(sorted(charge.modifiers)),
                "gross": charge.gross,
                "place": f"charge {number}",
            }
        )
    for table, found in sets.items():
        member = "group_id" if table == "provider_sets" else "member"
        rows[table] = [
            {f"{table[:-1]}_id": identity, member: text}
            for identity, members in found.items()
            for text in sorted(set(members))
        ]
    rows.update(_group_rows(file))
    return rows


def _item(item_id: int, rate: Rate | Charge) -> dict[str, Any]:
    return {
        "item_id": item_id,
        "code_system": rate.code_system,
        "code": rate.code,
        "drug_unit": rate.drug_unit,
        "drug_unit_type": rate.drug_unit_type,
        "place": f"item {item_id}",
    }


def _rate(
    file: PriceFile,
    rate_id: int,
    rate: Rate,
    item_id: int,
    sets: dict[str, dict[str, tuple[str, ...]]],
) -> dict[str, Any]:
    row: dict[str, Any] = {
        name: getattr(rate, name)
        for name in (
            "code", "code_system", "payer_name", "plan_name", "line_of_business", "arrangement",
            "statement", "method", "dollars", "percentage", "algorithm", "price_unit",
            "billing_class", "setting", "expires_on",
        )
    }  # fmt: skip
    row.update(rate_id=rate_id, item_id=item_id, place=file.place(rate_id))
    row["line_of_business_evidence"] = file.line_evidence(rate)
    for table, members in (
        ("place_sets", rate.places),
        ("modifier_sets", rate.modifiers),
        ("provider_sets", rate.groups),
    ):
        identity = None if members is None else set_id(members)
        row[f"{table[:-1]}_id"] = identity
        if identity:
            sets[table][identity] = members or ()
    return row


def _group_rows(file: PriceFile) -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = {
        "provider_groups": [], "group_networks": [], "group_members": [],
    }  # fmt: skip
    for group in file.groups:
        digest = sha256(repr(sorted(set(group.members), key=repr)).encode()).hexdigest()[:32]
        known = bool(group.members) and group.location is None
        rows["provider_groups"].append(
            {
                "group_id": group.group_id,
                "published_id": group.group_id,
                "state": group.state,
                "location": group.location,
                "members_hash": digest if known else None,
                "is_used": any(group.group_id in (r.groups or ()) for r in file.rates),
            }
        )
        rows["group_networks"] += [
            {"group_id": group.group_id, "network_name": name} for name in set(group.networks)
        ]
        entities = list(dict.fromkeys((kind, tin) for kind, tin, _ in group.members))
        rows["group_members"] += [
            {
                "group_id": group.group_id,
                "entity": entities.index((kind, tin)),
                "tin_type": kind,
                "tin": tin,
                "npi": written(npi),
            }
            for kind, tin, npi in dict.fromkeys(group.members)
        ]
    return rows


def _pfs_rows(rows: tuple[PfsRow, ...]) -> dict[str, list[dict[str, Any]]]:
    return {"pfs_rvu": [_pfs_row(number, row) for number, row in enumerate(rows)]}


def _pfs_row(number: int, row: PfsRow) -> dict[str, Any]:
    indicators = dict.fromkeys(
        ("multiple_procedure", "bilateral_surgery", "assistant_surgery",
         "co_surgeons", "team_surgery"),
        "0",
    )  # fmt: skip
    return {
        **RELEASE,
        **indicators,
        "pctc_indicator": row.pctc,
        "variant": "non-QP",
        "code": row.code,
        "modifier": row.modifier,
        "status": row.status,
        "work_rvu": row.work,
        "malpractice_rvu": row.malpractice,
        "nonfacility_pe_rvu": row.nonfacility_pe or Decimal(0),
        "nonfacility_is_na": row.nonfacility_pe is None,
        "facility_pe_rvu": row.facility_pe or Decimal(0),
        "facility_is_na": row.facility_pe is None,
        "nonfacility_total_rvu": Decimal(0),
        "facility_total_rvu": Decimal(0),
        "global_days": "000",
        "place": f"line {number + 11}",
    }
