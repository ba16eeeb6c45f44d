"""Draws what each way takes as bars, in SVG: it needs no package, and a page of the web shows it."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from benchmarks.figures import Bar, told

OWN, PEER, INK, QUIET = "#1f3a5f", "#a9b4c2", "#1b1f24", "#5c6672"
LABELS, BARS, VALUES = 230, 360, 210  # widths of the three columns
STEP, THICK, TOP, FOOT = 30, 18, 54, 14


def plot(bars: Sequence[Bar], title: str) -> str:
    """An SVG of bars from the quickest to the slowest, briefbook's in the dark colour."""
    ordered = sorted(bars, key=lambda bar: bar.milliseconds)
    longest = max(bar.milliseconds for bar in bars)
    width, height = LABELS + BARS + VALUES, TOP + STEP * len(bars) + FOOT
    said = "; ".join(f"{bar.label} {told(bar.milliseconds, 'ms')}" for bar in ordered)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" font-family="system-ui, sans-serif" font-size="13" role="img">',
        f"<title>{escape(title)}</title>",
        f"<desc>{escape(said)}</desc>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="16" y="28" font-size="15" font-weight="600" fill="{INK}">{escape(title)}</text>',
    ]
    for number, bar in enumerate(ordered):
        top = TOP + STEP * number
        length = max(1.0, BARS * bar.milliseconds / longest)
        middle = top + THICK / 2 + 4.5
        weight = ' font-weight="600"' if bar.own else ""
        lines += [
            f'<text x="{LABELS - 10}" y="{middle:.1f}" text-anchor="end" fill="{INK}"{weight}>'
            f"{escape(bar.label)}</text>",
            f'<rect x="{LABELS}" y="{top}" width="{length:.1f}" height="{THICK}" rx="2" '
            f'fill="{OWN if bar.own else PEER}"/>',
            f'<text x="{LABELS + length + 6:.1f}" y="{middle:.1f}" fill="{INK}"{weight}>'
            f'{told(bar.milliseconds, "")}<tspan dx="8" font-weight="400" fill="{QUIET}">'
            f"{escape(bar.gives)}</tspan></text>",
        ]
    return "\n".join([*lines, "</svg>"]) + "\n"
