"""The look that a book and a memo ask for → a `Theme`, and what is wrong with the files that they name."""

from dataclasses import replace
from pathlib import PurePosixPath

from briefbook.diagnostics import Problem, Severity, place_of
from briefbook.document import Citations
from briefbook.frozen import frozen
from briefbook.look_spec import ColourSpec, FaceSpec, FileName, LogoSpec, MarginSpec
from briefbook.memo import Book, EdgeSpec, Memo, Profile
from briefbook.memo_languages import language_of
from briefbook.readers.read_picture import read_picture
from briefbook.writers.faces import OURS, FaceSet, faces_of, own_face_mistake
from briefbook.writers.theme import (
    FACES,
    PAGES,
    File,
    Logo,
    OwnFaces,
    Page,
    Theme,
    coloured,
    contrast_on_white,
    enlarged,
)

_READABLE = 4.5  # the least contrast of text (WCAG 2.2, 1.4.3)
_OF_NUMBERS = 4 / 3  # of an item's indent: room for the number of the 99th paragraph
_ABOVE_FOOTER = 8.0  # points between the text and the line at the foot
_BELOW_LOGO = 10.0  # points, from a logo to the title; nothing at a page's head without one
_TALLEST_LOGO = 142.0  # points, 5 cm: what is left of the first page is for the memo


@frozen
class Look:
    """A theme, and the problems of what it was made from; what has an error is not in the theme."""

    theme: Theme
    problems: tuple[Problem, ...] = ()


def look_of(book: Book, memo: Memo | None = None) -> Look:
    """The look of a memo, or of the book where none is given: the memo's settings before the book's."""
    problems: list[Problem] = []
    settings = book.settings
    profile = book.profiles.get(memo.profile) if memo and memo.profile else None
    asked = (memo.theme if memo else None, profile.theme if profile else None, settings.theme)
    themes = [each for each in asked if each is not None]

    page = next((each.page for each in themes if each.page), None) or settings.page or "a4"
    theme = Theme(page=PAGES[page])
    for each in reversed(themes):
        if each.margins is not None:
            theme = replace(theme, page=_with_margins(theme.page, each.margins))
        if each.colours is not None:
            theme = _with_colours(theme, each.colours, problems)
    faces = next((each.faces for each in themes if each.faces), None)
    if faces is not None:
        theme = _with_faces(theme, faces, book, problems)
    if profile is not None:
        theme = _with_profile(theme, profile)
    logo = next((each.logo for each in themes if each.logo), None)
    if logo is not None:
        language = language_of(memo, settings) if memo else settings.language
        title = replace(theme.heading_1, before=_BELOW_LOGO)
        theme = replace(theme, logo=_logo(logo, theme.page, book, language, problems), heading_1=title)
    house = (memo and memo.house) or settings.house
    if house is not None:
        from briefbook.house_look import with_house  # lxml is for books that have a house

        endnotes = ((memo and memo.citations) or settings.citations) is Citations.ENDNOTES
        theme = with_house(theme, house, book, problems, endnotes=endnotes)
    return Look(theme=theme, problems=tuple(replace(problem, of_look=True) for problem in problems))


def faces_for(book: Book, memo: Memo | None = None) -> FaceSet:
    """The faces of a memo's look, or of the book's, without the rest of it."""
    profile = book.profiles.get(memo.profile) if memo and memo.profile else None
    asked = (memo.theme if memo else None, profile.theme if profile else None, book.settings.theme)
    faces = next((theme.faces for theme in asked if theme and theme.faces), None)
    return OURS if faces is None else faces_of(_with_faces(Theme(), faces, book, []))


def _with_margins(page: Page, margins: MarginSpec) -> Page:
    sides = {side: getattr(margins, side) for side in ("top", "right", "bottom", "left")}
    return replace(page, **{side: points for side, points in sides.items() if points is not None})


