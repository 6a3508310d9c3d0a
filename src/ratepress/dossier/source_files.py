"""A file of the lake as a page lists it: what it is, how its rows reconcile, where it was found."""

from __future__ import annotations

from ratepress.dossier.model import SourceFile
from ratepress.lake.manifest import Content, Manifest
from ratepress.lake.sources import public_name, public_origin


def source_file(manifest: Manifest, content: Content) -> SourceFile:
    """The record of one content; its origins without what a stranger must not see."""
    origins = tuple(
        dict.fromkeys(o.origin for o in manifest.observations if o.content_id == content.content_id)
    )
    shared = {
        name: getattr(content, name)
        for name in SourceFile.__struct_fields__
        if name in content.__struct_fields__ and name != "set_aside"
    }
    return SourceFile(
        **shared,
        name=public_name(origins[0]) if origins else content.content_id[:12],
        set_aside={aside.reason: aside.count for aside in content.set_aside},
        origins=tuple(public_origin(origin) for origin in origins),
    )
