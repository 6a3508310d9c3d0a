"""From files in their official layouts to votes: a payer's rates, NPPES and utilisation data.

Each contract is made to be sound, a ghost, of both or known by TIN alone, so that the answer is
known before anything is read.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from statistics import median

from hypothesis import given, settings
from hypothesis import strategies as st

import registry_files as files
from budget import some
from ratepress.codes.argument import CodeRef
from ratepress.lake.store import Lake
from ratepress.market.benchmark import run_market, statistics
from ratepress.readers.add import add
from registry_files import Registered, npi_of

AS_OF = date(2026, 7, 15)
SPEECH, SURGEON = "235Z00000X", "208G00000X"


@dataclass(frozen=True)
class Contract:
    kind: str
    states: tuple[str, ...]
    cents: int


contracts = st.lists(
    st.builds(
        Contract,
        st.sampled_from(("sound", "sound", "ghost", "both", "TIN alone")),
        st.sampled_from((("GA",), ("MA",), ("GA", "MA"))),
        st.integers(10_000, 90_000),
    ),
    min_size=1,
    max_size=8,
)


def npis_of(number: int, contract: Contract) -> list[tuple[str, str, str]]:
    """NPI, taxonomy and state of each provider of a contract."""
    kinds = {"sound": (SURGEON,), "ghost": (SPEECH,), "both": (SPEECH, SURGEON), "TIN alone": ()}
    return [
        (npi_of(100 * number + 10 * k + s), taxonomy, state)
        for k, taxonomy in enumerate(kinds[contract.kind])
        for s, state in enumerate(contract.states)
    ]


def in_network(those: list[Contract]) -> bytes:
    """A file of schema v2.2: every contract has the service of 32557 at its own price."""
    references = [
        {
            "provider_group_id": number,
            "network_name": ["PPO"],
            "provider_groups": [
                {
                    "npi": [int(npi) for npi, _, _ in npis_of(number, one)] or [0],
                    "tin": {
                        "type": "ein",
                        "value": f"58-{number:07d}",
                        "business_name": f"Practice {number}",
                    },
                }
            ],
        }
        for number, one in enumerate(those, start=1)
    ]
    rates = [
        {
            "provider_references": [number],
            "negotiated_prices": [
                {
                    "negotiated_type": "negotiated",
                    "negotiated_rate": one.cents / 100,
                    "expiration_date": "9999-12-31",
                    "service_code": ["22"],
                    "billing_class": "professional",
                    "setting": "outpatient",
                }
            ],
        }
        for number, one in enumerate(those, start=1)
    ]
    document = {
        "reporting_entity_name": "Aetna",
        "reporting_entity_type": "health insurance issuer",
        "last_updated_on": "2026-07-01",
        "version": "2.2.0",
        "plan_name": "PPO",
        "plan_id_type": "hios",
        "plan_id": "1234567890",
        "plan_market_type": "group",
        "issuer_name": "Aetna",
        "provider_references": references,
        "in_network": [
            {
                "negotiation_arrangement": "ffs",
                "name": "drain",
                "billing_code_type": "CPT",
                "billing_code_type_version": "2026",
                "billing_code": "32557",
                "description": "drain",
                "negotiated_rates": rates,
            }
        ],
    }
    return json.dumps(document).encode()


def write(folder: Path, those: list[Contract]) -> Lake:
    """The lake of the three files, added in an order that should not matter."""
    named = [one for number, c in enumerate(those, start=1) for one in npis_of(number, c)]
    lake = Lake.create(folder / "lake")
    for name, data in (
        (
            "Prov_Svc_D23.csv",
            files.utilisation(*((n, "Surgery", "32556", "12") for n, t, _ in named if t == SURGEON),
                              (npi_of(99_999), "Surgery", "32556", "12")),
        ),
        ("rates.json", in_network(those)),
        (
            "npidata.csv",
            files.nppes(
                *(Registered(npi, taxonomies=((taxonomy, "Y"),), state=state)
                  for npi, taxonomy, state in named)
            ),
        ),
    ):  # fmt: skip
        (folder / name).write_bytes(data)
        add(lake, folder / name)
    return lake


def expected(those: list[Contract], strength: str, state: str | None) -> tuple[int, Decimal | None]:
    """Votes and their median, of all contracts or of those in a state."""
    out = {"minimum": (), "balanced": ("ghost",), "maximum": ("ghost", "TIN alone")}[strength]
    votes = [
        Decimal(one.cents) / 100
        for one in those
        if one.kind not in out
        and (state is None or (state in one.states and one.kind != "TIN alone"))
    ]
    return len(votes), median(votes) if len(votes) >= 3 else None


@settings(max_examples=some(2), deadline=None)
@given(contracts)
def test_ghosts_and_places_are_the_ones_that_were_made(those: list[Contract]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lake = write(Path(folder), those)
        code = CodeRef("cpt", "32557")
        with lake.connect(threads=1) as connection:
            run_market(connection, [code], AS_OF, ["state"])
            found = {
                (strength, row.area or None): (row.n_votes, row.p50)
                for strength in ("minimum", "balanced", "maximum")
                for row in statistics(connection, code, strength)
                if row.grain == "all payers"
            }
    for strength in ("minimum", "balanced", "maximum"):
        for state in (None, "GA", "MA"):
            n_votes, middle = expected(those, strength, state)
            actual, p50 = found.get((strength, state), (0, None))
            assert actual == n_votes
            assert p50 is None if middle is None else abs(p50 - middle) <= Decimal("0.005")
