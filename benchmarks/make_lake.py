"""A lake of many rates from many sources: python benchmarks/make_lake.py LAKE RATES [SOURCES]

One source in ten is a payer's in-network file, the others are hospitals' files; payers hold six
rates of ten, and sizes differ by a factor of thirty. Codes are drawn by a power law, so that 99213
stands in every file and most codes in few. A payer's price is a fee schedule's: the same dollars
for many sets of providers, and what is drawn twice repeats to the row. A hospital states an item
once for each of eight plans, a fifth as percentages. All from one seed, written by the lake's own
writer; what is committed passes `ratepress verify`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ratepress.lake.manifest import Content, Observation
from ratepress.lake.sets import set_id
from ratepress.lake.store import Lake, Staged
from ratepress.lake.tables import TABLES
from ratepress.lake.writer import LakeWriter, encoded_schema

Ints = npt.NDArray[np.int64]
SEED = 20261125
PAYER_SHARE = 0.6
BATCH = 250
_COMMON = ("99213", "99214", "70551", "27447", "43239", "80053", "32557", "45378")
_PAYERS = (
    "Aetna Life Insurance Company", "Cigna Health and Life", "UnitedHealthcare", "Humana",
    "Kaiser Permanente", "Anthem Blue Cross", "Oscar", "Molina", "Centene", "Health Net",
)  # fmt: skip
_STATES = ("GA", "CA", "NY", "TX", "FL", "OH", "PA", "IL", "NC", "WA")
_PLACE_SETS = (("11",), ("11", "22"), ("21", "22", "23"), ("24",), ("CSTM-00",))
_MODIFIERS = ("", "26", "TC")


class _Code(NamedTuple):
    system: str
    code: str


def _codes() -> list[_Code]:
    """Nine thousand codes, the common ones first; in this order they are drawn less and less."""
    random = np.random.default_rng(SEED)
    cpt = [f"{n:05d}" for n in range(10_004, 99_500, 13)]
    hcpcs = [f"{letter}{n:04d}" for letter in "AGJQ" for n in range(100, 9_900, 28)]
    stays = [f"{n:03d}" for n in range(1, 999)]
    others = (
        [_Code("cpt", c) for c in cpt if c not in _COMMON]
        + [_Code("hcpcs", c) for c in hcpcs]
        + [_Code("ms-drg", c) for c in stays]
    )
    order = random.permutation(len(others))
    return [_Code("cpt", c) for c in _COMMON] + [others[i] for i in order]


CODES = _codes()
_RANKED = sorted(range(len(CODES)), key=lambda i: CODES[i])
_POSITION: Ints = np.argsort(np.array(_RANKED))  # of a code in the order of the lake
_BASE: Ints = np.random.default_rng(SEED + 1).integers(2_000, 300_000, len(CODES))
_WEIGHT = (np.arange(len(CODES)) + 20.0) ** -0.7
_WEIGHT /= _WEIGHT.sum()
_SORTED = [CODES[i] for i in _RANKED]
_TEXTS = pa.array([c.code for c in _SORTED])
_SYSTEMS = pa.array(["cpt", "hcpcs", "ms-drg"])
_SYSTEM_OF: Ints = np.array([["cpt", "hcpcs", "ms-drg"].index(c.system) for c in _SORTED])


def npis(numbers: Ints) -> list[str]:
    """Valid NPIs of the numbers below 10^8: Luhn over 80840, `1`, eight digits and the check.

    >>> npis(np.array([23456789]))
    ['1234567893']
    """
    total = np.full(len(numbers), 24 + 2, dtype=np.int64)
    for place in range(8):
        digit = numbers // 10 ** (7 - place) % 10
        doubled = digit * 2 - np.where(digit > 4, 9, 0)
        total += doubled if place % 2 else digit
    return [f"1{n:08d}{c}" for n, c in zip(numbers, -total % 10, strict=True)]


class _Table:
    """Columns of one table of one content: what is not given is null."""

    def __init__(self, out: LakeWriter, name: str, n: int) -> None:
        self.out, self.name, self.n = out, name, n
        self.columns: dict[str, pa.Array] = {}

    def texts(self, **choices: tuple[pa.Array, Ints]) -> _Table:
        for name, (values, numbers) in choices.items():
            self.columns[name] = pa.DictionaryArray.from_arrays(
                pa.array(numbers, pa.int32()), values
            )
        return self

    def same(self, **values: str) -> _Table:
        zeros = np.zeros(self.n, dtype=np.int64)
        return self.texts(**{name: (pa.array([v]), zeros) for name, v in values.items()})

    def numbers(self, **values: Ints) -> _Table:
        self.columns |= {name: pa.array(v, pa.int64()) for name, v in values.items()}
        return self

    def money(self, **cents: tuple[Ints, npt.NDArray[np.bool_] | None]) -> _Table:
        for name, (values, null) in cents.items():
            self.columns[name] = _decimals(values * 100, TABLES[self.name].arrow, name, null)
        return self

    def others(self, **columns: pa.Array) -> _Table:
        self.columns |= columns
        return self

    def write(self) -> None:
        if not self.n:
            return
        self.same(content_id=self.out.content_id)
        schema = encoded_schema(self.name)
        made = []
        for field in schema:
            column = self.columns.pop(field.name, None)
            if column is None:
                column = pa.nulls(self.n, field.type)
            made.append(column if column.type == field.type else column.cast(field.type))
        assert not self.columns, self.columns.keys()
        batch = pa.RecordBatch.from_arrays(made, schema=schema)
        self.out.encoded(self.name, schema, batch, is_sorted=True)


def _decimals(
    scaled: Ints, schema: pa.Schema, name: str, null: npt.NDArray[np.bool_] | None
) -> pa.Array:
    """Whole numbers of the smallest unit as the decimals of a column, without going over text."""
    kind = schema.field(name).type
    words = np.empty((len(scaled), 2), dtype=np.int64)
    words[:, 0], words[:, 1] = scaled, scaled >> 63
    bits = None if null is None else pa.array(~null).buffers()[1]
    return pa.Array.from_buffers(kind, len(scaled), [bits, pa.py_buffer(words)])


def _drawn(random: np.random.Generator, n: int) -> tuple[Ints, Ints]:
    """`n` codes in order: the place of each, and the number of its item (one for each code)."""
    places = np.sort(_POSITION[random.choice(len(CODES), n, p=_WEIGHT)])
    items = np.cumsum(np.diff(places, prepend=places[:1]) != 0)
    return places, items


def _item_tables(out: LakeWriter, places: Ints, items: Ints) -> Ints:
    """The items and their codes; gives back the place of each item's code."""
    first = np.flatnonzero(np.diff(items, prepend=-1) > 0)
    of_item = places[first]
    n, count = len(of_item), np.arange(len(of_item))
    code = {"code_system": (_SYSTEMS, _SYSTEM_OF[of_item]), "code": (_TEXTS, of_item)}
    _Table(out, "items", n).texts(**code).numbers(item_id=count).same(
        description="A service", place="as made"
    ).write()
    _Table(out, "item_codes", n).texts(**code, published_code=(_TEXTS, of_item)).numbers(
        item_id=count, position=np.zeros(n, dtype=np.int64)
    ).write()
    return of_item


