"""The oracle's rules about providers (Q08 to Q10, M09), from the method and its decisions alone.

docs/method/decisions.md, "Who is named" and "Where". Families of codes, kinds of taxonomy and the
pairs of the register are written down by hand for the few codes of the generated lakes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import cache
from typing import Any

from market_lakes import Group, PriceFile, Rate
from market_registries import Provider, Registries

Voter = tuple[str, str, Any]

# CPT: 30000-32999 respiratory surgery (31505-31579 laryngoscopy apart), 70010-76999 imaging;
# HCPCS: J codes are drugs.
FAMILIES = {
    ("cpt", "32557"): "respiratory",
    ("cpt", "70551"): "imaging",
    ("hcpcs", "J1100"): "drugs",
}
USED_FAMILIES = {
    "32557": "respiratory", "32556": "respiratory", "31505": "laryngoscopy", "70551": "imaging",
    "74176": "imaging", "J1100": "drugs", "J0120": "drugs", "99213": "visits",
}  # fmt: skip
# Speech therapists neither operate nor X-ray, and optometrists operate on eyes alone.
IMPLAUSIBLE = {
    ("235Z00000X", "respiratory"), ("235Z00000X", "imaging"), ("152W00000X", "respiratory"),
}  # fmt: skip
GROUP_PRACTICE = "193200000X"
PAEDIATRICS = "208000000X"
FACILITIES = {"282N00000X", "314000000X"}


class Known:
    """What the registries say on a date; `members` are the short NPIs of a voter."""

    def __init__(self, registries: Registries, as_of: date) -> None:
        self._registries = registries
        self._as_of = as_of
        self.record = cache(self._record)
        self.verdict = cache(self._verdict)
        self._tally = cache(self._kind_tally)
        self._types = {npi: self._type(npi) for npi, _, _ in registries.used}
        self._billed = {
            (npi, USED_FAMILIES[code]) for npi, _, code in registries.used if code in USED_FAMILIES
        }

    def _record(self, npi: str) -> Provider | None:
        """ "The newest file that has an NPI speaks for it; files after the as-of date speak
        last", and of these the earliest first."""
        before = [f for f in self._registries.nppes if f[0] <= self._as_of]
        after = [f for f in self._registries.nppes if f[0] > self._as_of]
        order = [
            *sorted(before, key=lambda f: f[0], reverse=True), *sorted(after, key=lambda f: f[0])
        ]  # fmt: skip
        for _, providers in order:
            for one in providers:
                if one.npi == npi:
                    return one
        return None

    def _type(self, npi: str) -> str | None:
        named = [kind for other, kind, _ in self._registries.used if other == npi and kind]
        return min(named) if named else None

    def _verdict(self, npi: str, family: str) -> str:
        """Q09, for one provider."""
        record = self.record(npi)
        taxonomy = record.taxonomy if record else None
        # "What a provider bills to Medicare is plausible."
        if (npi, family) in self._billed:
            return "plausible"
        # "A group practice's own taxonomy says nothing of who renders a service."
        if taxonomy == GROUP_PRACTICE:
            return "silent"
        # "Those of its kind decide, where there are 50 of them or more: fewer than five in a
        # thousand that bill the family are too few." Paediatricians are not learned.
        n_npis, n_billing = self._tally(taxonomy, self._types.get(npi), family)
        if taxonomy != PAEDIATRICS and n_npis >= 50:
            return "implausible" if n_billing * 1000 < n_npis * 5 else "plausible"
        return "implausible" if (taxonomy, family) in IMPLAUSIBLE else "unknown"

    def _kind_tally(
        self, taxonomy: str | None, specialty: str | None, family: str
    ) -> tuple[int, int]:
        """Providers of the utilisation data of a kind, and those that bill the family. The kind is
        the taxonomy "where the registry has the provider", else the specialty."""
        those = set()
        for npi in self._types:
            record = self.record(npi)
            if taxonomy is not None:
                if record and record.taxonomy == taxonomy:
                    those.add(npi)
            elif specialty is not None and self._types[npi] == specialty:
                those.add(npi)
        return len(those), len([npi for npi in those if (npi, family) in self._billed])

    def county(self, zip_code: str) -> str | None:
        """ "The county with the largest share of a ZIP code's business addresses, then of all
        addresses", then the lowest."""
        those = [row[1:] for row in self._registries.zip_counties if row[0] == zip_code]
        ordered = sorted(those, key=lambda r: (-float(r[1]), -float(r[2]), r[0]))
        return ordered[0][0] if ordered else None

    def area(self, kind: str, state: str, zip_code: str) -> str | None:
        if kind == "state":
            return state or None
        if kind == "zip3":
            return zip_code[:3] or None
        return dict(self._registries.areas).get(self.county(zip_code) or "")

    def locality(self, zip_code: str) -> tuple[str, str] | None:
        found = {row[0]: row[1:3] for row in self._registries.localities if row[3] == "0"}
        return found.get(zip_code)


