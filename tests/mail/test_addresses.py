"""Addresses: what is read from what people write, and what is refused with which words."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefbook.mail.addresses import Address, address

NAMES = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp")), max_size=60)


@pytest.mark.parametrize(
    ("written", "name", "spec"),
    [
        ("ana@example.org", "", "ana@example.org"),
        ("  Ana Holm <ana@example.org> ", "Ana Holm", "ana@example.org"),
        ("<ana@example.org>", "", "ana@example.org"),
        ('"Holm, Ana" <ana@example.org>', "Holm, Ana", "ana@example.org"),
        ("Holm, Ana <ana@example.org>", "Holm, Ana", "ana@example.org"),
        ("Dr. Ana Holm (desk) <ana@example.org>", "Dr. Ana Holm (desk)", "ana@example.org"),
        (r'"Ana \"the pen\" Holm" <ana@example.org>', 'Ana "the pen" Holm', "ana@example.org"),
        ('"Bo <bo@example.net>" <ana@example.org>', "Bo <bo@example.net>", "ana@example.org"),
        ("Łucja Żółć <lucja@example.org>", "Łucja Żółć", "lucja@example.org"),
        ("Ana@EXAMPLE.Org", "", "Ana@example.org"),
        ("ana@münchen.example.org", "", "ana@xn--mnchen-3ya.example.org"),
        ("ana@localhost", "", "ana@localhost"),
        ("desk@mail.ministry.local", "", "desk@mail.ministry.local"),
        ("desk@norland.test", "", "desk@norland.test"),
    ],
)
def test_an_address_is_read_as_people_write_it(written: str, name: str, spec: str) -> None:
    read = address(written)
    assert (read.name, read.spec) == (name, spec)
    assert not read.needs_smtputf8
    assert address(str(read)) == read


def test_a_local_part_that_is_not_ascii_needs_smtputf8() -> None:
    read = address("Łucja <łucja@żółw.example.org>")
    assert read == Address(name="Łucja", local="łucja", domain="xn--w-uga1v8h.example.org")
    assert read.needs_smtputf8


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("", "must have an @-sign"),
        ("ana", "must have an @-sign"),
        ("ana@ministry", "should have a period"),
        ("ana@example..org", "two periods in a row"),
        ("ana@example.org, bo@example.org", "invalid characters"),
        ("Ana <ana@example.org>, Bo <bo@example.org>", "invalid characters"),
        ("Ana <ana@example.org> Holm", "is not an address"),
        ('"Ana <ana@example.org>', "quotes around the name"),
        ("ana@example.invalid", "special-use"),
        ("ana@xn--zzzzzz99.org", "IDNA"),
        ("ana@[192.0.2.1]", "bracketed IP"),
        ("x" * 65 + "@example.org", "too long"),
        ("x" * 201 + " <ana@example.org>", "at most 200"),
        ("ana@example.org\r\nBcc: x@example.net", "U+000D"),
        ("Ana\0 <ana@example.org>", "U+0000"),
        ("Ana\u2028Bo <ana@example.org>", "U+2028"),
        ("Ana\u2029Bo <ana@example.org>", "U+2029"),
        ("Ana\ud800 <ana@example.org>", "U+D800"),
        ("=?utf-8?q?Ana=0ABcc:_x@example.net?= <ana@example.org>", "encoded word"),
        ("\u202egro.elpmaxe@ana <x@example.org>", "order of letters"),
    ],
)
def test_what_is_no_address_is_refused_with_the_reason(written: str, told: str) -> None:
    with pytest.raises(ValueError, match=r"^.*") as refused:
        address(written)
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


@given(NAMES)
def test_every_name_is_read_back_or_refused(name: str) -> None:
    written = str(Address(name=" ".join(name.split()), local="ana", domain="example.org"))
    try:
        read = address(written)
    except ValueError:
        assert "=?" in name
        return
    assert address(str(read)) == read


@given(st.text(max_size=40))
def test_any_text_gives_an_address_or_a_sentence(text: str) -> None:
    try:
        read = address(text)
    except ValueError:
        return
    assert read.domain.isascii()
    assert read.spec.count("@") == 1


def test_two_spellings_are_one_mailbox_but_other_letters_another() -> None:
    assert address("Ana <Ana@Example.org>").mailbox == address("ana@example.org").mailbox
    assert address("stra\u00dfe@example.org").mailbox != address("strasse@example.org").mailbox


@pytest.mark.parametrize("text", ["a" + " " * 50_000 + "b", "=?a" * 30_000])
def test_a_long_text_that_is_no_address_is_refused_at_once(text: str) -> None:
    began = time.process_time()
    with pytest.raises(ValueError, match=r"."):
        address(text)
    assert time.process_time() - began < 2
