"""The dossier as a data file: the same tree as the page, with nothing added or left out."""

from __future__ import annotations

from ratepress.core.shapes import to_json
from ratepress.dossier.model import Dossier, Profile


def document(dossier: Dossier | Profile) -> bytes:
    """The JSON of a dossier, for the place `code/<system>/<code>.json`. Money is text.

    >>> from datetime import date
    >>> empty = Dossier("cpt", "32557", "Chest drain", date(2026, 7, 15), "balanced", "1", (), ())
    >>> document(empty).splitlines()[1]
    b'  "system": "cpt",'
    """
    return to_json(dossier) + b"\n"