def voter_flags(
    known: Known, part: dict[str, str], voters: Iterable[tuple[Voter, frozenset[str]]]
) -> dict[Voter, dict[str, str]]:
    """The outcomes of each voter of a dollar price whose key is `part`, with its NPIs."""
    found: dict[Voter, dict[str, str]] = {}
    family = FAMILIES.get((part["code_system"], part["code"]))
    for voter, npis in voters:
        if voter[1] == "hospital":  # "Hospitals price their own services."
            continue
        flags = found.setdefault(voter, {})
        valid = {npi for npi in npis if npi.isdigit() and npi != "0"}
        if not valid:
            flags["Q10"] = "flagged"
        outcome = ghost(known, family, npis, valid)
        if outcome:
            flags["Q09"] = outcome
        outcome = wrong_class(known, part["billing_class"], valid)
        if outcome:
            flags["Q08"] = outcome
    return found


def ghost(known: Known, family: str | None, npis: frozenset[str], valid: set[str]) -> str | None:
    """Q09: "flagged where every provider of the entity is implausible; not assessed where one is
    not known"; one that is plausible is enough."""
    if family is None or not npis:
        return "not assessed"
    verdicts = [known.verdict(npi, family) if npi in valid else "unknown" for npi in npis]
    if "plausible" in verdicts:
        return None
    return "flagged" if "implausible" in verdicts and "unknown" not in verdicts else "not assessed"


def wrong_class(known: Known, billing_class: str, valid: set[str]) -> str | None:
    """Q08, by taxonomy: "a facility price for persons alone, or a professional one for hospitals,
    their units and nursing facilities alone"."""
    records = [known.record(npi) for npi in valid]
    if billing_class == "facility":
        kinds = [record.kind if record else None for record in records]
        if "organization" in kinds:
            return None
        return "flagged" if kinds and set(kinds) == {"individual"} else "not assessed"
    if billing_class == "professional":
        taxonomies = [record.taxonomy if record else None for record in records]
        if any(one and one not in FACILITIES for one in taxonomies):
            return None
        return "flagged" if taxonomies and None not in taxonomies else "not assessed"
    return None


def npis_of(
    groups: Iterable[Group], entities: Callable[[Group], set[tuple[str, Any]]]
) -> dict[Voter, frozenset[str]]:
    """The NPIs of each voter of a set of groups: those of its members there. Empty where none of
    them is known."""
    found: dict[Voter, frozenset[str]] = {}
    for group in groups:
        for network in set(group.networks) or {""}:
            for kind, who in entities(group):
                mine = frozenset(
                    npi
                    for tin_type, tin, npi in group.members
                    if ((kind, who) == ("TIN", (tin_type, tin)) if tin else kind != "TIN")
                )
                # A group of which nothing is known is unknown beside others that are.
                voter = (network, kind, who)
                found[voter] = found.get(voter, frozenset()) | (mine or frozenset({""}))
    return found


def places_of(
    known: Known, file: PriceFile, rate: Rate, npis: frozenset[str]
) -> Iterator[tuple[str, str]]:
    """State and ZIP code of each place of a voter; M09: "the registry"; "hospital votes: the state
    of the hospital", and the ZIP code of each of its addresses."""
    if file.hospital:
        for address in file.addresses or ("",):
            yield file.hospital[1] or "", address[-5:] if address else ""
        return
    for npi in npis:
        record = known.record(npi) if npi.isdigit() and npi != "0" else None
        if record and (record.state or record.zip_code):
            yield record.state or "", record.zip_code or ""
