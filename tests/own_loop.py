"""Asynchronous code in a test, in a thread of its own.

Playwright leaves a running event loop behind in the thread of a worker's tests, and where one runs
asyncio begins no other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def run(talk: Coroutine[Any, Any, Any]) -> Any:
    """What a coroutine returns, or raises."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, talk).result()
