"""What the rows of a table are about, as attributes that the page's script filters by.

The words themselves stand in the heads of rows and groups; an attribute only says what they name.
"""

from __future__ import annotations

from markupsafe import Markup

from ratepress.press.tables import TableView

_HEADS = {"Payer": "payer", "Comparison key": "key", "State": "state"}
_KEY_GROUPS = ("percentiles-", "prices-")


def facets(view: TableView) -> Markup:
    """The attributes of a `table`; none where its rows are about nothing that is filtered."""
    head = _HEADS.get(view.stub, "key" if view.id == "charges" else "")
    group = "state" if view.id == "medicare-localities" else ""
    if view.id.startswith(_KEY_GROUPS):
        group = "key"
    if not head and not group:
        return Markup("")
    of = Markup(' data-group="{}"').format(group) if group else ""
    return Markup(' data-head="{}"{}').format(head or "row", of)
