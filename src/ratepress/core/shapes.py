"""The one JSON success shape and the one error shape that every command and endpoint prints."""

from __future__ import annotations

from typing import Any

import msgspec

from ratepress.core.errors import RatepressError


def success(command: str, data: object, notes: tuple[str, ...] = ()) -> dict[str, Any]:
    """What a command that is done prints.

    >>> success("verify", {"files": 3})
    {'ok': True, 'command': 'verify', 'data': {'files': 3}, 'notes': []}
    """
    return {"ok": True, "command": command, "data": data, "notes": list(notes)}


def failure(command: str, error: RatepressError) -> dict[str, Any]:
    """What a command that failed prints.

    >>> from ratepress.core.errors import UsageError
    >>> failure("price", UsageError("no such code"))["error"]["exit_code"]
    2
    """
    return {
        "ok": False,
        "command": command,
        "error": {
            "code": error.code,
            "exit_code": error.exit_code,
            "message": error.message,
            "place": error.place,
            "found": error.found,
            "expected": error.expected,
            "todo": error.todo,
        },
    }


def to_json(value: object, *, pretty: bool = True) -> bytes:
    """Deterministic JSON: money as text with its digits kept, dates in ISO form.

    >>> from decimal import Decimal
    >>> to_json({"amount": Decimal("1.50")}, pretty=False)
    b'{"amount":"1.50"}'
    """
    raw = msgspec.json.encode(value)
    return msgspec.json.format(raw, indent=2) if pretty else raw
