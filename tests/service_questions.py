"""Words for each question of the service that needs some."""

from __future__ import annotations

from typing import Any

WORDS: dict[str, dict[str, Any]] = {
    "price": {"code": "32557", "date": "2026-07-15"},
    "benchmark": {"code": "32557"},
    "code": {"code": "32557", "date": "2026-07-15"},
    "diff": {"code": ["32557"], "before": "2026-01-01", "after": "2026-07-15"},
    "rule": {"rule_id": "M05"},
    "check": {"lines": [{"claim_id": "1", "date": "2026-07-15", "code": "32557"}]},
}
