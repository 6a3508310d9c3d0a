"""Readers of what payers publish under Transparency in Coverage (45 CFR 147.212)."""

from ratepress.readers.payer.allowed_amounts import AllowedAmountsJson
from ratepress.readers.payer.in_network import InNetworkJson
from ratepress.readers.payer.table_of_contents import TableOfContentsJson

__all__ = ["AllowedAmountsJson", "InNetworkJson", "TableOfContentsJson"]
