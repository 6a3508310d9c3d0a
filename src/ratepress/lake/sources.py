"""What is in a lake, one record for each source: the Python twin of `ratepress sources`."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from ratepress.lake.manifest import Content
from ratepress.lake.store import Lake


class ListedSource(msgspec.Struct, frozen=True, kw_only=True):
    """One content of the lake, its reconciliation, and where it was seen.

    `rows` is by table; `read` = `loaded` + all of `set_aside`, which is by rule; `first_places`
    says by rule where the first such row stands. `row_is` says what one row is. `origins` are
    paths or URLs, each once, in the order of their first sighting. `incomplete_at` says where a
    file ends that was cut off and is loaded in part.
    """

    content_id: str
    kind: str
    publisher: str
    declared_version: str | None
    detected_version: str | None
    published_on: date | None
    release: str | None
    effective_from: date | None
    effective_until: date | None
    bytes: int
    reader_version: str
    added_at: datetime | None
    row_is: str
    read: int
    loaded: int
    set_aside: dict[str, int]
    first_places: dict[str, str]
    rows: dict[str, int]
    origins: tuple[str, ...]
    n_observations: int
    incomplete_at: str | None = None


def sources(lake: Lake) -> tuple[ListedSource, ...]:
    """Every source of the newest generation, in the order in which they were added.

    >>> import tempfile, pathlib
    >>> sources(Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake"))
    ()
    """
    manifest = lake.manifest()
    seen: dict[str, list[str]] = {}
    for observation in manifest.observations:
        seen.setdefault(observation.content_id, []).append(observation.origin)
    return tuple(listed(c, seen.get(c.content_id, [])) for c in manifest.contents)


def listed(content: Content, origins: list[str]) -> ListedSource:
    """One content as it is listed, with the origins of its observations."""
    same = {
        name: getattr(content, name)
        for name in ListedSource.__struct_fields__
        if name in Content.__struct_fields__ and name != "set_aside"
    }
    return ListedSource(
        **same,
        set_aside={s.reason: s.count for s in content.set_aside},
        first_places={s.reason: s.first_place for s in content.set_aside},
        origins=tuple(dict.fromkeys(origins)),
        n_observations=len(origins),
    )


def public_origin(origin: str) -> str:
    """A URL without its query, which may hold a signature; of a local path the file name alone.

    >>> public_origin("https://example.com/rates.json.gz?signature=secret")
    'https://example.com/rates.json.gz'
    >>> public_origin("/home/me/rates.csv")
    'rates.csv'
    """
    if "://" in origin:
        return origin.partition("?")[0]
    return origin.replace("\\", "/").rsplit("/", 1)[-1]


def public_name(origin: str) -> str:
    """The last part of `public_origin`: the name of the file.

    >>> public_name("https://example.com/files/rates.json.gz?signature=secret")
    'rates.json.gz'
    """
    return public_origin(origin).rsplit("/", 1)[-1]


def public_names(lake: Lake) -> dict[str, str]:
    """The name of each content of the newest generation, as its first origin names the file.

    >>> import tempfile, pathlib
    >>> public_names(Lake.create(pathlib.Path(tempfile.mkdtemp()) / "lake"))
    {}
    """
    found: dict[str, str] = {}
    for observation in lake.manifest().observations:
        found.setdefault(observation.content_id, public_name(observation.origin))
    return found