def _with_profile(theme: Theme, profile: Profile) -> Theme:
    """The theme with the measures of a profile; the text leaves the line at the foot its room."""
    if profile.text is not None:
        theme = enlarged(theme, profile.text / theme.body.size)
    if profile.between is not None:
        body, item = (replace(style, after=profile.between) for style in (theme.body, theme.item))
        label = replace(theme.label, after=max(theme.label.after, profile.between / 2))
        theme = replace(theme, body=body, item=item, label=label, list_after=profile.between)
    edges = profile.furniture.edges if profile.furniture else ()
    size = profile.title_text or theme.heading_1.size
    title = replace(theme.heading_1, size=size, leading=round(size * 1.2, 1), centred=profile.is_centred)
    theme = replace(
        theme,
        heading_1=title,
        item_indent=theme.item_indent * (_OF_NUMBERS if profile.is_numbered else 1),
        signs=profile.signs or theme.signs,
        header_distance=profile.header or theme.header_distance,
        footer_distance=profile.footer or theme.footer_distance,
        footer_ruled=profile.is_ruled,
        middle=any(edge.middle for edge in edges),
        first_header=any(edge != EdgeSpec() for edge in edges[:1]),
    )
    foot = theme.footer_distance + theme.footer.leading + _ABOVE_FOOTER
    head = theme.header_distance + theme.footer.leading
    page = replace(theme.page, bottom=max(theme.page.bottom, foot), top=max(theme.page.top, head))
    return replace(theme, page=page)


def _with_colours(theme: Theme, colours: ColourSpec, problems: list[Problem]) -> Theme:
    for name in ("ink", "accent", "quiet"):  # the hairlines say nothing that text doesn't say
        colour = getattr(colours, name)
        if colour is not None and contrast_on_white(colour) < _READABLE:
            ratio = int(contrast_on_white(colour) * 100) / 100  # 4.496 is not 4.5
            message = f"text in {colour} is hard to read on white: a contrast of {ratio:.2f} to 1"
            hint = "WCAG 2.2 asks for 4.5 to 1 or more: take a darker one"
            where = place_of(colours, name)
            problems.append(Problem(where=where, severity=Severity.WARNING, message=message, hint=hint))
    return coloured(
        theme,
        ink=colours.ink or theme.ink,
        accent=colours.accent or theme.accent,
        quiet=colours.quiet or theme.quiet,
        hairline=colours.hairline or theme.hairline,
    )


def _logo(logo: LogoSpec, page: Page, book: Book, language: str, problems: list[Problem]) -> Logo | None:
    data = book.files.get(logo.file.name)
    if data is None:
        problems += book.unread_at(logo.file)
        return None
    picture, found = read_picture(logo.file.where, PurePosixPath(logo.file.name).suffix.lower(), data)
    problems += found
    if picture is None:
        return None
    height = logo.width * picture.height / picture.width
    if logo.width > page.measure or height > _TALLEST_LOGO:
        message = (
            f"the logo would be {logo.width / 72 * 2.54:.1f} cm wide and {height / 72 * 2.54:.1f} cm high"
        )
        hint = "there is room for the width of the text and a height of 5 cm: state a smaller width"
        problems.append(Problem(where=logo.file.where, message=message, hint=hint))
        return None
    return Logo(
        file=File.of(data),
        media_type=picture.media_type,
        pixels_wide=picture.width,
        pixels_high=picture.height,
        width=logo.width,
        alt=logo.alt.best(language)[1],
    )


# ------------------------------------------------------------------------------------------ faces


def _with_faces(theme: Theme, faces: FaceSpec, book: Book, problems: list[Problem]) -> Theme:
    if faces.name is not None:
        return replace(theme, faces=faces.name, docx_face=FACES[faces.name])
    own: dict[str, File] = {}
    for style in ("regular", "bold", "italic", "bold_italic"):
        named: FileName | None = getattr(faces, style)
        data = book.files.get(named.name) if named is not None else None
        if named is None:
            continue
        if data is None:
            problems += book.unread_at(named)
            continue
        file = File.of(data)
        mistake = own_face_mistake(file)
        if mistake is not None:
            problems.append(Problem(where=named.where, message=mistake[0], hint=mistake[1]))
        else:
            own[style] = file
    if len(own) < len(faces.files):
        return theme
    assert faces.docx is not None  # `regular` and `docx` are required
    return replace(theme, own_faces=OwnFaces(**own), docx_face=faces.docx)
