"""YAML that ships with the package, read in C where PyYAML was built with it: ten times as fast."""

from __future__ import annotations

from typing import Any


def load_yaml(text: str) -> Any:
    """The value of a YAML document; tags that would build objects are refused.

    >>> load_yaml("- id: Q01")
    [{'id': 'Q01'}]
    """
    import yaml  # Here, for what adds a file mostly does without it.

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(text, Loader=loader)  # noqa: S506 - a safe loader, both ways
