"""How the pages of a site are made, whoever asks for them: one typed record for all faces."""

from __future__ import annotations

from datetime import date

import msgspec

from ratepress.core.errors import UsageError
from ratepress.market.benchmark import DEFAULT_STRENGTH, check_strength
from ratepress.press.text import safe_link


class Edition(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for every page of a site.

    `as_of` defaults to the newest date in the lake; `strength` is the ghost-filter strength.
    `base_url` is where the site is served, for its map and its feed. `with_descriptions` shows on
    the pages of codes, and to the search, what files call them: texts that are not ours, and for
    the AMA's of which a publisher needs a licence.
    """

    as_of: date | None = None
    strength: str = DEFAULT_STRENGTH
    base_url: str = ""
    with_descriptions: bool = False

    def checked(self) -> Edition:
        """The edition itself; `UsageError` for an unknown strength and an address that is none."""
        check_strength(self.strength)
        if self.base_url and safe_link(self.base_url) is None:
            raise UsageError(
                "The address of the site is none",
                found=self.base_url,
                expected="https://…",
                todo="check it",
            )
        return self

    @property
    def options(self) -> tuple[str, ...]:
        """What a page is made from beside the lake, its day and its strength."""
        return ("with descriptions",) if self.with_descriptions else ()

    @property
    def base(self) -> str:
        """What stands before the address of a page, in a map.

        >>> Edition(base_url="https://example.org/prices").base
        'https://example.org/prices/'
        """
        return f"{self.base_url.rstrip('/')}/" if self.base_url else ""
