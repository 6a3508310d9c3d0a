"""What a page says of itself to machines: JSON-LD of schema.org's `Dataset`."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from markupsafe import Markup

from ratepress.dossier.model import Dossier, Profile
from ratepress.press.text import visible

_TYPES = {
    "json": "application/json",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def dataset(dossier: Dossier | Profile, description: str, formats: Sequence[str]) -> Markup:
    """The record of a page for a `script` element of type `application/ld+json`.

    Addresses are relative to the page. Nothing in it can end the element or open another.

    >>> from datetime import date
    >>> one = Dossier("cpt", "1", "<x>", date(2026, 7, 15), "balanced", "1", (), ())
    >>> "<" in dataset(one, "</script>", ("json",))
    False
    """
    base = dossier.address.rpartition("/")[2]
    record = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": visible(dossier.label),
        "description": description,
        "identifier": dossier.address,
        "url": "./index.html",
        "dateModified": dossier.as_of.isoformat(),
        "version": f"method edition {dossier.method_version}, filter strength {dossier.strength}",
        "isAccessibleForFree": True,
        "creator": {"@type": "Organization", "name": "ratepress"},
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": _TYPES[one],
                "contentUrl": f"../{base}.{one}",
            }
            for one in formats
        ],
    }
    text = msgspec.json.encode(record).decode("utf-8")
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)  # noqa: S704  # no character is left that HTML reads
