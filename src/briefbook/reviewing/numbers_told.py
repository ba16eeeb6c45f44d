"""The numbers that a text tells, in figures and in words: other ones may be another fact. Pure."""

import re

_EN = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundreds? thousands?
    [mbtr]illions? dozens? first seconds? thirds? fourths? fifths? sixths? sevenths? eighths? ninths? tenths?
    eleventh twelfth (?:thir|four|fif|six|seven|eigh|nine)teenth
    (?:twen|thir|for|fif|six|seven|eigh|nine)tieth hundredths? thousandths? once twice thrice half halves
    quarters? double[ds]? triple[ds]? twofold threefold tenfold
"""
_ES = """
    cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince
    dieciséis diecisiete dieciocho diecinueve veinte veinti\\w+ treinta cuarenta cincuenta sesenta setenta
    ochenta noventa cien ciento cientos (?:dos|tres|cuatro|seis|sete|ocho|nove)cient[oa]s quinient[oa]s mil
    miles mill[oó]n(?:es)? billón billones docenas? decenas? centenar(?:es)? millar(?:es)? primer[oa]?s?
    segund[oa]s? tercer[oa]?s? cuart[oa]s? quint[oa]s? sext[oa]s? séptim[oa]s? octav[oa]s? noven[oa]s?
    décim[oa]s? mitad medi[oa]s? tercios? doble triple
"""
_WORDS = {"en": _EN, "es": _ES}  # `once` is eleven in the one and no number in the other


def numbers_in(text: str, language: str) -> list[str]:
    """The numbers of a text in their order; those in words where the language (BCP 47) is known."""
    words = "|".join(_WORDS.get(language.partition("-")[0].lower(), "").split())
    return re.findall(rf"\d+|\b(?:{words})\b" if words else r"\d+", text.casefold())
