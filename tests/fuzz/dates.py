"""Partial dates, as a file spells them and as people write them in a form that came back."""

from functools import cache

from briefbook.catalogues import texts_in
from briefbook.composing.dates_in_words import date_in, date_without_weekday
from briefbook.composing.wording import Wording, wording_of
from briefbook.dates import PartialDate, parse_partial_date

TOKENS = tuple(
    "2018 -05 -07 ~ ? % / .. early mid late 0000 9999 02-29 - – 31 May mayo Monday of 1st º".encode().split()
)
SEEDS = (
    *(b"2018", b"2018-05", b"2018-05-07", b"2018-05-07~", b"2018-05?", b"early 2018-05", b"../2026-01-23"),
    *(b"2021-10-04/2021-10-07", b"2021-10/..", b"late 2018-01/mid 2019-02", b"2024-02-29", b"11 May 2031"),
    *("١٢ \u00b2".encode(), "２０１８".encode()),
    *(b"Sunday, May 11, 2031", b"11-12 May 2031", b"11 de mayo de 2031", "11.–12. 5. 2031".encode()),
)


def run(data: bytes) -> None:
    """A spelling is a date whose days are in order and that is spelled the same again, or a ValueError."""
    text = data.decode("utf-8", "surrogateescape")
    for found in (date_in(text, _wordings()), date_without_weekday(text, _wordings())):
        if found is not None:
            _hold(found)
    try:
        spelled = parse_partial_date(text)
    except ValueError:
        pass
    else:
        _hold(spelled)
        assert text in (str(spelled), f"{spelled}/{spelled}")  # from a day to itself is that day


def _hold(found: PartialDate) -> None:
    assert found.first <= found.last, found
    assert parse_partial_date(str(found)) == found
    assert found.overlaps(found.first, found.last)
    assert found.within(found.first, found.last)


@cache
def _wordings() -> tuple[Wording, ...]:
    return tuple(wording_of(language, texts_in(language, {})) for language in ("es", "de", "en-US"))
