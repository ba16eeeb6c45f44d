"""Fills what a house keeps free for a memo: bound content controls, and fields that show properties.

A cover, a header or a footer says the memo's title where the house has Word's control "Title" (§17.5.2.6) or
a field such as TITLE or DOCPROPERTY (§17.16.5). Word works fields out when it is asked to, and other readers
never do: so what they show is written into them, the same that the memo's properties say.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from lxml import etree

from briefbook.document import Document
from briefbook.writers.docx_styles import Element, W, add
from briefbook.writers.house_properties import HouseProperties

# The stores of properties that a control can be bound to; any other is a part that is left behind.
_STORES = frozenset({"{6C3C8BC8-F283-45AE-878A-BAB7291924A1}", "{6668398D-A668-4E3E-A5EB-62B293D839F1}"})
_STEP = re.compile(
    r"([A-Za-z]+)(?:\[1\])?$"
)  # the last of a binding's path: /ns1:coreProperties[1]/ns0:title[1]
_INSTRUCTION = re.compile(r'\s*(?:DOCPROPERTY\s+)?(?:"([^"]+)"|([^\s\\"]+))', re.IGNORECASE)
_PATTERN = re.compile(r'\\@\s*(?:"([^"]*)"|(\S+))')
_CASE = re.compile(r"\\\*\s*(upper|lower)\b", re.IGNORECASE)
_ALONE = frozenset(
    ("title", "subject", "author", "keywords", "createdate", "savedate")
)  # fields of their own
_DATES = frozenset(
    ("date", "publishdate", "publish date", "created", "createdate", "savedate", "createtime", "modified")
)
# A control over these is a frame around them, not a place for words.
_MORE_THAN_WORDS = tuple(W + name for name in ("drawing", "pict", "object", "tbl", "tr", "sectPr"))
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_HOURS = re.compile(r"AM/PM|[Hhms]+(?:[:.][Hhms]+)*")
_DAY = re.compile(r"(?:d{1,4}|M{1,4}|y{2}|y{4}|[^A-Za-z'])+")


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoWords:
    """What a memo says of itself: words by their names in lower case, its day, its language."""

    words: Mapping[str, str]
    day: date
    language: str

    def named(self, name: str, pattern: str = "") -> str | None:
        """What stands for a name, a day in Word's `pattern` for days; None where a memo has no such words."""
        name = name.strip().lower()
        if name in _DATES:
            return _written(self.day, pattern, self.language)
        return self.words.get(name)


def words_of(document: Document, kept: HouseProperties) -> MemoWords:
    """The words for the places of a house: the same that the properties of its DOCX say."""
    own = {
        "title": document.title,
        "subject": document.footer,
        "author": document.author,
        "creator": document.author,
        "keywords": document.memo,
        "reference": document.reference,
        "category": kept.category,
        "company": kept.company,
        "manager": kept.manager,
    }
    theirs = {each.name.lower(): each.value for each in kept.custom if each.type in ("lpwstr", "lpstr")}
    return MemoWords(words=theirs | own, day=document.as_of, language=document.language)


def has_places(root: Element) -> bool:
    """Whether something in a part may be kept free for words of a memo."""
    return next(root.iter(W + "sdt", W + "fldSimple", W + "instrText"), None) is not None


def fill(root: Element, memo: MemoWords) -> None:
    """Fill the places in a part of the house's; its elements are changed."""
    for control in list(root.iter(W + "sdt")):
        _fill_control(control, memo)
    for field in list(root.iter(W + "fldSimple")):
        words = _words_for(field.get(W + "instr", ""), memo)
        if words is not None:
            _say(list(field.iter(W + "r")), words, field)
    for instruction, runs, end in list(_complex_fields(root)):
        words = _words_for(instruction, memo)
        if words is not None:
            _show(runs, words, end)


# --------------------------------------------------------------------------------------- controls


