"""All readers, in the order in which they are asked."""

from __future__ import annotations

from ratepress.readers.base import Reader
from ratepress.readers.hospital import HospitalJson, HospitalTallCsv, HospitalWideCsv
from ratepress.readers.medicare import (
    TABLE_READERS,
    CoverageCopy,
    GpciCsv,
    Icd10CmList,
    PfsRvuCsv,
    PfsRvuText,
    PtpEdits,
    RateCopybook,
)
from ratepress.readers.payer import AllowedAmountsJson, InNetworkJson, TableOfContentsJson
from ratepress.readers.registers import ClinicalNotes, PolicyRegisterCsv, PolicyRegisterYaml
from ratepress.readers.registries import REGISTRY_READERS

READERS: tuple[Reader, ...] = (
    InNetworkJson(),
    AllowedAmountsJson(),
    TableOfContentsJson(),
    HospitalJson(),
    HospitalTallCsv(),
    HospitalWideCsv(),
    PfsRvuCsv(),
    PfsRvuText(),
    GpciCsv(),
    RateCopybook(),
    PtpEdits(),
    *TABLE_READERS,
    CoverageCopy(),
    Icd10CmList(),
    PolicyRegisterCsv(),
    PolicyRegisterYaml(),
    ClinicalNotes(),
    *REGISTRY_READERS,
)
