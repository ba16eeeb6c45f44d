"""What stands at the edges of a memo's sheets."""

from briefbook.frozen import frozen


@frozen
class Edge:
    """The line at the head or at the foot of a sheet: patterns with `{page}` and `{pages}`."""

    left: str = ""
    middle: str = ""
    right: str = ""

    @property
    def texts(self) -> tuple[str, ...]:
        """What stands on it, from left to right."""
        return tuple(text for text in (self.left, self.middle, self.right) if text)


@frozen
class Furniture:
    """What stands at the edges of the first sheet, and of every later one."""

    first_top: Edge = Edge()
    first_bottom: Edge = Edge()
    top: Edge = Edge()
    bottom: Edge = Edge()

    @property
    def once(self) -> tuple[str, ...]:
        """What the first sheet alone says: no number of a page, nothing that later sheets say too.

        A reader who skips what runs on through the sheets would miss it.
        """
        running = (*self.top.texts, *self.bottom.texts)
        first = (*self.first_top.texts, *self.first_bottom.texts)
        return tuple(text for text in first if text not in running and "{page" not in text)
