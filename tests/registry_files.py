"""Small invented registry files in the exact layouts of their publishers.

The header names are those of the published files: NPPES Data Dissemination (330 columns), CMS's
"Medicare Physician & Other Practitioners - by Provider and Service", the NUCC's CSV, NBER's
crosswalk of areas and counties, HUD's and the Census Bureau's of ZIP codes and counties.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

_OTHER_NAME = (
    "Provider Other Organization Name", "Provider Other Organization Name Type Code",
    "Provider Other Last Name", "Provider Other First Name", "Provider Other Middle Name",
    "Provider Other Name Prefix Text", "Provider Other Name Suffix Text",
    "Provider Other Credential Text", "Provider Other Last Name Type Code",
)  # fmt: skip


def _address(kind: str) -> tuple[str, ...]:
    return (
        f"Provider First Line Business {kind} Address",
        f"Provider Second Line Business {kind} Address",
        *(
            f"Provider Business {kind} Address {part}"
            for part in (
                "City Name", "State Name", "Postal Code", "Country Code (If outside U.S.)",
                "Telephone Number", "Fax Number",
            )
        ),
    )  # fmt: skip


NPPES_HEADER: tuple[str, ...] = (
    "NPI", "Entity Type Code", "Replacement NPI", "Employer Identification Number (EIN)",
    "Provider Organization Name (Legal Business Name)", "Provider Last Name (Legal Name)",
    "Provider First Name", "Provider Middle Name", "Provider Name Prefix Text",
    "Provider Name Suffix Text", "Provider Credential Text", *_OTHER_NAME,
    *_address("Mailing"), *_address("Practice Location"),
    "Provider Enumeration Date", "Last Update Date", "NPI Deactivation Reason Code",
    "NPI Deactivation Date", "NPI Reactivation Date", "Provider Gender Code",
    "Authorized Official Last Name", "Authorized Official First Name",
    "Authorized Official Middle Name", "Authorized Official Title or Position",
    "Authorized Official Telephone Number",
    *(
        name
        for i in range(1, 16)
        for name in (
            f"Healthcare Provider Taxonomy Code_{i}", f"Provider License Number_{i}",
            f"Provider License Number State Code_{i}",
            f"Healthcare Provider Primary Taxonomy Switch_{i}",
        )
    ),
    *(
        name
        for i in range(1, 51)
        for name in (
            f"Other Provider Identifier_{i}", f"Other Provider Identifier Type Code_{i}",
            f"Other Provider Identifier State_{i}", f"Other Provider Identifier Issuer_{i}",
        )
    ),
    "Is Sole Proprietor", "Is Organization Subpart", "Parent Organization LBN",
    "Parent Organization TIN", "Authorized Official Name Prefix Text",
    "Authorized Official Name Suffix Text", "Authorized Official Credential Text",
    *(f"Healthcare Provider Taxonomy Group_{i}" for i in range(1, 16)),
    "Certification Date",
)  # fmt: skip

UTILISATION_HEADER = (
    "Rndrng_NPI", "Rndrng_Prvdr_Last_Org_Name", "Rndrng_Prvdr_First_Name", "Rndrng_Prvdr_MI",
    "Rndrng_Prvdr_Crdntls", "Rndrng_Prvdr_Ent_Cd", "Rndrng_Prvdr_St1", "Rndrng_Prvdr_St2",
    "Rndrng_Prvdr_City", "Rndrng_Prvdr_State_Abrvtn", "Rndrng_Prvdr_State_FIPS",
    "Rndrng_Prvdr_Zip5", "Rndrng_Prvdr_RUCA", "Rndrng_Prvdr_RUCA_Desc", "Rndrng_Prvdr_Cntry",
    "Rndrng_Prvdr_Type", "Rndrng_Prvdr_Mdcr_Prtcptg_Ind", "HCPCS_Cd", "HCPCS_Desc",
    "HCPCS_Drug_Ind", "Place_Of_Srvc", "Tot_Benes", "Tot_Srvcs", "Tot_Bene_Day_Srvcs",
    "Avg_Sbmtd_Chrg", "Avg_Mdcr_Alowd_Amt", "Avg_Mdcr_Pymt_Amt", "Avg_Mdcr_Stdzd_Amt",
)  # fmt: skip
NUCC_HEADER = (
    "Code", "Grouping", "Classification", "Specialization", "Definition", "Notes", "Display Name",
    "Section",
)  # fmt: skip
CBSA_HEADER = (
    "cbsacode", "metropolitandivisioncode", "csacode", "cbsatitle",
    "metropolitanmicropolitanstatis", "metropolitandivisiontitle", "csatitle",
    "countycountyequivalent", "statename", "fipsstatecode", "fipscountycode",
    "centraloutlyingcounty",
)  # fmt: skip
HUD_HEADER = (
    "ZIP", "COUNTY", "USPS_ZIP_PREF_CITY", "USPS_ZIP_PREF_STATE", "RES_RATIO", "BUS_RATIO",
    "OTH_RATIO", "TOT_RATIO",
)  # fmt: skip
CENSUS_HEADER = (
    "OID_ZCTA5_20", "GEOID_ZCTA5_20", "NAMELSAD_ZCTA5_20", "AREALAND_ZCTA5_20",
    "AREAWATER_ZCTA5_20", "MTFCC_ZCTA5_20", "CLASSFP_ZCTA5_20", "FUNCSTAT_ZCTA5_20",
    "OID_COUNTY_20", "GEOID_COUNTY_20", "NAMELSAD_COUNTY_20", "AREALAND_COUNTY_20",
    "AREAWATER_COUNTY_20", "MTFCC_COUNTY_20", "CLASSFP_COUNTY_20", "FUNCSTAT_COUNTY_20",
    "AREALAND_PART", "AREAWATER_PART",
)  # fmt: skip

_P = "Provider Business Practice Location Address"


@dataclass(frozen=True)
class Registered:
    """One NPI of NPPES; `taxonomies` are (code, switch)."""

    npi: str
    entity: str = "1"
    name: str = "DOE"
    first: str = "JANE"
    state: str = "GA"
    zip_code: str = "303221234"
    taxonomies: tuple[tuple[str, str], ...] = (("207W00000X", "Y"),)
    updated: str = "10/01/2025"
    deactivated: str = ""
    country: str = "US"
    ccn: str = ""

    @property
    def cells(self) -> dict[str, str]:
        """What its row holds, by header name."""
        person = self.entity == "1"
        cells = {
            "NPI": self.npi,
            "Entity Type Code": self.entity,
            "Provider Organization Name (Legal Business Name)": "" if person else self.name,
            "Provider Last Name (Legal Name)": self.name if person else "",
            "Provider First Name": self.first if person else "",
            "Provider First Line Business Practice Location Address": "1 MAIN ST, STE 2",
            f"{_P} City Name": "ATLANTA",
            f"{_P} State Name": self.state,
            f"{_P} Postal Code": self.zip_code,
            f"{_P} Country Code (If outside U.S.)": self.country,
            "Provider Enumeration Date": "05/23/2005",
            "Last Update Date": self.updated,
            "NPI Deactivation Date": self.deactivated,
        }
        for i, (code, switch) in enumerate(self.taxonomies, start=1):
            cells[f"Healthcare Provider Taxonomy Code_{i}"] = code
            cells[f"Healthcare Provider Primary Taxonomy Switch_{i}"] = switch
            cells[f"Provider License Number State Code_{i}"] = self.state
        if self.ccn:
            cells["Other Provider Identifier_2"] = self.ccn
            cells["Other Provider Identifier Type Code_2"] = "06"
        if self.deactivated and not self.entity:
            cells = {name: value for name, value in cells.items() if name == "NPI"}
            cells["NPI Deactivation Date"] = self.deactivated
        return cells


def table(
    header: Sequence[str],
    rows: Iterable[Mapping[str, str] | Sequence[str]],
    *,
    delimiter: str = ",",
    quote: bool = False,
) -> bytes:
    """A delimited file: each row by header name, or as its cells."""
    text = io.StringIO()
    quoting = csv.QUOTE_ALL if quote else csv.QUOTE_MINIMAL
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        if isinstance(row, Mapping):
            assert set(row) <= set(header), set(row) - set(header)
            writer.writerow([row.get(name, "") for name in header])
        else:
            writer.writerow(row)
    return text.getvalue().encode()


def nppes(*registered: Registered) -> bytes:
    """An `npidata_pfile`, all cells in quotation marks as CMS writes them."""
    return table(NPPES_HEADER, [one.cells for one in registered], quote=True)


def utilisation(*rows: tuple[str, str, str, str]) -> bytes:
    """A by-provider-and-service file: NPI, specialty, code, services."""
    return table(
        UTILISATION_HEADER,
        [
            {
                "Rndrng_NPI": npi,
                "Rndrng_Prvdr_Type": kind,
                "Rndrng_Prvdr_State_Abrvtn": "GA",
                "Rndrng_Prvdr_Zip5": "30322",
                "HCPCS_Cd": code,
                "Place_Of_Srvc": "O",
                "Tot_Benes": "11",
                "Tot_Srvcs": services,
                "Avg_Sbmtd_Chrg": "100.5",
                "Avg_Mdcr_Alowd_Amt": "17.052173913",
                "Avg_Mdcr_Pymt_Amt": "16.714347826",
            }
            for npi, kind, code, services in rows
        ],
    )


def npi_of(number: int) -> str:
    """The NPI of nine digits: Luhn's sum by hand, over the card number 80840 and the NPI."""
    body = f"{100_000_000 + number}"
    total = 0
    for index, digit in enumerate(reversed("80840" + body)):
        value = int(digit) * (2 if index % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return f"{body}{-total % 10}"
