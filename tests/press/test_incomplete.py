"""A file that was salvaged is called incomplete on the page and in the document's JSON."""

from __future__ import annotations

import msgspec

from dossier_sample import PAYER_ID, dossier
from ratepress.core.shapes import to_json
from ratepress.press.footnotes import Footnotes
from ratepress.press.html import page

WHERE = "the file ends at byte 1,024 of its decompressed data; read to byte 900"


def test_the_mark_of_a_salvaged_file_stands_beside_its_name() -> None:
    whole = dossier()
    sources = tuple(
        msgspec.structs.replace(file, incomplete_at=WHERE) if file.content_id == PAYER_ID else file
        for file in whole.sources
    )
    cut = msgspec.structs.replace(whole, sources=sources)
    labels = {e.file.content_id: e.label for e in Footnotes(cut).entries if e.file is not None}
    marked = [content_id for content_id, label in labels.items() if "(incomplete file)" in label]
    assert marked == [PAYER_ID]
    assert f"loaded in part: {WHERE}." in page(cut)
    assert "loaded in part" not in page(whole)
    assert WHERE.encode() in to_json(cut)
