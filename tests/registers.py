"""A small policy register and a small file of notes, for tests: invented, but for the forms."""

from __future__ import annotations

HEADER = (
    "payer,policy_id,version,title,link,effective_on,ended_on,last_review_on,codes,stance,"
    "prior_authorisation,note"
)
OLD = (
    "Aetna,INV-1,1,Invented policy,https://example.org/inv-1,2025-01-01,,2024-12-01,"
    "32550 32557,covered with criteria,no,"
)
NEW = (
    "Aetna,INV-1,2,Invented policy,https://example.org/inv-1,2026-01-01,,2025-12-01,"
    "32557 ms-drg:470,not covered,unknown,"
)
POLICIES_YAML = """\
# ours
ratepress: payer-policies/1
policies:
  - payer: Cigna
    policy_id: "0007"
    version: 1.10
    title: Invented, too
    link: https://example.org/7
    effective_on: 2025-06-01
    codes: [32557, 00100]
    stance: Investigational
    prior_authorisation: yes
"""
NOTES_YAML = """\
ratepress: clinical-notes/1
author: Our radiology
written_on: 2026-10-01
review: read by Dr. A. Example, 2026-10-02
references:
  own: {title: Our own standard, issuer: Example Hospital, year: 2026}
  web: {title: A guideline, issuer: A society, link: https://example.org/g}
notes:
  - codes: ["32557", 99213]
    statements:
      - topic: complication
        heading: Pneumothorax
        text: "We saw it in one of fifty: invented."
        diagnoses: [J95811]
        references: ["own: table 2", web]
      - topic: indication
        heading: Effusion
        text: Fluid.
        references: [own]
"""


def register(*rows: str) -> bytes:
    """The CSV form with these rows."""
    return "\n".join((HEADER, *rows, "")).encode()
