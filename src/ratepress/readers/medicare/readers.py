"""The readers of Medicare's files. They stand apart from their package: to know how a release is
named one need not load them.
"""

from __future__ import annotations

from ratepress.readers.medicare.coverage_copy import CoverageCopy
from ratepress.readers.medicare.families import families
from ratepress.readers.medicare.gpci import GpciCsv
from ratepress.readers.medicare.icd10 import Icd10CmList
from ratepress.readers.medicare.pfs import PfsRvuCsv, PfsRvuText
from ratepress.readers.medicare.ptp import PtpEdits
from ratepress.readers.medicare.published import MedicareTable
from ratepress.readers.medicare.rate_copybook import RateCopybook

TABLE_READERS = tuple(MedicareTable(family) for family in families().values())
"""A reader for each family of families.csv."""

__all__ = [
    "TABLE_READERS",
    "CoverageCopy",
    "GpciCsv",
    "Icd10CmList",
    "MedicareTable",
    "PfsRvuCsv",
    "PfsRvuText",
    "PtpEdits",
    "RateCopybook",
]