def _payer(out: LakeWriter, number: int, n: int) -> str:
    """A payer's file: a few fee schedules, each for many sets of providers."""
    random = np.random.default_rng([SEED, number])
    payer = _PAYERS[number % len(_PAYERS)]
    sets = _providers(out, random, max(8, n // 400))
    places, items = _drawn(random, n)
    _item_tables(out, places, items)
    schedule = random.integers(0, 12, len(sets))
    chosen = np.minimum(random.zipf(1.4, n) - 1, len(sets) - 1)
    modifier = np.where(random.random(n) < 0.9, 0, random.integers(1, 3, n))
    is_facility = random.random(n) < 0.15
    place = np.where(is_facility, random.integers(2, 4, n), random.integers(0, 2, n))
    cents = _BASE[np.array(_RANKED)[places]] * (60 + schedule[chosen] * 15) // 100
    day = date(2026, 1, 1) + timedelta(days=int(random.integers(400, 700)))
    rates = _Table(out, "rates", n).texts(
        code_system=(_SYSTEMS, _SYSTEM_OF[places]),
        code=(_TEXTS, places),
        billing_class=(pa.array(["professional", "facility"]), is_facility.astype(np.int64)),
        setting=(pa.array(["outpatient", "inpatient"]), (place == 2).astype(np.int64)),
        method=(pa.array(["negotiated", "fee schedule"]), random.integers(0, 2, n)),
        provider_set_id=(pa.array(sets), chosen),
        place_set_id=(pa.array([set_id(p) for p in _PLACE_SETS]), place),
        modifier_set_id=(pa.array(_MODIFIERS), modifier),
    )
    rates.same(
        payer_name=payer, plan_name=f"{payer} {number % 3}", arrangement="ffs", statement="dollar",
        line_of_business=("commercial", "exchange", "unknown")[number % 3], price_unit="service",
    )  # fmt: skip
    rates.money(dollars=(cents, None))
    rates.numbers(rate_id=np.arange(n), item_id=items, rate_position=np.arange(n) % 50,
                  price_position=np.zeros(n, dtype=np.int64))  # fmt: skip
    rates.others(expires_on=pa.array([day] * n)).write()
    out.add_many(
        "place_sets",
        [{"place_set_id": set_id(p), "member": m} for p in _PLACE_SETS for m in p],
    )
    out.add_many("modifier_sets", [{"modifier_set_id": m, "member": m} for m in _MODIFIERS[1:]])
    return payer


def _providers(out: LakeWriter, random: np.random.Generator, n_groups: int) -> list[str]:
    """Groups, each of one TIN with a few NPIs, and sets of one to six of them."""
    names = [f"{number}" for number in range(n_groups)]
    groups = pa.array(names)
    count = np.arange(n_groups)
    pool = random.integers(0, 300_000, n_groups)  # practices, met again in other files
    hashes = pa.array([f"{one:032x}" for one in pool])
    _Table(out, "provider_groups", n_groups).texts(
        group_id=(groups, count), published_id=(groups, count), members_hash=(hashes, count)
    ).same(state="listed").others(is_used=pa.array([True] * n_groups)).write()
    size = 1 + pool % 9
    owner = np.repeat(count, size)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(size) - size, size)
    members = _Table(out, "group_members", len(owner)).texts(group_id=(groups, owner))
    members.texts(
        tin=(pa.array([f"{100_000_000 + one}" for one in pool]), owner),
        npi=(pa.array(npis(pool[owner] * 9 + within)), np.arange(len(owner))),
    ).same(tin_type="ein").numbers(entity=np.zeros(len(owner), dtype=np.int64)).write()
    wanted = {
        tuple(sorted(set(random.integers(0, n_groups, 1 + i % 6).tolist())))
        for i in range(n_groups)
    }
    sets = {set_id(names[g] for g in one): one for one in sorted(wanted)}
    _Table(out, "provider_sets", sum(map(len, sets.values()))).texts(
        provider_set_id=(
            pa.array(list(sets)), np.repeat(np.arange(len(sets)), [*map(len, sets.values())])
        ),
        group_id=(groups, np.array([g for one in sets.values() for g in one])),
    ).write()  # fmt: skip
    return list(sets)


def _hospital(out: LakeWriter, number: int, n: int) -> str:
    """A hospital's file: eight plans to a charge."""
    random = np.random.default_rng([SEED, number])
    name = f"Hospital {number}"
    n_charges = max(1, n // 8)
    places, items = _drawn(random, n_charges)
    _item_tables(out, places, items)
    code = {"code_system": (_SYSTEMS, _SYSTEM_OF[places]), "code": (_TEXTS, places)}
    base = _BASE[np.array(_RANKED)[places]] * random.integers(80, 250, n_charges) // 100
    is_stay = _SYSTEM_OF[places] == 2
    settings = pa.array(["outpatient", "inpatient"])
    charges = _Table(out, "charges", n_charges)
    charges.texts(**code, setting=(settings, is_stay.astype(np.int64)))
    charges.same(billing_class="facility", modifier_set_id="", place="row 1")
    charges.money(gross=(base * 4, None), cash=(base * 2, None), minimum=(base // 2, None),
                  maximum=(base * 3, None))  # fmt: skip
    charges.numbers(charge_id=np.arange(n_charges), item_id=items).write()

    # In the order of the lake: by code, and of a code by payer.
    plan = np.tile(np.arange(8), n_charges)
    charge = np.repeat(np.arange(n_charges), 8)
    order = np.lexsort((charge, plan, places[charge]))
    plan, charge = plan[order], charge[order]
    n_rates = len(plan)
    is_percentage = random.random(n_rates) < 0.2
    payers = sorted(_PAYERS[(number + i) % len(_PAYERS)] for i in range(8))
    lines = ("commercial", "commercial", "commercial", "exchange", "medicare advantage",
             "managed medicaid", "commercial", "unknown")  # fmt: skip
    rates = _Table(out, "rates", n_rates).texts(
        code_system=(_SYSTEMS, _SYSTEM_OF[places[charge]]),
        code=(_TEXTS, places[charge]),
        setting=(settings, is_stay[charge].astype(np.int64)),
        payer_name=(pa.array(payers), plan),
        plan_name=(pa.array([f"{p} plan" for p in payers]), plan),
        line_of_business=(pa.array(lines), plan),
        statement=(pa.array(["dollar", "percentage"]), is_percentage.astype(np.int64)),
        method=(
            pa.array(["fee schedule", "percent of total billed charges"]),
            is_percentage.astype(np.int64),
        ),
        price_unit=(
            pa.array(["service", "case", "charges"]),
            np.where(is_percentage, 2, is_stay[charge].astype(np.int64)),
        ),
        place=(pa.array([f"row {i + 3}" for i in range(n_charges)]), charge),
    )
    rates.same(billing_class="facility", place_set_id="", modifier_set_id="")
    rates.money(dollars=(base[charge] * (50 + plan * 20) // 100, is_percentage))
    rates.columns["percentage"] = _decimals(
        (30 + plan * 8) * 1_000_000, TABLES["rates"].arrow, "percentage", ~is_percentage
    )
    rates.numbers(rate_id=np.arange(n_rates), item_id=items[charge], charge_id=charge).write()
    state = _STATES[number % len(_STATES)]
    out.add("hospitals", hospital_name=name, license_state=state, license_numbers=f"{number}")
    npi = npis(np.array([90_000_000 + number]))[0]
    out.add("hospital_npis", npi=npi)
    out.add("hospital_locations", position=0, location_name=name,
            address=f"{number} Main Street, Town, {state} {30_000 + number}")  # fmt: skip
    return name


def sizes(n_rates: int, n_sources: int) -> Iterator[tuple[bool, int]]:
    """For each source whether it is a payer's, and its number of rates: about `n_rates` in all."""
    random = np.random.default_rng(SEED)
    is_payer = np.arange(n_sources) % 10 == 0
    weight = np.exp(random.normal(0, 0.8, n_sources))
    for kind, share in ((True, PAYER_SHARE), (False, 1 - PAYER_SHARE)):
        weight[is_payer == kind] *= share / weight[is_payer == kind].sum()
    for one, size in zip(is_payer.tolist(), weight * n_rates, strict=True):
        yield one, max(8, int(size) // 8 * 8)


def make_lake(root: Path, n_rates: int, n_sources: int = 5_000) -> Lake:
    """A lake of about so many rates, as it is when every source has just landed."""
    lake = Lake.create(root)
    waiting: list[Staged] = []
    held = ExitStack()
    for number, (is_payer, size) in enumerate(sizes(n_rates, n_sources)):
        name = f"made source {number} of {n_rates}"
        out = held.enter_context(lake.writer(sha256(name.encode()).hexdigest()))
        publisher = (_payer if is_payer else _hospital)(
            out, number // 10 if is_payer else number, size
        )
        files = out.finish()
        waiting.append(Staged(_content(out, publisher, is_payer), tuple(files), out.folder,
                              _seen(out, name)))  # fmt: skip
        if len(waiting) == BATCH or number == n_sources - 1:
            lake.commit_all(waiting)
            held.close()
            waiting = []
    return lake


def _content(out: LakeWriter, publisher: str, is_payer: bool) -> Content:
    return Content(
        content_id=out.content_id,
        kind="payer-in-network" if is_payer else "hospital-tall-csv",
        publisher=publisher,
        bytes=out.rows["rates"] * 300,
        reader_version="made",
        row_is="one rate",
        read=out.rows["rates"],
        loaded=out.rows["rates"],
        rows=dict(sorted(out.rows.items())),
        declared_version="2.0.0",
        detected_version="2",
        published_on=date(2026, 9 if is_payer else 7, 1),
    )


def _seen(out: LakeWriter, name: str) -> Observation:
    at = datetime(2026, 10, 1, tzinfo=UTC)
    origin = f"https://example.com/{name.replace(' ', '-')}.json.gz"
    return Observation(content_id=out.content_id, origin=origin, retrieved_at=at)


def main(words: list[str]) -> None:
    begun = time.perf_counter()
    root, n_rates, n_sources = Path(words[0]), int(words[1]), int(words[2] if words[2:] else 5_000)
    lake = make_lake(root, n_rates, n_sources)
    rows: dict[str, int] = {}
    for file in lake.manifest().files:
        rows[file.table] = rows.get(file.table, 0) + file.rows
    print(f"{time.perf_counter() - begun:.0f} s", rows, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
