"""A text that was printed and came back from the scanner: pages as pictures, read by tesseract.

What stands here between paper and file is drawn by a seed: a page is turned a little, is never
quite sharp, and carries grain. Lines longer than the page is wide are folded, as a printer does it.
"""

import io
import random
import shutil
import subprocess
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import matplotlib
from PIL import Image, ImageDraw, ImageFilter, ImageFont

COLUMNS, ROWS = 96, 60
MARGIN = 3  # signs on every side
DOTS_A_SIGN = 30  # height of a line of 12 points at 180 dots an inch
WHITE = 255
FONT = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSansMono.ttf"


@dataclass(frozen=True)
class Quality:
    """How good a scan is: degrees of turn, dots of blur, and grain of 0 to 255."""

    turn: float
    blur: float
    grain: int


SHARP = Quality(0.0, 0.0, 0)
SCANNED = Quality(0.4, 0.8, 24)


def is_present() -> bool:
    """True when tesseract is on this machine."""
    return shutil.which("tesseract") is not None


def printed(data: bytes, quality: Quality, rng: random.Random) -> bytes:
    """The text of a file after it was printed, scanned and recognised."""
    pages = _pages(data.decode("utf-8", "replace"))
    return b"\n".join(_recognised(_scanned(page, quality, rng)) for page in pages)


def _pages(text: str) -> Iterator[Image.Image]:
    lines = [
        piece
        for line in text.expandtabs(8).splitlines()
        for piece in textwrap.wrap(line, COLUMNS, replace_whitespace=False) or [""]
    ]
    font = ImageFont.truetype(FONT, round(DOTS_A_SIGN / 1.2))
    wide = font.getlength("M")
    size = round((COLUMNS + 2 * MARGIN) * wide), (ROWS + 2 * MARGIN) * DOTS_A_SIGN
    for start in range(0, len(lines), ROWS):
        page = Image.new("L", size, WHITE)
        pen = ImageDraw.Draw(page)
        for row, line in enumerate(lines[start : start + ROWS]):
            pen.text((MARGIN * wide, (MARGIN + row) * DOTS_A_SIGN), line, font=font, fill=0)
        yield page


def _scanned(page: Image.Image, quality: Quality, rng: random.Random) -> Image.Image:
    if quality == SHARP:
        return page
    turned = page.rotate(
        rng.uniform(-quality.turn, quality.turn), Image.Resampling.BICUBIC, fillcolor=WHITE
    )
    blurred = turned.filter(ImageFilter.GaussianBlur(quality.blur))
    grain = Image.frombytes("L", page.size, rng.randbytes(page.size[0] * page.size[1]))
    return Image.blend(blurred, grain, quality.grain / WHITE)


def _recognised(page: Image.Image) -> bytes:
    picture = io.BytesIO()
    page.save(picture, "PNG", dpi=(180, 180))
    done = subprocess.run(
        ["tesseract", "-", "-", "--psm", "6", "-c", "preserve_interword_spaces=1"],
        input=picture.getvalue(),
        capture_output=True,
        check=True,
        timeout=300,
    )
    return done.stdout
