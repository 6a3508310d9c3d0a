"""Column names of hospital CSV files by era, as data: which published spelling is which column.

`items.csv` has one row for each era and one column for each canonical name; a cell holds the
spellings of that era, between `;`. Eras 3.0 to 2.0 are the CMS data dictionaries, `met` holds
other spellings seen in files of those eras, `legacy` those of files from before the template
(2021 to 2023). `legacy_codes.csv` says what system a legacy code column is of, and
`legacy_payers.csv` the words by which a legacy column is known to be a payer's.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib import resources

TEMPLATE_ERAS = ("3.0", "2.2", "2.1", "2.0")
_CODE = "code|#"


def loose(name: str) -> str:
    """A header as legacy and misspelt ones are compared: lower case words joined by `_`.

    >>> loose("De-Identified  Min."), loose(" Standard_Charge | Gross ")
    ('de_identified_min', 'standard_charge|gross')
    """
    parts = (re.sub(r"[^a-z0-9]+", "_", part.lower()).strip("_") for part in name.split("|"))
    return "|".join(parts)


def _rows(name: str) -> list[dict[str, str]]:
    text = (resources.files(__package__) / name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def spellings(*eras: str) -> dict[str, str]:
    """The canonical name of each spelling of these eras; earlier eras go first.

    >>> spellings("met")["payor"], spellings("legacy")["gross_charge"]
    ('payer_name', 'standard_charge|gross')
    """
    found: dict[str, str] = {}
    by_era = {row["era"]: row for row in _rows("items.csv")}
    for era in eras:
        for canonical, cell in by_era[era].items():
            if canonical != "era" and not cell.startswith(_CODE):
                for spelling in filter(None, cell.split(";")):
                    found.setdefault(spelling, canonical)
    return found


@cache
def template_names() -> frozenset[str]:
    """Every canonical name that some version of the template has, code columns left out.

    >>> "estimated_amount" in template_names(), "payor" in template_names()
    (True, False)
    """
    return frozenset(spellings(*TEMPLATE_ERAS))


@cache
def legacy_codes() -> dict[str, str]:
    """The code type that a legacy column name states; empty where it states none.

    >>> legacy_codes()["cpt_hcpcs"], legacy_codes()["code"]
    ('HCPCS', '')
    """
    return {row["spelling"]: row["type"] for row in _rows("legacy_codes.csv")}


@cache
def _payer_words() -> re.Pattern[str]:
    words = "|".join(
        re.escape(row["words"].replace(" ", "_")) for row in _rows("legacy_payers.csv")
    )
    return re.compile(rf"(?:^|_)(?:{words})(?:_|$)")


def names_a_payer(header: str) -> bool:
    """Whether a legacy header is known to name a payer.

    >>> names_a_payer("Aetna - HMO"), names_a_payer("Department")
    (True, False)
    """
    return _payer_words().search(loose(header)) is not None
