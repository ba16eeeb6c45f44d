"""Drawings as SVG 1.1: for HTML, where colours follow the page, and for Word, where they are fixed.

`_tag` is the one place here that writes a tag and makes text safe.
"""

from collections.abc import Callable, Mapping
from html import escape
from typing import assert_never

from briefbook.writers.drawing import Drawing, Paint, Pill, Polygon, Shape, Stroke, Words

_Attributes = dict[str, float | str]
Painted = Callable[[str, Paint | None], str]
"""(`fill` or `stroke`, colour) → that property as it is written: `fill="#1F3A5F"`."""


def svg_of(drawing: Drawing, painted: Painted, *, title: str, title_id: str, face: str | None = None) -> str:
    """An `svg` element, `title` its name for who cannot see it; its texts are as wide as was measured.

    `title_id` is the id of that name, unique on its page; `face` a family of faces, else the page's own.
    """
    inner = "".join(_shape(shape, painted) for shape in drawing.shapes)
    size = f"{_number(drawing.width)} {_number(drawing.height)}"
    attributes = {
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": f"0 0 {size}",
        "width": f"{_number(drawing.width)}pt",
        "height": f"{_number(drawing.height)}pt",
        "role": "img",
        "aria-labelledby": title_id,
    }
    if face is not None:
        attributes["font-family"] = face
    name = _tag("title", {"id": title_id}, escape(title))
    return _tag("svg", attributes, name + inner)


def fixed_paint(colours: dict[Paint, str]) -> Painted:
    """Colours as they are, for a picture that stands alone."""
    return lambda name, paint: f'{name}="{"none" if paint is None else "#" + colours[paint]}"'


def themed_paint(name: str, paint: Paint | None) -> str:
    """Colours by the variables of the page's style sheet: they turn with its dark side."""
    return f'style="{name}:{f"var(--{paint})" if paint else "none"}"'


def _shape(shape: Shape, painted: Painted) -> str:
    match shape:
        case Stroke():
            ends: _Attributes = {"x1": shape.x1, "y1": shape.y1, "x2": shape.x2, "y2": shape.y2}
            ends["stroke-width"] = shape.thickness
            if shape.dashed:
                ends["stroke-dasharray"] = "2.5 2"
            return _tag("line", ends, painted=painted("stroke", shape.paint))
        case Pill():
            box: _Attributes = {"x": shape.x, "y": shape.y, "width": shape.width, "height": shape.height}
            box |= {"rx": shape.height / 2, "stroke-width": shape.thickness}
            return _tag("rect", box, painted=_both(painted, shape.fill, shape.outline))
        case Polygon():
            points = " ".join(f"{_number(x)},{_number(y)}" for x, y in shape.points)
            corners: _Attributes = {"points": points, "stroke-width": shape.thickness}
            return _tag("polygon", corners, painted=_both(painted, shape.fill, shape.outline))
        case Words():
            place: _Attributes = {"x": shape.x, "y": shape.baseline, "font-size": shape.size}
            if shape.width > 0:  # another face than ours keeps to the room that was made for it
                place |= {"textLength": shape.width, "lengthAdjust": "spacingAndGlyphs"}
            return _tag("text", place, escape(shape.text), painted("fill", shape.paint))
        case _:
            assert_never(shape)


def _both(painted: Painted, fill: Paint, outline: Paint | None) -> str:
    one, other = painted("fill", fill), painted("stroke", outline)
    if one.startswith("style="):
        return f'{one[:-1]};{other.removeprefix("style=").strip(chr(34))}"'
    return f"{one} {other}"


def _tag(name: str, attributes: Mapping[str, float | str], content: str = "", painted: str = "") -> str:
    """A tag; `content` and `painted` are markup already."""
    written = "".join(
        [
            f' {key}="{escape(value) if isinstance(value, str) else _number(value)}"'
            for key, value in attributes.items()
        ]
    )
    if painted:
        written += f" {painted}"
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def _number(value: float) -> str:
    """To a hundredth of a point."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
