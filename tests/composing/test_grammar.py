"""What the sound and the spelling of a language ask for, from its catalogue alone."""

from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefbook.catalogues import translations_of
from briefbook.composing.grammar import Grammar, grammar_of
from briefbook.composing.template_functions import template_filters, template_globals
from briefbook.composing.wording import wording_of
from briefbook.document import Origin
from briefbook.selection import Words
from briefbook.tool import shipped_catalogue

SPANISH = wording_of("es", (shipped_catalogue("es") or "",))
MESSAGES, FILTERS = template_globals(SPANISH), template_filters(SPANISH)


def fact(text: str) -> Words:
    return Words(text, Origin(fact="f", field="name"))


@pytest.mark.parametrize(
    ("items", "style", "said"),
    [
        (["Francia", "Italia"], "standard", "Francia e Italia"),
        (["México", "Íñigo"], "standard", "México e Íñigo"),
        (["padre", "hijo"], "standard", "padre e hijo"),
        (["agua", "hielo"], "standard", "agua y hielo"),
        (["Perú", "Yucatán"], "standard", "Perú y Yucatán"),
        (["Ana", "Bo", "Inés"], "standard", "Ana, Bo e Inés"),
        (["uno", "otro"], "or", "uno u otro"),
        (["7 de mayo", "8 de mayo"], "or", "7 de mayo u 8 de mayo"),
        (["Italia"], "standard", "Italia"),
        ([], "standard", ""),
    ],
)
def test_the_word_before_the_last_item_fits_its_sound(items: list[str], style: str, said: str) -> None:
    assert SPANISH.listing(items, style) == said


def test_so_it_does_in_a_template_where_items_are_marked() -> None:
    said = FILTERS["listing"]([fact("Francia"), fact("Italia")])
    assert said == "{#f name}Francia{/} e {#f name}Italia{/}"


@pytest.mark.parametrize(
    ("forum", "said"),
    [
        ("el Grupo de Trabajo", "3.ª reunión del {#f name}Grupo de Trabajo{/}"),
        ("la Comisión", "3.ª reunión de {#f name}la Comisión{/}"),
        ("El Salvador", "3.ª reunión de {#f name}El Salvador{/}"),  # a name keeps its article
        ("elecciones", "3.ª reunión de {#f name}elecciones{/}"),
    ],
)
def test_word_and_article_are_drawn_together(forum: str, said: str) -> None:
    message = "%(ordinal)s meeting of %(forum)s"
    made = str(MESSAGES["_"](message, ordinal=FILTERS["ordinal"](3), forum=fact(forum)))
    assert made.replace("\\", "") == said
    plain = said.replace("{#f name}", "").replace("{/}", "")
    assert SPANISH.meeting_of(3, "", forum) == plain


def test_names_stand_as_an_index_of_the_language_has_them() -> None:
    names = ["ñandú", "Núñez", "nube", "Ángel", "Zúñiga", "Andrés", "ola", "nuñez", "Nunez"]
    expected = ["Andrés", "Ángel", "nube", "Nunez", "Núñez", "nuñez", "ñandú", "ola", "Zúñiga"]
    assert FILTERS["in_order"](names) == expected
    english = template_filters(wording_of("en"))["in_order"](["ñandú", "nube", "ola"])
    assert english == ["ñandú", "nube", "ola"]  # as n, before u


@given(st.lists(st.text()))
def test_the_order_loses_nothing_and_is_one(texts: list[str]) -> None:
    ordered: Any = FILTERS["in_order"](texts)
    assert sorted(ordered) == sorted(texts)
    assert FILTERS["in_order"](list(reversed(texts))) == ordered


@pytest.mark.parametrize("said", ["", "nonsense", "=", "a b", "; ; =", "y = : , not", " after "])
def test_what_is_no_rule_asks_for_nothing(said: str) -> None:
    text = "".join(
        f'msgctxt "grammar"\nmsgid "{name}"\nmsgstr "{said}"\n\n'
        for name in ("contractions", "words before the last", "letters of its own")
    )
    grammar = grammar_of(translations_of((text,), is_english=False))
    assert isinstance(grammar, Grammar)
    assert grammar.contracted("de %(x)s", {"x": "el Grupo"})[0] in ("de %(x)s",)
    assert grammar.joining("a y ", "Italia") in ("a y ", "a  ")
    assert grammar.sort_key("ola")[1] == "ola"


def test_a_word_without_end_is_looked_through_once() -> None:
    grammar = Grammar(contractions={("de", "el"): "del"})
    pattern = "e" * 200_000 + " de %(x)s"
    started = process_time()
    assert grammar.contracted(pattern, {"x": "el Grupo"})[0].startswith("eee")
    assert process_time() - started < 1


@pytest.mark.parametrize("attribute", ["__class__", "_x"])
def test_nothing_private_is_sorted_by(attribute: str) -> None:
    with pytest.raises(Exception, match="to sort by"):
        FILTERS["in_order"](["a"], attribute)
