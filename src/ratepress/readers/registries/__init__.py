"""Registries: who a provider is and where, what taxonomies there are, who bills what to Medicare."""

from ratepress.readers.registries.families import families
from ratepress.readers.registries.nppes import NppesFile
from ratepress.readers.registries.table_file import RegistryTable

REGISTRY_READERS = (NppesFile(), *(RegistryTable(family) for family in families().values()))
"""NPPES, and a reader for each family of families.csv."""

__all__ = ["REGISTRY_READERS", "NppesFile", "RegistryTable"]
