"""How a download can end, each with a name and what to do about it.

Payer files stand on object stores whose refusals look alike (403, 400, 409) and mean different
things: a link that has expired is asked for again, a store that is not public is the payer's fault.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from ratepress.core.errors import NetworkRefused


class State(StrEnum):
    """The outcome of one download."""

    FETCHED = "fetched"
    ABSENT = "absent"
    EXPIRED = "expired"
    NOT_PUBLIC = "not public"
    DENIED = "denied"
    REFUSED = "refused"
    TRUNCATED = "truncated"
    WEB_PAGE = "web page"
    TOO_LARGE = "too large"
    BUSY = "busy"
    UNREACHABLE = "unreachable"
    UNEXPECTED = "unexpected answer"
    OUT_OF_TIME = "out of time"
    NO_SPACE = "no space"
    IN_USE = "in use"


ADVICE = {
    State.ABSENT: "look for the file on the publisher's page: it may have moved",
    State.EXPIRED: "fetch the index again: it holds a fresh link",
    State.NOT_PUBLIC: "report it to the publisher: these files must be public",
    State.DENIED: "open it in a browser: it may want a login, or refuse this network",
    State.REFUSED: "check where the link came from",
    State.TRUNCATED: "run the same command again: it goes on where this one stopped",
    State.WEB_PAGE: "open it in a browser: it may want a login, or have moved",
    State.TOO_LARGE: "raise the limit if you expect so large a file",
    State.BUSY: "wait and run the same command again: it goes on where this one stopped",
    State.UNREACHABLE: "check the address and the network, then run the same command again",
    State.UNEXPECTED: "open it in a browser to see what the server says",
    State.OUT_OF_TIME: "run the same command again: it goes on where this one stopped",
    State.NO_SPACE: "free some space, then run the same command again: it goes on",
    State.IN_USE: "let the other process finish",
}


class Failed(msgspec.Struct, frozen=True, kw_only=True):
    """A download that gave no file: the URL without its query, the state, and why.

    `status` is the last HTTP status, None where there was no answer.
    """

    url: str
    state: State
    reason: str
    status: int | None = None
    todo: str | None = None

    def error(self) -> NetworkRefused:
        """The error to raise for it.

        >>> str(Failed(url="https://a.example/x.json", state=State.ABSENT, reason="gone").error())
        "https://a.example/x.json: gone. What to do: look for the file on the publisher's page: ..."
        """
        return NetworkRefused(f"{self.url}: {self.reason}", todo=self.todo or ADVICE[self.state])


class Refused(Exception):
    """Ends one download; inside this room only, where its URL is known and put to it."""

    def __init__(
        self, state: State, reason: str, *, status: int | None = None, todo: str | None = None
    ) -> None:
        super().__init__(reason)
        self.state = state
        self.reason = reason
        self.status = status
        self.todo = todo

    def failed(self, shown: str) -> Failed:
        """The same for the caller, with the URL as it may be shown."""
        return Failed(
            url=shown, state=self.state, reason=self.reason, status=self.status, todo=self.todo
        )


class Transient(Refused):
    """As `Refused`, for what may go better in a moment; `retry_after` is the server's wish."""

    def __init__(
        self,
        state: State,
        reason: str,
        *,
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(state, reason, status=status)
        self.retry_after = retry_after
