"""Section 8, policy: coverage and payer policies. Neither is loaded yet; the gaps say so."""

from __future__ import annotations

from ratepress.core.facts import Gap
from ratepress.dossier.context import Context
from ratepress.dossier.model import Section


def build(_context: Context) -> Section:
    """What is missing, and which sources would fill it."""
    return Section(
        "policy",
        "Policy",
        gaps=(
            Gap(
                "Medicare coverage of this code",
                "no NCD, LCD or coverage article is loaded",
                "the Medicare Coverage Database downloads",
            ),
            Gap(
                "Payer policies",
                "no policy register is loaded",
                "a register of payer policies: payer, id, title, link, dates, codes, stance",
            ),
            Gap(
                "Changes since the last snapshot",
                "snapshots are not compared yet",
                "the same files of an earlier month",
            ),
        ),
    )
