"""In-network files of any size, made from a seed: `python make_payer_file.py FILE --megabytes 600`.

Payers, tax numbers, NPIs and amounts are invented; the shapes are those of published files:

- `v1` and `v2`: minified, as national payers publish. Header, provider references, then items of
  some 150 elements of `negotiated_rates` with one to four prices each; some 4,000 prices in a
  megabyte. Elements name a list out of a pool, as contracts repeat from code to code: one list for
  each 100 elements or so, most of a few ids, some of a thousand. A price is one of some 150
  combinations of type, class, places, modifiers and setting with an amount of its own.
- `inline`: as `v1`, with the provider groups in each element in place of their ids.
- `carefirst`: as the one real file whose text is published whole: an element has one price and one
  id, with line ends and tabs between, references are remote, ids have five decimals.

gzip gives about 10:1 for the first two, 4:1 for the third and 45:1 for the last.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from pathlib import Path

from isal import igzip

SHAPES = ("v1", "v2", "inline", "carefirst")
_CODES = 10_000
_PLACES = (
    '"11"', '"22","19"', '"21"', '"11","22","23"', '"02","10"', '"24"',
    '"01","03","04","09","11","12","13","14","15","16","17","18","19","20","49","50"',
)  # fmt: skip
_MODIFIERS = ("", "", "", '"26"', '"TC"', '"LT"', '"RT"', '"50"')


def make(path: Path, megabytes: int, seed: int, shape: str) -> int:
    """Write a gzip file of so many megabytes of JSON, and give the number of its prices."""
    random_ = random.Random(seed)
    size, prices = 0, 0
    with igzip.open(path, "wb", compresslevel=3) as out:
        parts = (
            _carefirst(random_) if shape == "carefirst" else _national(random_, shape, megabytes)
        )
        for text, count in parts:
            raw = text.encode()
            out.write(raw)
            size += len(raw)
            prices += count
            if size >= megabytes * 1_000_000:
                break
        out.write(b"]}")
    return prices


def _national(random_: random.Random, shape: str, megabytes: int) -> Iterator[tuple[str, int]]:
    is_v2, is_inline = shape == "v2", shape == "inline"
    version = "2.0.0" if is_v2 else "1.3.1"
    yield (
        '{"reporting_entity_name":"Bench National","reporting_entity_type":"health insurance '
        f'issuer","last_updated_on":"2026-09-01","version":"{version}",',
        0,
    )
    n_groups = 200 + megabytes * 20
    groups = (_group(random_, number, is_v2, is_inline) for number in range(n_groups))
    if is_inline:
        inline = list(groups)
        key = "provider_groups"
        lists = [
            ",".join(random_.sample(inline, min(40, int(1.2 * random_.paretovariate(1.1)))))
            for _ in range(200 + megabytes * 15)
        ]
    else:
        key = "provider_references"
        yield '"provider_references":[', 0
        for number, group in enumerate(groups):
            yield ("," if number else "") + group, 0
        yield "],", 0
        lists = [_list(random_, n_groups) for _ in range(200 + megabytes * 15)]
    yield '"in_network":[', 0
    combinations = list(_combinations(random_, is_v2))
    number = 0
    while True:
        text, count = _item(random_, number, lists, combinations, key)
        yield ("," if number else "") + text, count
        number += 1


def _group(random_: random.Random, number: int, is_v2: bool, is_inline: bool) -> str:
    n = min(400, int(random_.paretovariate(0.9)))
    npis = ",".join(str(1_000_000_000 + random_.randrange(900_000_000)) for _ in range(n))
    tin = f'{{"type":"ein","value":"{random_.randrange(10**9):09d}"'
    tin += f',"business_name":"Clinic {number}"}}' if is_v2 else "}"
    if is_inline:
        return f'{{"npi":[{npis}],"tin":{tin}}}'
    network = ',"network_name":["National PPO"]' if is_v2 else ""
    groups = f'"provider_groups":[{{"npi":[{npis}],"tin":{tin}}}]'
    return f'{{"provider_group_id":{number}{network},{groups}}}'


def _list(random_: random.Random, n_groups: int) -> str:
    n = min(1000, n_groups, int(2 * random_.paretovariate(0.9)))
    return ",".join(map(str, random_.sample(range(n_groups), n)))


def _combinations(random_: random.Random, is_v2: bool) -> Iterator[tuple[str, str]]:
    for _ in range(150):
        kind = random_.choice(("negotiated",) * 6 + ("fee schedule", "derived", "percentage"))
        place, modifier = random_.choice(_PLACES), random_.choice(_MODIFIERS)
        billing_class = random_.choice(("professional", "professional", "institutional"))
        setting = random_.choice(("inpatient", "outpatient", "both"))
        yield (
            f'{{"negotiated_type":"{kind}","negotiated_rate":',
            f',"expiration_date":"9999-12-31","service_code":[{place}],'
            f'"billing_class":"{billing_class}","billing_code_modifier":[{modifier}]'
            + (f',"setting":"{setting}"}}' if is_v2 else "}"),
        )


def _item(
    random_: random.Random,
    number: int,
    lists: list[str],
    combinations: list[tuple[str, str]],
    key: str,
) -> tuple[str, int]:
    code = 10000 + number % _CODES
    draw, pick = random_.random, random_.choice
    base = random_.randrange(2_000, 300_000)
    # A code has few fee schedules: their amounts repeat from contract to contract.
    amounts = [f"{cents // 100}.{cents % 100:02d}" for cents in _amounts(random_, base)]
    of_item = [pick(combinations) for _ in range(6)]
    rates, count = [], 0
    for _ in range(random_.randrange(50, 250)):
        prices = []
        for before, behind in of_item[: 1 + int(4 * draw())]:
            prices.append(before + pick(amounts) + behind)
        count += len(prices)
        joined = ",".join(prices)
        rates.append(f'{{"{key}":[{pick(lists)}],"negotiated_prices":[{joined}]}}')
    head = (
        f'{{"negotiation_arrangement":"ffs","name":"Service {code}","billing_code_type":"CPT",'
        f'"billing_code_type_version":"2026","billing_code":"{code}",'
        f'"description":"Service {code}","negotiated_rates":['
    )
    return head + ",".join(rates) + "]}", count


def _amounts(random_: random.Random, base: int) -> Iterator[int]:
    for _ in range(40):
        yield int(base * (0.5 + 2 * random_.random()))


def _carefirst(random_: random.Random) -> Iterator[tuple[str, int]]:
    yield (
        '{\n"reporting_entity_name": "Bench Regional",\n"reporting_entity_type": "health insurance '
        'issuer",\n"last_updated_on": "2020-08-27",\n"version": "1.0.0",\n'
        '"provider_references": [',
        0,
    )
    ids = [f"690.{64000 + number}" for number in range(370)]
    for number, name in enumerate(ids):
        location = f"https://payer.example/{number}.json"
        text = f'{{\n"provider_group_id": {name},\n"location": "{location}"\n}}'
        yield (",\n" if number else "") + text, 0
    yield '],\n"in_network":[\n\t', 0
    used = ids[:74]
    number = 0
    while True:
        code = 10000 + number % _CODES
        amounts = [f"{random_.randrange(2_000, 90_000) / 100}" for _ in range(8)]
        rates = "\n\t,".join(
            f'{{ "provider_references": [{name}],"negotiated_prices": [{{\n        '
            f'"negotiated_type":"negotiated",\n        "negotiated_rate":{random_.choice(amounts)},'
            '\n         "expiration_date":"9999-12-31",\n\t"service_code": ["24"],\n\t'
            '"billing_class":"professional"}]}'
            for name in used
        )
        yield (
            ("\n\t," if number else "")
            + '{\n  "negotiation_arrangement":"ffs",\n    "name":"Surgery",\n    '
            f'"billing_code_type":"CPT",\n    "billing_code_type_version":"2022",\n    '
            f'"billing_code":"{code}",   \n    "description":"service {code}", \n    '
            f'"negotiated_rates": [{rates}\n\t]\n}}',
            len(used),
        )
        number += 1


def main() -> None:
    """Make one file, and say what is in it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--megabytes", type=int, default=600, help="of JSON")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--shape", choices=SHAPES, default="v2")
    asked = parser.parse_args()
    prices = make(asked.file, asked.megabytes, asked.seed, asked.shape)
    size = asked.file.stat().st_size / 1e6
    print(f"{asked.megabytes} MB of JSON, {prices:,} prices, {size:.1f} MB gzip")


if __name__ == "__main__":
    main()
