"""A position in the window, moved by kernels that may ask for more bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ratepress.readers.payer.fast import outline
from ratepress.readers.payer.fast.decode import decode
from ratepress.readers.payer.fast.rates import (
    AT,
    BROKEN,
    IS_NEXT,
    N_STATE,
    NEED,
    START,
    STOP,
)
from ratepress.readers.payer.fast.window import Unsuited, Window

_BRACE = ord("}")


class Cursor:
    """Where reading stands; `state` is what the kernels share."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self.state: Any = np.zeros(N_STATE, np.int64)

    def begin(self) -> None:
        """Go into the object that the document is; `Unsuited` where it is none."""
        window, state = self._window, self.state
        at = window.start()
        while not (head := window.bytes(at, window.end).lstrip(b" \t\r\n")):
            at = window.more(at)
        if not head.startswith(b"{"):
            raise Unsuited("the document is no object")
        state[AT] = window.end - len(head) + 1
        state[IS_NEXT] = 0

    def move(self, kernel: Callable[..., int], *more: Any) -> int:
        """Call a kernel until it needs no more bytes, and give its reason."""
        while (reason := self.step(kernel, *more)) == NEED:
            self.more()
        return reason

    def step(self, kernel: Callable[..., int], *more: Any) -> int:
        """Call a kernel once, and give its reason, `NEED` too: then `more` is to be called."""
        reason = kernel(self._window.end, self.state, *more)
        if reason == BROKEN:
            raise Unsuited("no JSON, or too odd")
        return reason

    def more(self) -> None:
        """Have more bytes; those before `AT` are gone then."""
        self.state[AT] = self._window.more(int(self.state[AT]))

    def bytes_at(self, start: int, stop: int) -> bytes:
        """The bytes between two addresses."""
        return self._window.bytes(start, stop)

    def found(self) -> bytes:
        """The bytes that the last kernel found."""
        return self._window.bytes(int(self.state[START]), int(self.state[STOP]))

    def bytes(self, start: int, stop: int) -> bytes:
        """The bytes between two places of the state."""
        return self._window.bytes(int(self.state[start]), int(self.state[stop]))

    def value(self) -> Any:
        """The value that stands here."""
        self.move(outline.whole)
        return decode(self.found())

    def enters_array(self) -> bool:
        """Go into an array, if one stands here."""
        at = int(self.state[AT])
        if self._window.bytes(at, at + 1) != b"[":
            return False
        self.state[AT] += 1
        self.state[IS_NEXT] = 0
        return True

    def closes_object(self) -> bool:
        """Go behind the closing brace, if one stands right here."""
        at = int(self.state[AT])
        if not self._window.is_byte(at, _BRACE):
            return False
        self.state[AT] = at + 1
        return True

    def finish(self) -> None:
        """`Unsuited` where anything follows the document."""
        if not self._window.nothing_follows(int(self.state[AT])):
            raise Unsuited("something follows the document")
