"""The fast reader gives what the plain one gives, in every table and count."""

from __future__ import annotations

import gzip
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budget import IS_LONG, some
from payer_documents import Maker
from payer_readers import Memory, assert_same, assert_same_in_memory, fast, fast_in_memory, plain
from ratepress.readers.base import Tally
from ratepress.readers.payer.fast.reader import read_fast
from ratepress.readers.payer.in_network import (
    FAST_FROM_BYTES,
    FAST_FROM_GZIP_BYTES,
    InNetworkJson,
)
from ratepress.readers.source import Source

ROOT = Path(__file__).resolve().parents[4]


@settings(max_examples=some(80), deadline=None)
@given(
    seed=st.integers(0, 2**64),
    oddity=st.sampled_from([0.0, 0.02, 0.1, 0.3]),
    block=st.sampled_from([1, 7, 64, 1000, 1 << 20]),
    capacity=st.sampled_from([1, 3, 100]),
)
def test_both_readers_agree_on_any_document(
    save: Any, seed: int, oddity: float, block: int, capacity: int
) -> None:
    path = save(Maker(seed, oddity).object("").encode())
    assert_same_in_memory(path, block=block, capacity=capacity)


def test_most_documents_in_any_order_are_read_fast(save: Any) -> None:
    documents = (Maker(seed, 0.02).object("").encode() for seed in range(100))
    assert sum(assert_same_in_memory(save(raw)) for raw in documents) >= 90


def small_document(make: Any) -> bytes:
    """Two items, white space, an escape, a character of four bytes, an odd and a common number."""
    prices = [make.price(), make.price(negotiated_rate=7), make.price(negotiated_rate=1e-7)]
    prices.append(make.price(additional_information='a "quote" \\ 😀 \ud83d\ude00'))
    items = [
        make.item(make.rate(*prices), make.rate(prices[0], provider_references=[1, 2.50])),
        make.item(make.rate(prices[0], provider_references=[1, 2.50]), bundled_codes=[]),
    ]
    whole = make.document(*items)
    raw = json.dumps(whole, ensure_ascii=True).replace("\\ud83d\\ude00", "😀", 1)
    return raw.replace(", ", " ,\n\t").encode()


def test_blocks_may_end_at_any_byte(reading_lake: Any, save: Any, make: Any) -> None:
    raw = small_document(make)
    path = save(raw)
    assert assert_same(reading_lake, path, block=50, capacity=3)
    expected = fast_in_memory(path)
    assert expected is not None
    # Small blocks end everywhere; of large ones a usual run takes some.
    step = 1 if IS_LONG else 11
    for block in (*range(1, 65), *range(65, len(raw) + 1, step)):
        assert fast_in_memory(path, block=block, capacity=3) == expected, block


@pytest.mark.parametrize("cut", [10, 100, 900, 1500, -1])
def test_a_cut_document_is_left_to_the_plain_reader(
    reading_lake: Any, save: Any, make: Any, cut: int
) -> None:
    path = save(small_document(make)[:cut])
    assert fast(reading_lake, path, block=64) is None
    assert isinstance(plain(reading_lake, path), str)


def test_what_rates_repeat_may_stand_behind_them(reading_lake: Any, save: Any, make: Any) -> None:
    items = [
        make.item(make.rate(make.price()), negotiation_arrangement="bundle"),
        make.item(make.rate(make.price()), make.rate(make.price(negotiated_type="per diem"))),
    ]
    document = make.document(*items, plan_name="Plan", plan_market_type="group")
    backwards = {
        key: [dict(reversed(item.items())) for item in items] if key == "in_network" else value
        for key, value in reversed(document.items())
    }
    assert assert_same(reading_lake, save(json.dumps(backwards).encode()))


def test_an_element_may_be_larger_than_blocks(save: Any, make: Any) -> None:
    numbers = list(range(60_000))
    rate = make.rate(make.price(), provider_references=numbers)
    raw = json.dumps(make.document(make.item(rate, rate))).encode()
    assert len(raw) > 800_000
    assert assert_same_in_memory(save(raw), block=1 << 16)


def test_problems_of_prices_and_lists_that_repeat_are_counted_each_time(
    save: Any, make: Any
) -> None:
    odd = make.price(billing_class="other", service_code=["1"], colour="red")
    entity = {"npi": [], "tin": {"type": "x", "value": ""}}
    rates = [
        make.rate(odd, make.price(), odd),
        make.rate(odd, provider_references=[]),
        make.rate(odd, provider_references=["", 9, 9]),
        make.rate(make.price(), provider_references=None, provider_groups=[entity, entity]),
    ]
    items = [make.item(*rates * 3) for _ in range(3)]
    raw = json.dumps(make.document(*items)).encode()
    for capacity in (4, 7, 1000):
        assert assert_same_in_memory(save(raw), capacity=capacity)


