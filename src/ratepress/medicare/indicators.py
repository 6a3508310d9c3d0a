"""The indicators of the relative value file in words, from `indicators.yaml`. Rule C01."""

from __future__ import annotations

from functools import cache
from importlib import resources

import msgspec

from ratepress.core.yaml_text import load_yaml


class Indicator(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One indicator: its name for a page, and what each of its values means."""

    label: str
    values: dict[str, str]

    def meaning(self, value: str) -> str:
        """What a value means, or that the record layout does not have it."""
        return self.values.get(value, "a value that the record layout does not have")


@cache
def indicators() -> dict[str, Indicator]:
    """Every indicator, by its column in `pfs_rvu`.

    >>> indicators()["bilateral_surgery"].meaning("1")
    'two sides are paid 150% of the fee for one'
    """
    text = (resources.files("ratepress.medicare") / "indicators.yaml").read_text("utf-8")
    return msgspec.convert(load_yaml(text), dict[str, Indicator])
