"""Readers of what payers publish under Transparency in Coverage (45 CFR 147.212)."""

from ratepress.readers.payer.in_network import InNetworkJson

__all__ = ["InNetworkJson"]
