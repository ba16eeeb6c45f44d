"""A debrief form as a person fills it in: in Word, in LibreOffice, with words beside the fields."""

import io
import zipfile
from collections.abc import Mapping

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
BODY = "word/document.xml"


def filled(
    docx: bytes,
    answers: Mapping[str, str],
    beside: Mapping[str, str] | None = None,
    *,
    keeps_sign: bool = False,
) -> bytes:
    """The form with answers in its fields, by their ids; `beside` adds words behind those of a paragraph.

    With `keeps_sign` as a script writes it, which leaves the sign that a prompt is shown.
    """
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    root = etree.fromstring(parts[BODY])
    left = dict(answers)
    for control in root.iter(W + "sdt"):
        tag = control.find(f"{W}sdtPr/{W}tag")
        assert tag is not None
        answer = left.pop(str(tag.get(W + "val")).removeprefix("slot:debrief:"), None)
        if answer is not None:
            _answer(control, answer, keeps_sign=keeps_sign)
    assert not left, left
    for paragraph in root.iter(W + "p"):
        words = "".join(map(str, paragraph.itertext()))
        for after, new in (beside or {}).items():
            if after in words:
                _run(paragraph, new)
    parts[BODY] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return out.getvalue()


def _answer(control: etree._Element, answer: str, *, keeps_sign: bool) -> None:
    """As Word does: the prompt goes with the first letter, and with it the sign that it is one."""
    properties = control.find(W + "sdtPr")
    assert properties is not None
    for sign in properties.findall(W + "showingPlcHdr") if not keeps_sign else ():
        properties.remove(sign)
    content = control.find(W + "sdtContent")
    assert content is not None
    for run in content.findall(W + "r"):
        content.remove(run)
    _run(content, answer)


def _run(parent: etree._Element, words: str) -> None:
    run = etree.SubElement(parent, W + "r")
    for number, line in enumerate(words.split("\n")):
        if number:
            etree.SubElement(run, W + "br")
        etree.SubElement(run, W + "t").text = line
