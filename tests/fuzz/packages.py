"""A package of Open XML in which anything changes: its XML, the bytes of its parts, its container."""

import io
import zipfile
from collections.abc import Mapping
from typing import NamedTuple

from lxml import etree

from tests.fuzz.choices import HOSTILE, Choices
from tests.hand_edits import W


class Words(NamedTuple):
    """What means something in a package, beside what it holds. Found inputs count on their order."""

    main: str  # the part that every second change is made in
    elements: tuple[str, ...]
    attributes: tuple[str, ...]
    values: tuple[str, ...]
    parts: tuple[str, ...]


_PIECES = (
    *(b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&b;", b"<w:p/>", b"<w:p>", b"</w:p>"),
    *(b"\x00", b"&#0;", b"]]>", b"\xff", b"<w:del><w:ins>", b"<w:tbl>" * 60, b"<w:sdt>" * 300),
    *(b"<?xml version='1.1'?>", b" xmlns:w='a'", b"<a" * 9),
)
_MOST_STEPS = 24


def of_word(names: str) -> tuple[str, ...]:
    """Names of WordprocessingML, written with spaces between."""
    return tuple(W + name for name in names.split())


def changed(parts: Mapping[str, bytes], words: Words, choices: Choices) -> bytes:
    """A package of these parts with some changes, in XML, in bytes of parts and in the container."""
    parts = dict(parts)
    names = list(parts)
    for _ in range(_MOST_STEPS):
        if choices.is_over:
            break
        match choices.number(4):
            case 0 | 1:
                _change_xml(parts, words, choices)
            case 2:
                name = choices.pick(names)
                data = parts.get(name, b"")
                at = choices.number(len(data) + 1)
                parts[name] = data[:at] + choices.pick(_PIECES) + data[at + choices.number(64) :]
            case _:
                name, other = choices.pick(names), choices.pick(words.parts)
                match choices.number(3):
                    case 0:
                        parts.pop(name, None)
                    case 1:
                        parts[other] = parts.pop(name, b"")
                    case _:
                        parts[other] = parts.get(name, b"")
    return _zipped(parts, choices)


def _change_xml(parts: dict[str, bytes], words: Words, choices: Choices) -> None:
    name = words.main if choices.flag() else choices.pick(tuple(parts) or (words.main,))
    try:
        root = etree.fromstring(parts.get(name, b""))
    except etree.XMLSyntaxError:
        return
    elements = [one for one in root.iter() if isinstance(one.tag, str)]
    one, other = choices.pick(elements), choices.pick(elements)
    match choices.number(8):
        case 0:
            parent = one.getparent()
            if parent is not None:
                parent.remove(one)
        case 1:
            other.append(etree.fromstring(etree.tostring(one)))
        case 2:
            if one is not other and other not in one.iterancestors():
                one.append(other)
        case 3:
            one.tag = choices.pick(words.elements)
        case 4:
            one.set(choices.pick(words.attributes), choices.pick(words.values))
        case 5:
            one.text = _bearable(choices.pick(HOSTILE))
        case 6:
            etree.SubElement(one, choices.pick(words.elements)).text = _bearable(choices.text())
        case _:
            for _ in range(choices.number(250)):
                one = etree.SubElement(one, choices.pick(words.elements))
    parts[name] = etree.tostring(root)


def _bearable(text: str) -> str:
    return "".join(
        c
        for c in text
        if c in "\t\n\r" or "\x20" <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff"
    )


def _zipped(parts: dict[str, bytes], choices: Choices) -> bytes:
    file = io.BytesIO()
    method = choices.pick((zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    data = file.getvalue()
    if choices.number(8) == 7:  # the container itself
        at = choices.number(len(data))
        data = data[:at] + choices.take(4) + data[at + choices.number(6) :]
    return data
