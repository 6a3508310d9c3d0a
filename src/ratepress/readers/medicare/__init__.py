"""Medicare's own files, as CMS publishes them: the physician fee schedule and its GPCIs."""

from __future__ import annotations

from ratepress.readers.medicare.gpci import GpciCsv
from ratepress.readers.medicare.pfs import PfsRvuCsv, PfsRvuText

__all__ = ["GpciCsv", "PfsRvuCsv", "PfsRvuText"]
