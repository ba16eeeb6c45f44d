"""`house:` of a book or a memo → the house's Word file in a theme, and what is wrong with it."""

import re
from collections.abc import Iterator
from dataclasses import replace

from briefbook.diagnostics import Problem, Severity, did_you_mean, has_errors
from briefbook.look_spec import HouseSpec
from briefbook.memo import Book
from briefbook.writers.house_contents import HouseRefused
from briefbook.writers.house_file import MARKER, ReadHouse, chosen_styles, own_styles, read_house
from briefbook.writers.theme import File, HouseFile, StyleName, Theme

# Styles that make most of a page, and that a house should have; what else it lacks is added in its manner.
_SHOWN = ("heading 1", "heading 2", "heading 3", "Body Text", "List Bullet", "List Number", "Memo Table")
_LISTED = 5  # names in a hint
_NUMBER = re.compile(r"[0-9]+")
_NARROWEST = 144.0  # points of text in a line, 5 cm


def with_house(
    theme: Theme, house: HouseSpec, book: Book, problems: list[Problem], *, endnotes: bool
) -> Theme:
    """The theme with the house that the settings name; without it, and with problems, where it is refused.

    `endnotes`: sources are printed as such.
    """
    data = book.files.get(house.file.name)
    if data is None:
        problems += book.unread_at(house.file)
        return theme
    pairs = tuple(StyleName(ours=each.ours, theirs=each.theirs) for each in house.styles)
    made = HouseFile(file=File.of(data), styles=pairs)
    try:
        read = read_house(made)
    except HouseRefused as refused:
        problems.append(Problem(where=house.file.where, message=refused.message, hint=refused.hint))
        return theme
    found = [*_style_mistakes(house, read), *_style_gaps(house, made, read), *_text_lost(house, read)]
    if endnotes and read.closes_in_section:
        message = f"the endnotes of a memo stand behind the closing of {house.file.name}"
        hint = "end a section before the closing (Layout > Breaks > Continuous), or print footnotes"
        where = house.file.where
        found.append(Problem(where=where, severity=Severity.WARNING, message=message, hint=hint))
    if read.page.measure < _NARROWEST:
        message = f"the sheet of {house.file.name} leaves no room for text between its margins"
        hint = "mend its page size or its margins in Word"
        found.append(Problem(where=house.file.where, message=message, hint=hint))
    problems += found
    return theme if has_errors(found) else replace(theme, house=made)


def _style_mistakes(house: HouseSpec, read: ReadHouse) -> Iterator[Problem]:
    """Names of styles in the settings that no memo uses, or that the house does not have."""
    for setting in house.styles:
        own = own_styles().get(setting.ours.lower())
        if own is None:
            names = [style.name for style in own_styles().values()]
            message = f"no memo has a style {setting.ours!r}"
            yield Problem(where=setting.ours_at, message=message, hint=did_you_mean(setting.ours, names))
        elif (own.kind, setting.theirs.lower()) not in read.styles:
            names = [style.name for style in read.styles.values() if style.kind == own.kind]
            message = f"{house.file.name} has no {own.kind} style {setting.theirs!r}"
            hint = did_you_mean(setting.theirs, names)
            yield Problem(where=setting.theirs_at, message=message, hint=hint)


def _style_gaps(house: HouseSpec, made: HouseFile, read: ReadHouse) -> Iterator[Problem]:
    """Which of the styles that make most of a page a house lacks; of tables, if it has some of its own."""
    chosen = chosen_styles(made)
    for name in _SHOWN:
        own = own_styles()[name.lower()]
        if name.lower() in chosen or (own.kind, name.lower()) in read.styles:
            continue
        free = _free_styles(name, own.kind, chosen, read)
        another = "name another under 'styles'"
        if own.kind == "table":  # Word has none of our table's name: only another could be meant
            if not free:
                continue
            names = sorted(free)
            listed = ", ".join(names[:_LISTED]) + (", …" if len(names) > _LISTED else "")
            hint = f"tables of the file: {listed}; {another}"
        else:
            near = did_you_mean(name, free)
            hint = f"use it once in the file, or {another}"
            if near:
                hint = f"{near}{' ' if near.endswith('?') else '; '}{hint}"
        message = f"{house.file.name} has no style {name!r}: briefbook's own is used"
        yield Problem(where=house.file.where, severity=Severity.WARNING, message=message, hint=hint)


def _text_lost(house: HouseSpec, read: ReadHouse) -> Iterator[Problem]:
    """What of the house's text is not in a memo as whoever wrote it will have meant."""
    name, where = house.file.name, house.file.where
    if read.notes_left_out:
        message = f"the notes in the text of {name} are left out ({read.notes_left_out})"
        hint = "write what they say into the text: the notes of a memo are its sources"
        yield Problem(where=where, severity=Severity.WARNING, message=message, hint=hint)
    if read.left_out:
        message = f"the text of {name} is left out: {read.left_out!r}"
        hint = f"put {MARKER} on a line of its own where memos go, outside of tables and boxes; what stands"
        hint = f"{hint} before and after it is kept"
        if read.lost_marker in ("a table", "a box"):
            hint = f"its {MARKER} stands in {read.lost_marker}, where no memo goes: {hint}"
        yield Problem(where=where, severity=Severity.WARNING, message=message, hint=hint)
    for place in read.printed_markers:
        message = f"a {MARKER} in {place} of {name} is printed as it stands"
        hint = "keep one, on a line of its own in the text, outside of tables and boxes; delete the others"
        yield Problem(where=where, severity=Severity.WARNING, message=message, hint=hint)


def _free_styles(name: str, kind: str, chosen: dict[str, str], read: ReadHouse) -> set[str]:
    """The names of the house's own styles that could stand for one of ours, and stand for no other yet.

    One with another number is no candidate: a heading of the second level is not one of the first. Nor is a
    style of tables that came with Word and that the house does not use: there are a hundred.
    """
    taken = own_styles().keys() | {theirs.lower() for theirs in chosen.values()}
    default = read.default_of(kind)
    return {
        style.name
        for style in read.styles.values()
        if style.kind == kind
        and style != default
        and style.name.lower() not in taken
        and (
            style.id in read.table_styles
            if kind == "table"
            else set(_NUMBER.findall(style.name)) <= set(_NUMBER.findall(name))
        )
    }
