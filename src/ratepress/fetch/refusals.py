"""What a server means by an answer that is no file: by its status, its headers and its first bytes.

The words of the object stores are theirs: Azure Storage "PublicAccessNotPermitted" and
"AuthenticationFailed", Amazon S3 and CloudFront "AccessDenied ... Request has expired", Google
"ExpiredToken". HTML with status 200 is what log-in pages and firewalls send.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from ratepress.fetch.states import Refused, State, Transient

HEAD_BYTES = 4_096
_AGAIN = {408, 425, 429, 500, 502, 503, 504}
_EXPIRED = re.compile(
    rb"request has expired|expiredtoken|token has expired|signature has expired|link has expired"
    rb"|signature not valid in the specified time frame|signed expiry time",
    re.IGNORECASE,
)
_NOT_PUBLIC = re.compile(rb"publicaccessnotpermitted", re.IGNORECASE)
_BAD_SIGNATURE = re.compile(rb"authenticationfailed|signaturedoesnotmatch", re.IGNORECASE)
_HTML = re.compile(rb"(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.S)
_STORE_ERROR = re.compile(rb"(<\?xml[^>]*>\s*)?<(Error|\w*Exception)\b[^>]*>")


def refusal(status: int, body: bytes, retry_after: str | None = None) -> Refused:
    """What to raise for a status that brings no file; `body` is its first bytes.

    >>> refusal(403, b"<Code>AccessDenied</Code><Message>Request has expired</Message>").state
    <State.EXPIRED: 'expired'>
    """
    if _EXPIRED.search(body):
        return Refused(State.EXPIRED, "the signed link has expired", status=status)
    if _NOT_PUBLIC.search(body):
        return Refused(State.NOT_PUBLIC, "the store says PublicAccessNotPermitted", status=status)
    if status in (404, 410):
        return Refused(
            State.ABSENT, f"the server has no such file (status {status})", status=status
        )
    if status in _AGAIN:
        state = State.BUSY if status in (429, 503) else State.UNREACHABLE
        return Transient(
            state,
            f"the server answered with status {status}",
            status=status,
            retry_after=seconds_of(retry_after),
        )
    if status in (401, 403) or _BAD_SIGNATURE.search(body):
        why = ": the signature is not accepted" if _BAD_SIGNATURE.search(body) else ""
        return Refused(State.DENIED, f"access is denied (status {status}){why}", status=status)
    return Refused(State.UNEXPECTED, f"the server answered with status {status}", status=status)


def page_in_place_of_data(head: bytes) -> Refused | None:
    r"""What to raise where a body with status 200 begins as a page or a store's error does.

    >>> page_in_place_of_data(b"\n<!DOCTYPE html><title>Log in").state
    <State.WEB_PAGE: 'web page'>
    >>> page_in_place_of_data(b'{"version": "<html>"}') is None
    True
    """
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _HTML.match(start):
        return Refused(State.WEB_PAGE, "a web page came in place of data", status=200)
    if _STORE_ERROR.match(start):
        return refusal(200, start)
    return None


def seconds_of(retry_after: str | None) -> float | None:
    """The header Retry-After in seconds from now; None where it is absent or malformed.

    >>> seconds_of("120"), seconds_of("soon")
    (120.0, None)
    """
    if retry_after is None:
        return None
    seconds = whole_number(retry_after)
    if seconds is not None:
        return float(seconds)
    try:
        then = parsedate_to_datetime(retry_after)
    except (ValueError, TypeError, OverflowError):
        return None
    if then.tzinfo is None:
        then = then.replace(tzinfo=UTC)
    return max(0.0, (then - datetime.now(UTC)).total_seconds())


def whole_number(text: str | None) -> int | None:
    """A header's number; None where it is absent, no number, or larger than any file.

    >>> whole_number(" 1024 "), whole_number("-1"), whole_number("9" * 5000)
    (1024, None, None)
    """
    stated = (text or "").strip()
    return int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 19 else None
