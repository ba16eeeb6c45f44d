"""Small faces of a user's own, cut out of one that ReportLab brings along."""

from functools import cache
from io import BytesIO
from pathlib import Path

import reportlab
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

VERA = Path(str(reportlab.__file__)).parent / "fonts" / "Vera.ttf"  # 2048 units to the em
LETTERS = "Port Emery, 11 May: é, ö.•–—→0123456789"


@cache
def small_face() -> bytes:
    """A face of these letters, some of which are made of two outlines."""
    with TTFont(VERA) as font:
        options = Options(hinting=True, name_IDs=["*"], notdef_outline=True)
        subsetter = Subsetter(options)
        subsetter.populate(text=LETTERS)
        subsetter.subset(font)
        assert any(font["glyf"][name].isComposite() for name in font.getGlyphOrder())
        return saved(font)


@cache
def typewriter_face() -> bytes:
    """The whole face with every letter as wide: its table of widths holds one, as those of such faces do."""
    with TTFont(VERA) as font:
        metrics = font["hmtx"].metrics
        for name, (_, bearing) in metrics.items():
            metrics[name] = (1233, bearing)
        font["post"].isFixedPitch = 1
        made = saved(font)
    with TTFont(BytesIO(made)) as again:
        assert again["hhea"].numberOfHMetrics == 1
    return made


@cache
def georgian_face() -> bytes:
    """The face with Georgian letters, which look like Latin ones; no face of briefbook's has any."""
    with TTFont(VERA) as font:
        for table in font["cmap"].tables:
            if table.isUnicode():
                table.cmap |= {0x10D0 + number: table.cmap[ord("a") + number % 26] for number in range(33)}
        return saved(font)


def saved(font: TTFont) -> bytes:
    out = BytesIO()
    font.recalcTimestamp = False
    font.save(out)
    return out.getvalue()
