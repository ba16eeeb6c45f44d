"""How large a picture is printed, and in which colours a drawing is."""

from briefbook.document import Image
from briefbook.writers.drawing import Paint
from briefbook.writers.theme import Theme

_PIXELS = 96.0  # to the inch, where the page has room (CSS Values 4, 6.2)
_HIGHEST = 0.6  # of the room for text on a sheet

GROUND = "FFFFFF"


def printed_size(image: Image, theme: Theme) -> tuple[float, float]:
    """The width and height of a picture in points: as it says, else its own size where the page has room."""
    if image.printed is not None:
        return image.printed, image.printed * image.height / image.width
    page = theme.page
    room = _HIGHEST * (page.height - page.top - page.bottom)
    width, height = (pixels * 72 / _PIXELS for pixels in (image.width, image.height))
    scale = min(1.0, page.measure / width, room / height)
    return width * scale, height * scale


def colours_of(theme: Theme) -> dict[Paint, str]:
    """The colours of a drawing on paper, as six hexadecimal digits."""
    return {
        Paint.INK: theme.ink,
        Paint.ACCENT: theme.accent,
        Paint.QUIET: theme.quiet,
        Paint.HAIRLINE: theme.hairline,
        Paint.GROUND: GROUND,
    }
