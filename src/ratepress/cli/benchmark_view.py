"""What `ratepress benchmark --agreement` shows: two kinds of file side by side (M11)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ratepress.cli.output import say, table

if TYPE_CHECKING:
    from ratepress.market.agreement import Compared


def agreement_data(code: str, found: Compared) -> dict[str, Any]:
    """The machine's answer: all pairs, and the counts by hospital and payer."""
    return {
        "code": code,
        "as_of": found.as_of,
        "strength": found.strength,
        "rows": found.pairs.to_pylist(),
        "summaries": list(found.summaries),
    }


def show_agreement(code: str, found: Compared) -> None:
    """The pairs and the counts in tables, for people."""
    from ratepress.market.agreement import BANDS, together

    asked = f"as of {found.as_of}, ghost filter {found.strength}"
    whole = together(found.summaries)
    if whole is None:
        say(f"{code}: no price stands both in a payer's and in a hospital's file, {asked}.")
        return
    exact, ten, twenty = (whole.share_within(band) for band in BANDS[:3])
    say(
        f"{code}, {asked}: {whole.n_matched} of {whole.n_hospital} prices of hospital files stand "
        f"in a payer's file too; of {whole.n_pairs} pairs {exact}% agree to the cent, {ten}% "
        f"within 10%, {twenty}% within 20% (M11)"
    )
    rows = found.pairs.to_pylist()
    columns = ("hospital", "payer", "service", "hospital's file", "payer's file", "agreement",
               "stated by one side only")  # fmt: skip
    cells = [
        (
            r["hospital_id"],
            r["payer"],
            ", ".join(
                part
                for part in (r["hospital_line"], r["hospital_class"], r["hospital_setting"],
                             r["modifiers"], r["drug_unit"])
                if part
            ),
            f"{r['hospital_dollars']:,.2f}",
            f"{r['payer_dollars']:,.2f}",
            r["band"],
            r["not_stated"],
        )
        for r in rows
    ]  # fmt: skip
    table(columns, cells, numbers=("hospital's file", "payer's file"))
