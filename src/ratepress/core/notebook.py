"""Tables as the small HTML that notebooks show, every text escaped and nothing hidden in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

from ratepress.core.visible import visible

MOST_ROWS = 60


def shown(value: object) -> Markup:
    """A value as HTML text; what is HTML already stays as it is.

    >>> shown("<b>\u200bAetna"), shown(None)
    (Markup('&lt;b&gt;‹U+200B›Aetna'), Markup(''))
    """
    if isinstance(value, Markup):
        return value
    return escape("" if value is None else visible(str(value)))


def table_html(
    caption: str, head: Sequence[str], rows: Iterable[Sequence[object]], most: int = MOST_ROWS
) -> Markup:
    """A table; where it has more than `most` rows, the last line says how many are not shown.

    >>> table_html("Votes", ["payer"], [["<i>"], ["b"], ["c"]], most=1).count("<tr>")
    3
    """
    cells = [Markup("").join(Markup("<td>{}</td>").format(shown(one)) for one in r) for r in rows]
    names = Markup("").join(Markup("<th>{}</th>").format(shown(one)) for one in head)
    body = Markup("").join(Markup("<tr>{}</tr>").format(one) for one in cells[:most])
    if len(cells) > most:
        left = f"and {len(cells) - most:,} more rows"
        body += Markup('<tr><td colspan="{}">{}</td></tr>').format(len(head), left)
    return Markup(
        "<table><caption>{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table>"
    ).format(shown(caption), names, body)