NUMBERS = [
    "0.0001", "0.00001", "1.00000000", "12345678901", "123456789012", "1234567890123456", "1E5",
    "1e-5", "0", "-1", "0.0", "99999999999.9999", "0.12345", "1" + "0" * 290, "1." + "0" * 280,
    "3.14150", "10.00", '"5"', "null", "true", "[1]",
]  # fmt: skip


@pytest.mark.parametrize("kind", ["negotiated", "percentage", "odd"])
def test_numbers_of_every_size_are_read_alike(
    reading_lake: Any, save: Any, make: Any, kind: str
) -> None:
    prices = [make.price(negotiated_type=kind, negotiated_rate=7) for _ in NUMBERS * 2]
    raw = json.dumps(make.document(make.item(*(make.rate(price) for price in prices))))
    for number in NUMBERS * 2:
        raw = raw.replace('"negotiated_rate": 7,', f'"negotiated_rate": {number},', 1)
    assert assert_same(reading_lake, save(raw.encode()))


@pytest.mark.files
def test_both_readers_agree_on_every_published_file(reading_lake: Any, data_folder: Path) -> None:
    folder = data_folder / "price_files"
    paths = [
        *folder.glob("tic_examples/*/*/in-network*.json"),
        *folder.glob("tic_peer_fixtures/*/*mrf.json"),
        *folder.glob("tic_validator_fixtures/*/in-network*.json"),
        *folder.glob("tic_real/**/*.json.gz"),
    ]
    assert len(paths) >= 18
    for path in sorted(paths):
        assert assert_same(reading_lake, path), path


# Compiled anew with checks the kernels take a minute and a half: that is for the long run.
@pytest.mark.parametrize("setting", ["NUMBA_DISABLE_JIT"] + ["NUMBA_BOUNDSCHECK"] * IS_LONG)
def test_kernels_stay_within_their_blocks(setting: str, tmp_path: Path) -> None:
    environment = os.environ | {setting: "1", "NUMBA_CACHE_DIR": str(tmp_path)}
    environment["PYTHONPATH"] = str(ROOT / "tests")
    # Without the JIT, hashes overflow as numpy numbers, which warns.
    command = [sys.executable, "-W", "ignore", str(ROOT / "tests" / "payer_kernel_check.py"), "12"]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) >= 7


def test_small_files_do_without_numba_and_large_ones_do_not(save: Any, make: Any) -> None:
    """By size alone: 256 KiB of gzip or 8 MiB of plain JSON is where the fast reader begins."""
    code = (
        "import sys, tempfile, pathlib\n"
        "from ratepress.lake.store import Lake\n"
        "from ratepress.readers.add import add\n"
        "lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / 'lake')\n"
        "add(lake, sys.argv[1])\n"
        "print('numba' in sys.modules)\n"
    )
    small = json.dumps(make.document(make.item(make.rate(make.price())))).encode()
    for raw, is_imported in (
        (small, "False"),
        (small + b" " * FAST_FROM_BYTES, "True"),
        (gzip.compress(small), "False"),
        # Noise that does not compress, at the end of a member that is passed over.
        (gzip.compress(small) + gzip.compress(_noise()), "True"),
    ):
        done = subprocess.run(
            [sys.executable, "-c", code, str(save(raw))],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.stdout.strip() == is_imported, done.stderr[-2000:]


def _noise() -> bytes:
    """White space that compresses badly: enough for gzip to be large."""
    chance = random.Random(1)
    return bytes(chance.choices(b" \t\r\n", k=5 * FAST_FROM_GZIP_BYTES))


@pytest.mark.parametrize("is_fast", [True, False])
def test_either_reader_can_be_asked_for(
    save: Any, make: Any, is_fast: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    called = []
    monkeypatch.setattr(InNetworkJson, "read_plain", lambda *given: called.append(given))
    path = save(json.dumps(make.document(make.item(make.rate(make.price())))).encode())
    InNetworkJson(is_fast=is_fast).read(Source(path), Memory(), Tally())  # type: ignore[arg-type]
    assert bool(called) is not is_fast


def test_what_the_fast_reader_leaves_is_read_by_the_plain_one(save: Any, make: Any) -> None:
    raw = json.dumps(make.document(make.item(make.rate(make.price())))).encode()
    path = save(raw.replace(b"West Clinic", b"West Clinic\xe9"))
    assert fast_in_memory(path) is None
    out, tally = Memory(), Tally()
    InNetworkJson(is_fast=True).read(Source(path), out, tally)  # type: ignore[arg-type]
    assert (tally.read, tally.loaded, len(out.tables["rates"])) == (1, 1, 1)
    assert ("F003", "encoding") in tally.counts()


def test_an_error_of_the_writing_thread_is_raised(save: Any, make: Any) -> None:
    class Full(Memory):
        def encoded(self, table: str, schema: Any, batch: Any) -> None:
            raise OSError("no space left on device")

    path = save(json.dumps(make.document(make.item(*[make.rate(make.price())] * 9))).encode())
    with pytest.raises(OSError, match="no space"):
        read_fast(Source(path), Full(), Tally(), capacity=2)  # type: ignore[arg-type]
