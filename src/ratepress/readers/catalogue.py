"""All readers, in the order in which they are asked; a publisher's are loaded in their turn.

At most one reader knows a file, so the order decides nothing but what is loaded: all of them take
a sixth of a second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from ratepress.readers.base import Reader


@cache
def _hospital() -> tuple[Reader, ...]:
    from ratepress.readers.hospital import HospitalJson, HospitalTallCsv, HospitalWideCsv

    return HospitalJson(), HospitalTallCsv(), HospitalWideCsv()


@cache
def _payer() -> tuple[Reader, ...]:
    from ratepress.readers.payer import AllowedAmountsJson, InNetworkJson, TableOfContentsJson

    return InNetworkJson(), AllowedAmountsJson(), TableOfContentsJson()


@cache
def _medicare() -> tuple[Reader, ...]:
    from ratepress.readers.medicare import readers as medicare

    return (
        medicare.PfsRvuCsv(),
        medicare.PfsRvuText(),
        medicare.GpciCsv(),
        medicare.RateCopybook(),
        medicare.PtpEdits(),
        *medicare.TABLE_READERS,
        medicare.CoverageCopy(),
        medicare.Icd10CmList(),
    )


@cache
def _registers() -> tuple[Reader, ...]:
    from ratepress.readers.registers import ClinicalNotes, PolicyRegisterCsv, PolicyRegisterYaml

    return PolicyRegisterCsv(), PolicyRegisterYaml(), ClinicalNotes()


@cache
def _registries() -> tuple[Reader, ...]:
    from ratepress.readers.registries import REGISTRY_READERS

    return REGISTRY_READERS


class Readers:
    """All readers; those that come behind the one that is found are not loaded.

    >>> next(iter(READERS)).kind
    'hospital-json'
    """

    def __init__(self, *publishers: Callable[[], tuple[Reader, ...]]) -> None:
        self._publishers = publishers

    def __iter__(self) -> Iterator[Reader]:
        for readers in self._publishers:
            yield from readers()


READERS = Readers(_hospital, _payer, _medicare, _registers, _registries)
