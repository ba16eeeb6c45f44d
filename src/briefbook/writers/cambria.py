"""How wide the letters of Cambria are: for the DOCX, which names that face and holds none.

The same widths as Caladea's, by which the PDF is set, so that both give a table's columns the same room; but
without a face at hand, and without ReportLab, which a DOCX alone has no need of. Caladea lacks ↗, the sign
behind a citation: it is as wide as in Source Serif, from which the PDF takes it. Pure.
"""

import unicodedata

# In thousandths of an em, the characters from space to tilde (U+0020 to U+007E), then some signs.
_REGULAR = (
    "220 286 393 619 506 890 687 237 382 382 427 554 205 332 205 490 554 554 554 554 554 554 554 554 554 "
    "554 264 264 554 554 554 422 885 623 611 562 662 575 537 611 687 324 307 629 537 815 681 653 568 653 "
    "621 496 593 648 604 921 571 570 538 350 490 350 554 371 285 488 547 441 555 488 303 494 552 278 266 "
    "524 271 832 558 531 556 547 414 430 338 552 504 774 483 504 455 387 316 387 712"
)
_BOLD = (
    "220 335 422 618 543 976 740 251 408 408 453 592 232 337 232 505 592 592 592 592 592 592 592 592 592 "
    "592 280 280 592 592 592 452 921 652 651 573 705 578 551 646 722 350 341 682 551 846 679 695 614 695 "
    "662 513 639 676 634 961 619 604 566 368 505 368 592 371 285 535 591 469 597 531 326 520 597 314 302 "
    "592 308 890 604 569 597 591 461 459 365 597 531 798 525 531 479 393 320 393 592"
)
_SIGNS = "–—‘’“”„•…«»§€°ßæÆøØłŁœŒı↗"
_REGULAR_SIGNS = (
    "500 1000 221 221 375 375 360 443 752 488 488 500 628 375 605 752 866 531 653 309 540 818 929 278 660"
)
_BOLD_SIGNS = (
    "500 1000 235 235 398 398 395 443 772 522 522 533 640 378 677 794 880 569 695 342 556 857 952 314 660"
)
_CAPITAL = 630  # of another script, and any other letter
_OTHER = 530


class _Widths(dict[str, int]):
    """Character → thousandths of an em; an accent counts nothing, what is not known as most letters do."""

    def __missing__(self, character: str) -> int:
        letter, *accents = list(unicodedata.normalize("NFKD", character))
        if unicodedata.combining(letter):
            width = 0
        elif letter == character and not accents:
            width = _CAPITAL if character.isupper() else _OTHER
        else:  # é is as wide as e, a no-break space as a space, one half as three signs
            width = sum(self[part] for part in (letter, *accents))
        self[character] = width
        return width


def _widths(letters: str, signs: str) -> _Widths:
    known = dict(zip(map(chr, range(0x20, 0x7F)), map(int, letters.split()), strict=True))
    return _Widths(known | dict(zip(_SIGNS, map(int, signs.split()), strict=True)))


_BY_WEIGHT = {False: _widths(_REGULAR, _REGULAR_SIGNS), True: _widths(_BOLD, _BOLD_SIGNS)}


def cambria_width(text: str, strong: bool, emphasis: bool) -> float:
    """The width of a text at size 1, in ems; the slanted letters count as the upright ones."""
    del emphasis
    return sum(map(_BY_WEIGHT[strong].__getitem__, text)) / 1000
