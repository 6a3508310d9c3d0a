"""Words of ours for what tables code: lines of business, settings, systems, units of a drug."""

from __future__ import annotations

_SYSTEMS = {
    "cpt": "CPT codes",
    "hcpcs": "HCPCS codes",
    "ms-drg": "MS-DRGs",
    "apc": "APCs",
    "rc": "revenue codes",
    "ndc": "drugs by NDC",
}
_LINES = {
    "medicare advantage": "Medicare Advantage",
    "managed medicaid": "managed Medicaid",
    "unknown": "line of business not stated",
}


def line_words(line: str) -> str:
    """A line of business inside a sentence.

    >>> line_words("medicare advantage"), line_words("self-pay")
    ('Medicare Advantage', 'self-pay')
    """
    return _LINES.get(line, line)


def line_cell(line: str) -> str:
    """A line of business in a column of them.

    >>> line_cell("unknown"), line_cell("medicare advantage")
    ('not stated', 'Medicare Advantage')
    """
    return "not stated" if line == "unknown" else line_words(line)


def line_title(line: str) -> str:
    """A line of business as a heading.

    >>> line_title("managed medicaid"), line_title("self-pay")
    ('Managed Medicaid', 'Self-pay')
    """
    words = line_words(line)
    return words[:1].upper() + words[1:]


def system_plural(system: str) -> str:
    """The codes of a system, of several of them.

    >>> system_plural("ms-drg"), system_plural("rc")
    ('MS-DRGs', 'revenue codes')
    """
    return _SYSTEMS.get(system, f"codes of {system.upper()}")


def stands_in(release: str | None) -> str:
    """The short word on rule P00 beside a value; a note below has both releases and their days.

    >>> stands_in("2026C")
    'release 2026C stands in (P00)'
    """
    return f"release {release} stands in (P00)"


def setting_words(setting: str) -> str:
    """A setting as a cell of a table says it.

    >>> setting_words("both"), setting_words("inpatient")
    ('inpatient and outpatient', 'inpatient')
    """
    return "inpatient and outpatient" if setting == "both" else setting


def place_name(published: str) -> str:
    """The name of a place that a table has in capitals.

    >>> place_name("REST OF FLORIDA")
    'Rest of Florida'
    """
    return published.title().replace(" Of ", " of ")