def _fill_control(control: Element, memo: MemoWords) -> None:
    properties, content = control.find(W + "sdtPr"), control.find(W + "sdtContent")
    if properties is None or content is None:
        return
    binding, date_ = properties.find(W + "dataBinding"), properties.find(W + "date")
    names = [properties.find(W + name) for name in ("tag", "alias")]
    wanted = [each.get(W + "val", "") for each in names if each is not None]
    if binding is not None:
        step = _STEP.search(binding.get(W + "xpath", ""))
        wanted = [step[1]] if step else []
        if binding.get(W + "storeItemID", "").upper() not in _STORES:
            properties.remove(binding)  # Word would show what an empty store says: nothing
    pattern = date_.find(W + "dateFormat") if date_ is not None else None
    form = "" if pattern is None else pattern.get(W + "val", "")
    found = next((words for name in wanted if (words := memo.named(name, form)) is not None), None)
    if not found or next(content.iter(*_MORE_THAN_WORDS), None) is not None:
        return
    if date_ is not None:
        date_.set(W + "fullDate", f"{memo.day.isoformat()}T00:00:00Z")
    paragraphs = list(content.iterfind(W + "p"))
    for paragraph in paragraphs[1:]:
        content.remove(paragraph)
    home = next(content.iter(W + "p"), None)
    if home is None:
        around = control.getparent()
        home = content if around is not None and around.tag == W + "p" else add(content, "p")
    _say(list(content.iter(W + "r")), found, home)


# ----------------------------------------------------------------------------------------- fields


def _words_for(instruction: str, memo: MemoWords) -> str | None:
    """What a field shows, None for one that is none of ours, or that has nothing to show."""
    named = _INSTRUCTION.match(instruction)
    if named is None:
        return None
    name = named[1] or named[2]
    if name.lower() not in _ALONE and "DOCPROPERTY" not in instruction.upper().split():
        return None
    pattern = _PATTERN.search(instruction)
    words = memo.named(name, (pattern[1] or pattern[2] or "") if pattern else "")
    case = _CASE.search(instruction)
    if not words or case is None:
        return words or None
    return words.upper() if case[1].lower() == "upper" else words.lower()


def _complex_fields(root: Element) -> Iterator[tuple[str, list[Element], Element]]:
    """Each field within one paragraph, of no field in it: its instruction, the runs of its result, its end.

    The first of the runs is the one that separates, where the field has a result.
    """
    for paragraph in root.iter(W + "p"):
        runs: list[Element] = []
        instruction = state = ""
        for run in paragraph.iter(W + "r"):
            mark = run.find(W + "fldChar")
            kind = "" if mark is None else mark.get(W + "fldCharType", "")
            if kind == "begin":
                instruction, runs, state = "", [], "begin" if not state else "nested"
            elif kind == "end":
                if state in ("begin", "separate"):
                    yield instruction, runs, run
                state = ""
            elif kind == "separate" and state == "begin":
                state, runs = "separate", [run]
            elif state == "begin":
                instruction += "".join(each.text or "" for each in run.iter(W + "instrText"))
            elif state == "separate":
                runs.append(run)


def _show(runs: list[Element], words: str, end: Element) -> None:
    """Put a result into a complex field, and what separates it where the field had none."""
    parent = end.getparent()
    assert parent is not None
    if not runs:
        separating = etree.Element(W + "r")
        add(separating, "fldChar", fldCharType="separate")
        end.addprevious(separating)
    result = next((run for run in runs[1:] if run.getparent() is parent), None)
    if result is None:
        result = etree.Element(W + "r")
        end.addprevious(result)
    _say([result, *(run for run in runs[1:] if run is not result)], words, parent)


def _say(runs: list[Element], words: str, home: Element) -> None:
    """Let the first of some runs say the words, in its own look, and the others go."""
    for run in runs[1:]:
        parent = run.getparent()
        if parent is not None:
            parent.remove(run)
    run = runs[0] if runs else add(home, "r")
    look = run.find(W + "rPr")
    for child in list(run):
        if child is not look:
            run.remove(child)
    if look is not None:
        for style in look.findall(W + "rStyle"):
            if "placeholder" in style.get(W + "val", "").lower():  # grey, as words that wait for others
                look.remove(style)
    text = add(run, "t")
    text.text = words
    text.set(_SPACE, "preserve")


def _written(day: date, pattern: str, language: str) -> str:
    """A day in Word's pattern for it (§17.16.4.1), without hours; without one as the language writes it."""
    from babel import Locale, UnknownLocaleError  # few houses keep a place for a day
    from babel.dates import format_date

    try:
        locale = Locale.parse("en-GB" if language == "en" else language, sep="-")
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")
    letters = _HOURS.sub("", pattern).strip(" ,")
    if not letters or not _DAY.fullmatch(letters):
        return format_date(day, "long", locale=locale)
    weekdays = {"ddd": "EEE", "dddd": "EEEE"}
    return format_date(day, re.sub("d+", lambda d: weekdays.get(d[0], d[0]), letters), locale=locale)
