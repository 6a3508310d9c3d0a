"""What `ratepress benchmark` shows beside the benchmark: agreement of files, and its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ratepress.cli.output import say, table

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def show_trace(rows: Sequence[dict[str, Any]], traced: Sequence[dict[str, Any]]) -> None:
    """Under each benchmark over all payers the published rows behind it."""
    by_key: dict[str, list[dict[str, Any]]] = {}
    for one in traced:
        by_key.setdefault(one["key_id"], []).append(one)
    for key_id in dict.fromkeys(row["key_id"] for row in rows):
        found = by_key.get(key_id, [])
        if found:
            _show_key(found)


def _show_key(found: Sequence[dict[str, Any]]) -> None:
    one = found[0]
    names = ("area", "line_of_business", "billing_class", "setting", "site", "modifiers", "method")
    words = ", ".join(one[name] for name in names if one[name])
    n_rows = len({(r["content_id"], r["place"]) for r in found})
    n_prices = len({r["price_id"] for r in found})
    n_votes = len({(r["payer_id"], r["network"], r["entity_kind"], r["entity"]) for r in found})
    say(f"\n{words}, {one['statement']}: {n_rows} rows, {n_prices} prices, {n_votes} votes")
    columns = ("payer", "contract", "NPIs", "vote", "price", "as published", "file", "place",
               "flags")  # fmt: skip
    cells = [
        (
            r["payer"],
            " ".join(part for part in (r["entity"], r["network"]) if part),
            len(r["npis"]),
            f"{r['vote']:,.2f}",
            f"{r['dollars']:,.2f}" + (_of_gross(r) if r["gross"] is not None else ""),
            ", ".join(part for part in (r["payer_name"], r["plan_name"]) if part),
            f"{r['origin']} ({r['content_id'][:8]})",
            r["place"],
            " ".join(r["flags"]),
        )
        for r in found
    ]
    table(columns, cells, numbers=("NPIs", "vote", "price"))


def _of_gross(row: dict[str, Any]) -> str:
    return f" = {row['percentage'].normalize():f}% of {row['gross']:,.2f} ({row['gross_place']})"
