"""Run by tests in a process of its own: random documents and broken ones, with the JIT off or
with bounds checks on. It writes how many documents both readers agreed on.
"""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path

from payer_documents import Maker
from payer_readers import assert_same
from ratepress.lake.store import Lake


def main(documents: int) -> None:
    taken = 0
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake.create(Path(folder) / "lake")
        path = Path(folder) / "file.json"
        for seed in range(documents):
            chance = random.Random(seed)
            raw = Maker(seed, (0.0, 0.1)[seed % 2]).object("").encode()
            if seed % 5 == 4:
                raw = raw[: chance.randrange(len(raw))]
            path.write_bytes(raw)
            taken += assert_same(lake, path, block=chance.choice([3, 100, 1 << 16]), capacity=5)
    sys.stdout.write(str(taken))


if __name__ == "__main__":
    main(int(sys.argv[1]))
