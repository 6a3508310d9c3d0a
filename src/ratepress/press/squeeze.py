"""What HTML lets one leave out, left out of the templates before they are compiled: no page pays.

A template is written with all its ends and quotation marks, as editors and people like it. About a
twentieth of a page is neither.
"""

from __future__ import annotations

import re

from jinja2.ext import Extension

_ENDS = re.compile(r"</(?:li|dt|dd|td|th|tr)>")
# A value that stands in the template as it is; one that is filled in keeps its quotation marks.
_QUOTED = re.compile(r'(?<=[a-z])="([A-Za-z0-9_#-]+)"(?=[ >])')


def squeeze(template: str) -> str:
    """The source of a template without ends that the next tag implies, and without bare quotes.

    >>> squeeze('<ul class="ways"><li><a href="{{ link }}">x</a></li></ul>')
    '<ul class=ways><li><a href="{{ link }}">x</a></ul>'
    """
    return _QUOTED.sub(r"=\1", _ENDS.sub("", template))


class Squeezed(Extension):
    """The extension of Jinja that does so with every template."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002
        """The source that is compiled."""
        return squeeze(source)
