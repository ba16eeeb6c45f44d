"""A bound book as its writers take it: laid out once, for both say the same of its pages."""

from dataclasses import replace

from briefbook.binder import Binder
from briefbook.frozen import frozen
from briefbook.writers.bound_layout import BoundPages, lay_out_bound
from briefbook.writers.bound_look import bound_theme
from briefbook.writers.faces import measure_of
from briefbook.writers.logo import with_logo
from briefbook.writers.theme import Theme


@frozen
class LaidBook:
    """A binder, a look, and the pages that it makes in it."""

    binder: Binder  # the theme's logo stands on its cover
    theme: Theme  # of `bound_theme`
    laid: BoundPages


def laid_book(binder: Binder, theme: Theme) -> LaidBook:
    """Lay a binder out in the look that bound books have in a theme."""
    binder = replace(binder, cover=with_logo(binder.cover, theme))
    theme = bound_theme(theme)
    return LaidBook(binder=binder, theme=theme, laid=lay_out_bound(binder, theme, measure_of(theme)))
