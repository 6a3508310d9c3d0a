"""Claim lines that come as CSV over HTTP: checked by way of a file of their own, then forgotten."""

from __future__ import annotations

import tempfile
from pathlib import Path

from ratepress.coding.claims.run import check_to_text
from ratepress.core.errors import RatepressError
from ratepress.lake.store import Lake
from ratepress.service.asked import MOST_LINES
from ratepress.service.errors import TOO_LARGE, WRONG_TYPE, refused


def checked_csv(lake: Lake, lines: bytes, *, strict: bool = False) -> bytes:
    r"""Every line in its order with what was found, as CSV. Nothing of it stays on the disk.

    `Refusal` for more than `MOST_LINES` lines, and for what is X12 and no CSV; else it raises what
    `coding.claims.run.check_file` does.

    >>> lake = Lake.create(Path(tempfile.mkdtemp()) / "lake")
    >>> head = b"claim_id,date,code,modifiers,units,pos"
    >>> checked_csv(lake, head + b"\n1,2026-07-15,3255,,1,22\n").split(b",")[:2]
    [b'claim_id', b'date']
    """
    if lines.count(b"\n") > MOST_LINES + 1:
        raise refused(TOO_LARGE, f"There are over {MOST_LINES:,} lines", todo="send them in parts")
    if lines.lstrip().startswith(b"ISA"):
        raise refused(WRONG_TYPE, "This is X12 and no CSV", todo="check it by the command line")
    with tempfile.TemporaryDirectory(prefix="ratepress-") as folder:
        path = Path(folder) / "lines.csv"
        path.write_bytes(lines)
        try:
            return "".join(check_to_text(lake, path, strict=strict)).encode("utf-8")
        except RatepressError as error:
            # Where the lines stood for a moment is nobody's to know.
            facts = {k: getattr(error, k) for k in ("place", "found", "expected", "todo")}
            message = error.message.replace(str(path), "the lines")
            raise type(error)(message, **facts) from None
