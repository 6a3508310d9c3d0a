"""What each kind of page looks like, against pictures that somebody looked at and approved.

`RATEPRESS_APPROVE=1 pytest tests/site/test_pictures.py` takes new ones; look at them before they
are committed. Pictures depend on fonts: where another one is installed the tests are skipped.
"""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from site_kinds import KINDS, one_of

pytestmark = pytest.mark.site

APPROVED = Path(__file__).with_name("approved")
# A pixel differs where a channel is off by more than a fifth of its range; smoothing of type is
# less. A line of text that moves by its height changes more than this share of a picture.
MOST_DIFFERENT = 0.005
WIDTH = """() => {
  const line = document.createElement('span');
  line.textContent = 'CPT 32557 $3,671.17 ratepress';
  line.style.cssText = 'position:absolute;font-size:100px;white-space:nowrap';
  document.body.append(line);
  const width = Math.round(line.getBoundingClientRect().width);
  line.remove();
  return width;
}"""
SHARE = """async ([one, other]) => {
  const pixels = async text => {
    const image = new Image();
    image.src = 'data:image/png;base64,' + text;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    return context.getImageData(0, 0, image.width, image.height);
  };
  const [a, b] = [await pixels(one), await pixels(other)];
  if (a.width !== b.width || a.height !== b.height) return 1;
  let different = 0;
  for (let i = 0; i < a.data.length; i += 4) {
    different += [0, 1, 2].some(c => Math.abs(a.data[i + c] - b.data[i + c]) > 51);
  }
  return different / (a.width * a.height);
}"""
VIEWS = {
    "wide": ({"width": 1180, "height": 760}, "light", "screen", ""),
    "dark": ({"width": 1180, "height": 620}, "dark", "screen", "#benchmarks"),
    "phone": ({"width": 390, "height": 840}, "light", "screen", ""),
    "paper": ({"width": 700, "height": 900}, "light", "print", ""),
}


SMALL = ({"width": 860, "height": 560}, "light", "screen", "")


def taken(browser: Browser, address: str, view: tuple[dict[str, int], str, str, str]) -> bytes:
    size, scheme, media, anchor = view
    page = browser.new_page(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
    page.emulate_media(media=media)  # type: ignore[arg-type]
    page.goto(address + anchor)
    made = page.screenshot(animations="disabled")
    page.close()
    return made


def share(page: Page, one: bytes, other: bytes) -> float:
    """The share of pixels in which two pictures differ; 1 where their sizes do."""
    found: float = page.evaluate(SHARE, [base64.b64encode(each).decode() for each in (one, other)])
    return found


@pytest.fixture
def same_fonts(page: Page) -> int:
    """The width of a line of type; the test is skipped where it is not that of the pictures."""
    width: int = page.evaluate(WIDTH)
    if "RATEPRESS_APPROVE" not in os.environ:
        approved = json.loads((APPROVED / "fonts.json").read_text("utf-8"))["width"]
        if abs(width - approved) > 1:
            pytest.skip(f"another font than that of the pictures: {width} pixels, not {approved}")
    return width


@pytest.mark.parametrize("view", VIEWS)
def test_the_page_looks_as_approved(
    browser: Browser, page: Page, address: str, same_fonts: int, view: str
) -> None:
    made = taken(browser, address, VIEWS[view])
    if "RATEPRESS_APPROVE" in os.environ:
        (APPROVED / "fonts.json").write_text(json.dumps({"width": same_fonts}) + "\n", "utf-8")
    assert differs(page, made, APPROVED / f"code-{view}.png") <= MOST_DIFFERENT


@pytest.mark.parametrize("kind", KINDS)
def test_each_other_kind_of_page_looks_as_approved(
    browser: Browser, page: Page, demo_site: Path, same_fonts: int, kind: str
) -> None:
    made = taken(browser, one_of(demo_site, kind).as_uri(), SMALL)
    assert differs(page, made, APPROVED / f"{kind}.png") <= MOST_DIFFERENT


def differs(page: Page, made: bytes, path: Path) -> float:
    """The share in which a picture differs from the approved one, which it becomes if asked."""
    if "RATEPRESS_APPROVE" in os.environ:
        path.write_bytes(made)
    return share(page, made, path.read_bytes())


def test_a_changed_page_is_noticed(
    browser: Browser, page: Page, address: str, same_fonts: int
) -> None:
    """The check itself: the same page on a dark screen, and one whose text moved by a line."""
    approved = (APPROVED / "code-wide.png").read_bytes()
    page.set_viewport_size({"width": 1180, "height": 760})
    page.evaluate("document.querySelector('h1').style.marginTop = '1.5rem'")
    assert share(page, page.screenshot(), approved) > MOST_DIFFERENT
