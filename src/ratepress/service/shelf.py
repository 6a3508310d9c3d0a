"""What many pages of the service rest on: made once for each generation of the lake."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import count
from types import MappingProxyType

import msgspec

from ratepress.dossier.build import batches, codes_with_data, most_rates, rates_of
from ratepress.dossier.profiles.survey import Survey
from ratepress.dossier.record import Record
from ratepress.lake.store import Lake
from ratepress.market.inputs import latest_date
from ratepress.press.book import Book, Ground, address_of, with_address
from ratepress.press.crew import Job, write_codes
from ratepress.press.edition import Edition
from ratepress.press.records import Inputs
from ratepress.service.errors import unavailable

EMPTY: Mapping[str, Record] = MappingProxyType({})


class Shelf:
    """Makes the ground and the book of a lake's newest generation, as `publish --all` has them.

    Records of codes are remembered with the digest of what they are made from: of a new generation
    only those codes are gone through again that something new touches. That they are all gone
    through takes long in a large lake, so a book that has become old is not finished, and `known`
    may have the records that `publish` left in a site.

    >>> import tempfile, pathlib
    >>> lake = Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake")
    >>> sorted(Shelf(lake, Edition()).book().profiles)
    ['quality/all']
    """

    def __init__(self, lake: Lake, edition: Edition, known: Mapping[str, Record] = EMPTY) -> None:
        self._lake = lake
        self._edition = edition
        self._records = dict(known)
        self._turns = count(1)
        self._turn = 0
        self._done = self._all = 0

    def close(self) -> None:
        """Let no book that is under way be finished."""
        self._turn = next(self._turns)

    def progress(self) -> str:
        """How far the book is that is under way, in words."""
        if not self._all:
            return "The pages about many codes are being made ready"
        return (
            "The pages about many codes are being made ready: "
            f"{self._done:,} of {self._all:,} codes are gone through"
        )

    def ground(self) -> Ground:
        """The codes that have a page, and the profiles of sources, hospitals and states."""
        connection, manifest = self._lake.snapshot()
        with connection:
            if self._edition.as_of is None and not manifest.contents:
                return Ground(Survey(None, manifest, date.min), ())
            day = self._edition.as_of or latest_date(connection)
            codes = with_address(codes_with_data(connection, day))
            survey = Survey(connection, manifest, day, self._edition.strength)
        return Ground(survey, map(address_of, codes))

    def book(self) -> Book:
        """The pages that need every code. Raises `Refusal` where a newer one was begun."""
        turn = self._turn = next(self._turns)
        edition = self._edition
        connection, manifest = self._lake.snapshot()
        with connection:
            if edition.as_of is None and not manifest.contents:
                return Book(Ground(Survey(None, manifest, date.min), ()), (), edition)
            day = edition.as_of or latest_date(connection)
            codes = with_address(codes_with_data(connection, day))
            inputs = Inputs(connection, manifest, day, edition.strength, edition.options)
            digests = {address_of(code): inputs.of(*code) for code in codes}
            known = self._records
            stale = [
                code
                for code in codes
                if (one := known.get(address_of(code))) is None
                or one.inputs != digests[one.address]
            ]
            n_rates = rates_of(connection)
            parts = batches(stale, n_rates)
            job = Job(
                lake=self._lake.root,
                generation=manifest.generation,
                as_of=day,
                strength=edition.strength,
                out=None,
                with_descriptions=edition.with_descriptions,
                most_rates=most_rates(parts, n_rates),
            )
            self._done, self._all = 0, len(stale)
            for self._done, record in enumerate(write_codes(job, parts, jobs=1), start=1):
                if turn != self._turn:
                    raise unavailable("The pages are made anew, or the service stops")
                known[record.address] = msgspec.structs.replace(
                    record, inputs=digests[record.address]
                )
            survey = Survey(connection, manifest, day, edition.strength)
        self._records = {address: known[address] for address in digests}
        return Book(Ground(survey, tuple(digests)), tuple(self._records.values()), edition)
