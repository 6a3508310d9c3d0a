"""Registries: who a provider is and where, the taxonomies, and who bills what to Medicare."""

from ratepress.readers.base import Reader
from ratepress.readers.registries.families import families
from ratepress.readers.registries.nppes import NppesFile
from ratepress.readers.registries.table_file import RegistryTable

REGISTRY_READERS: tuple[Reader, ...] = (
    NppesFile(),
    *(RegistryTable(family) for family in families().values()),
)
"""NPPES, and a reader for each family of families.csv."""

__all__ = ["REGISTRY_READERS", "NppesFile", "RegistryTable"]
