"""All readers, in the order in which they are asked."""

from __future__ import annotations

from ratepress.readers.base import Reader
from ratepress.readers.hospital import HospitalJson, HospitalTallCsv, HospitalWideCsv
from ratepress.readers.medicare import TABLE_READERS, GpciCsv, PfsRvuCsv, PfsRvuText
from ratepress.readers.payer import AllowedAmountsJson, InNetworkJson, TableOfContentsJson
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
    *TABLE_READERS,
    *REGISTRY_READERS,
)
