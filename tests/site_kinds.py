"""The kinds of page that a site has beside those of codes, each by one page of the demo's site."""

from __future__ import annotations

from pathlib import Path

KINDS = {
    "home": "index.html",
    "codes": "code/cpt/index.html",
    "payers": "payer/index.html",
    "payer": "payer/aetna/index.html",
    "hospitals": "hospital/index.html",
    "hospital": "hospital/adventhealth-orlando-*/index.html",
    "state": "state/ga/index.html",
    "family": "family/respiratory/index.html",
    "sources": "source/index.html",
    "source": "source/*/index.html",
    "quality": "quality/all/index.html",
    "rule": "rule/M05/index.html",
    "method": "method/index.html",
    "glossary": "glossary/index.html",
}


def one_of(site: Path, kind: str) -> Path:
    """The page of `site` that stands for a kind."""
    return min(site.glob(KINDS[kind]))
