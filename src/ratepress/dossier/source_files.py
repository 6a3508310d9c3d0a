"""The files of a lake as pages list them: what each is, how its rows reconcile, where it was."""

from __future__ import annotations

from ratepress.dossier.model import SourceFile
from ratepress.lake.manifest import Content, Manifest
from ratepress.lake.sources import public_name, public_origin


class SourceFiles:
    """The records of a generation's files by content id, each made when it is first asked for.

    >>> SourceFiles(Manifest()).get("ab12") is None
    True
    """

    def __init__(self, manifest: Manifest) -> None:
        self._contents = {content.content_id: content for content in manifest.contents}
        # By content, for a lake has thousands of files, and a page asks for some twenty of them.
        self._origins: dict[str, dict[str, None]] = {}
        for seen in manifest.observations:
            self._origins.setdefault(seen.content_id, {})[seen.origin] = None
        self._made: dict[str, SourceFile] = {}

    def get(self, content_id: str) -> SourceFile | None:
        """The record of one file; None where the lake has none of that id."""
        made = self._made.get(content_id)
        content = self._contents.get(content_id)
        if made is None and content is not None:
            made = self._made[content_id] = self._record(content)
        return made

    def all(self) -> dict[str, SourceFile]:
        """Every record by content id, in the order of the manifest."""
        return {content_id: self._record(one) for content_id, one in self._contents.items()}

    def _record(self, content: Content) -> SourceFile:
        """That of one content; its origins without what a stranger must not see."""
        origins = list(self._origins.get(content.content_id, ()))
        shared = {
            name: getattr(content, name)
            for name in SourceFile.__struct_fields__
            if name in content.__struct_fields__ and name != "set_aside"
        }
        return SourceFile(
            **shared,
            name=public_name(origins[0]) if origins else content.content_id[:12],
            set_aside={aside.reason: aside.count for aside in content.set_aside},
            origins=tuple(map(public_origin, origins)),
        )
