"""YAML that ships with the package, read in C where PyYAML was built with it: ten times as fast."""

from __future__ import annotations

from typing import Any

import yaml

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_yaml(text: str) -> Any:
    """The value of a YAML document; tags that would build objects are refused.

    >>> load_yaml("- id: Q01")
    [{'id': 'Q01'}]
    """
    return yaml.load(text, Loader=_LOADER)  # noqa: S506 - a safe loader, both ways
