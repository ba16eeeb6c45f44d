"""Text as XML: escaped so that lxml, which wrote these parts once, reads it back as it was."""

import zipfile
from io import BytesIO
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from briefbook.writers.docx_flow import elements_of, escaped, quoted, written
from briefbook.writers.docx_package import Relationships, part_of_bytes, part_of_text, zip_of_parts
from briefbook.writers.docx_runs import add_run
from briefbook.writers.docx_styles import W

# What XML can hold (XML 1.0, 2.2), with what means something in it drawn often.
TEXTS = st.text(
    st.one_of(
        st.sampled_from("&<>\"'\r\n\t];"),
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"),
    )
)


@given(TEXTS)
def test_a_text_is_spelt_as_lxml_spells_it_and_reads_back(text: str) -> None:
    element = etree.Element("a", b=text)
    element.text = text
    shown = f'<a b="{quoted(text)}">{escaped(text)}</a>'
    assert shown == etree.tostring(element, encoding="unicode") or not text
    read = etree.fromstring(shown)
    assert (read.get("b"), read.text or "") == (text, text)


@given(TEXTS)
def test_a_run_holds_its_text_whatever_it_is(text: str) -> None:
    flow: list[str] = []
    add_run(flow, text, "Strong", "<w:i/>")
    (run,) = elements_of("".join(flow))
    assert [(child.tag, child.text or "") for child in run.iter(W + "t")] == [(W + "t", text)]
    assert [child.tag for child in run[0]] == [W + "rStyle", W + "i"]
    assert elements_of(written(run))[0].find(W + "t") is not None


@given(
    st.binary(min_size=1, max_size=60),
    st.integers(1, 9_000),
    st.integers(0, 2**32),
    st.sampled_from([0, 3, 6]),
)
def test_a_part_holds_its_bytes_at_any_size_and_level(
    piece: bytes, size: int, chance: int, level: int
) -> None:
    pieces = [piece, piece[::-1], piece[:3], b"<w:"]
    content = b"".join(Random(chance).choices(pieces, k=size))[:size]
    part = part_of_bytes("a.xml", content, level=level)
    with zipfile.ZipFile(BytesIO(zip_of_parts([part]))) as package:
        assert package.testzip() is None
        assert package.read("a.xml") == content


@pytest.mark.parametrize("sign", ["\0", "\x0b", "\x1f", "\ud800", "\ufffe", "\uffff"])
def test_what_no_xml_can_hold_is_refused(sign: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 – a UnicodeEncodeError is one too
        part_of_text("word/document.xml", f"<a>{sign}</a>")


def test_an_address_is_a_target_whatever_it_holds() -> None:
    relationships = Relationships()
    assert [relationships.add("kind", target) for target in ('https://a.example/?a=1&b="<2>"', "b")] == [
        "rId1",
        "rId2",
    ]
    assert [entry.get("Target") for entry in etree.fromstring(relationships.xml())] == [
        'https://a.example/?a=1&b="<2>"',
        "b",
    ]
