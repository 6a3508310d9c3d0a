"""The coverage-guided fuzzer of the in-network readers: `make fuzz`.

Whatever the bytes, the fast reader hands over exactly what the plain one does, refuses what it
refuses, or leaves the file to it. Numba's compiler is off, so that atheris sees the branches of
the kernel; the seeds are the documents of the tests.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

os.environ["NUMBA_DISABLE_JIT"] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import atheris

with atheris.instrument_imports(include=["ratepress.readers.payer"]):
    from payer_documents import Maker
    from payer_readers import fast_in_memory, plain, plain_in_memory
    from ratepress.core.errors import UnreadableInput
    from ratepress.lake.store import Lake

SEEDS = 400
SEED_BYTES = 1500  # With the compiler off, larger ones cost seconds each.
BLOCKS = (17, 100, 1 << 16)


def main() -> None:
    """Run until the time is up; the arguments are those of libFuzzer."""
    folder = Path(tempfile.mkdtemp(prefix="ratepress-fuzz-"))
    corpus = folder / "corpus"
    corpus.mkdir()
    for seed in range(SEEDS):
        raw = Maker(seed, (0.0, 0.1)[seed % 2]).object("").encode()
        if len(raw) <= SEED_BYTES:
            (corpus / str(seed)).write_bytes(raw)
    lake = Lake.create(folder / "lake")
    path = folder / "file.json"

    def one(data: bytes) -> None:
        if not data:
            return
        path.write_bytes(data)
        try:
            quick = fast_in_memory(path, block=BLOCKS[len(data) % len(BLOCKS)], capacity=5)
        except UnreadableInput as error:
            refused = str(error)
        else:
            refused = None
        if refused is not None:
            assert plain(lake, path) == refused
        elif quick is not None:
            # A refusal by the plain reader alone is a difference, and ends the run.
            assert quick == plain_in_memory(path)

    atheris.Setup([sys.argv[0], *sys.argv[1:], str(corpus)], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
