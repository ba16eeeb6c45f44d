"""The look of HTML: the theme as one style sheet for screen (light and dark) and print.

Lengths on screen are relative to the reader's own size of text; print takes the theme's points.
"""

import re

from briefbook.document import MARKING
from briefbook.marking import Banner
from briefbook.writers.theme import TextStyle, Theme

# On the dark ground every colour of text has a contrast of 7:1 or more (WCAG 2.2, 1.4.6).
_DARK = {"ground": "15181D", "ink": "E8E8E8", "accent": "A9C7F2", "quiet": "BCC2CC", "hairline": "5F6977"}


def style_sheet(theme: Theme, *, page_of: str, banner: Banner | None = None) -> str:
    """CSS for the elements that `to_html` writes; `page_of` as in a document, for the margin of print."""
    return (
        _colours(theme)
        + _words(theme)
        + _blocks(theme)
        + _narrow_and_print(theme, page_of)
        + _banner(theme, banner)
    )


def _banner(theme: Theme, banner: Banner | None) -> str:
    """A banner in its own colours, flush right: on screen first and last, on paper in header and footer."""
    if banner is None:
        return ""
    look = f"background: #{banner.paper}; color: #{banner.ink}; print-color-adjust: exact;"
    on_page = (
        f"content: {_css_string(banner.text)}; color: #{banner.ink}; background: #{banner.paper};"
        f" font: bold {banner.size:g}pt {_css_string(theme.docx_face)}, Caladea, Georgia, serif;"
    )
    return f"""\
[data-section={MARKING}] {{ text-align: right; }}
[data-section={MARKING}] strong {{ {look} padding: .1em .3em; }}
@page {{ @top-right {{ {on_page} }} @bottom-left {{ {on_page} }} }}
"""


def _colours(theme: Theme) -> str:
    light = {
        "ground": "FFFFFF",
        "ink": theme.ink,
        "accent": theme.accent,
        "quiet": theme.quiet,
        "hairline": theme.hairline,
    }
    return f"""\
:root {{ color-scheme: light dark; {_variables(light)} }}
@media screen and (prefers-color-scheme: dark) {{ :root {{ {_variables(_DARK)} }} }}
"""


def _words(theme: Theme) -> str:
    """The page, headings, paragraphs, links and what is superior."""
    return f"""\
body {{ margin: 0; background: var(--ground); color: var(--ink);
  font: 112.5%/1.45 {_css_string(theme.docx_face)}, Caladea, Georgia, "Times New Roman", serif; }}
main, body > footer {{ max-width: 36em; margin: 0 auto; padding: 0 1.25em; overflow-wrap: break-word; }}
main {{ padding-top: 2.5em; }}
h1, h2, h3, h4, h5, h6 {{ margin: 0; line-height: 1.25; }}
h1 {{ {_type(theme.heading_1, theme)} }}
h2 {{ {_type(theme.heading_2, theme)} }}
h3, h4, h5, h6 {{ {_type(theme.heading_3, theme)} }}
p {{ margin: 0 0 {_em(theme.body.after, theme.body)}; }}
p.lead-in {{ margin-bottom: {_em(min(theme.body.after, theme.heading_2.after), theme.body)}; }}
.headline {{ display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline;
  column-gap: 2em; }}
.headline p {{ color: var(--quiet); }}
a {{ color: var(--accent); }}
a:focus-visible {{ outline: 2px solid var(--accent); outline-offset: 2px; }}
sup {{ font-size: {theme.cite_scale:g}em; line-height: 0; }}
sup a, a.back {{ text-decoration: none; }}
sup a.words {{ padding: 0 .15em; }}
sup a:hover, a.back:hover {{ text-decoration: underline; }}
"""


def _blocks(theme: Theme) -> str:
    """Lists, labels with values, tables, pictures, sources and the footer."""
    return f"""\
ol, ul {{ margin: 0 0 {_em(theme.body.after, theme.body)};
  padding-left: {_em(theme.item_indent, theme.body)}; }}
li {{ margin-bottom: {_em(theme.item.after, theme.body)}; }}
li > p, li > ol, li > ul {{ margin-bottom: {_em(theme.item.after, theme.body)}; }}
dl {{ margin: 0 0 {_em(theme.body.after, theme.body)}; }}
dl > div {{ display: grid; grid-template-columns: {_em(theme.label_width, theme.body)} 1fr; column-gap: 1em;
  margin-bottom: {_em(theme.label.after, theme.body)}; }}
dt {{ color: var(--quiet); }}
dd {{ margin: 0; }}
header > dl {{ padding-bottom: .5em; border-bottom: 1px solid var(--hairline); }}
table {{ width: 100%; border-collapse: collapse; margin: 0 0 .75em; line-height: 1.35;
  font-size: {_em(theme.table_cell.size, theme.body)}; }}
th, td {{ text-align: start; vertical-align: top; padding: {theme.cell_padding:g}pt {theme.column_gap:g}pt;
  padding-left: 0; }}
thead th {{ border-bottom: 1px solid var(--hairline); }}
tbody tr + tr > td {{ border-top: 1px solid color-mix(in srgb, var(--hairline) 35%, transparent); }}
figure {{ margin: 0 0 .75em; overflow-x: auto; }}
figure svg {{ display: block; width: 100%; height: auto; min-width: 26em; }}
figure img {{ max-width: 100%; height: auto; background: #fff; }}
figcaption {{ font-size: {_em(theme.source.size, theme.body)}; margin-top: .35em; }}
.sources {{ font-size: {_em(theme.source.size, theme.body)}; line-height: 1.4; padding-left: 1.75em; }}
.sources li:target {{ outline: 2px solid var(--accent); outline-offset: 2px; }}
body > footer {{ padding-bottom: 2.5em; font-size: {_em(theme.footer.size, theme.body)};
  color: var(--quiet); max-width: {36 * theme.body.size / theme.footer.size:.3g}em; }}
body > footer p {{ border-top: 1px solid var(--hairline); margin-top: 2em; padding-top: .5em; }}
.unseen {{ position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap; }}
"""


def _narrow_and_print(theme: Theme, page_of: str) -> str:
    """What is otherwise on a small screen, and on paper."""
    page = theme.page
    margins = " ".join(f"{side:g}pt" for side in (page.top, page.right, page.bottom, page.left))
    return f"""\
@media screen and (max-width: 32em) {{ dl > div {{ grid-template-columns: 1fr; }} }}
@page {{ size: {page.width:g}pt {page.height:g}pt; margin: {margins};
  @bottom-right {{ content: {_page_of(page_of)}; color: #{theme.quiet};
    font: {theme.footer.size:g}pt {_css_string(theme.docx_face)}, Caladea, Georgia, serif; }} }}
@media print {{
  body {{ font-size: {theme.body.size:g}pt; line-height: {theme.body.leading / theme.body.size:.3g}; }}
  main, body > footer {{ max-width: none; padding: 0; }}
  h1, h2, h3, h4, h5, h6, .headline, .lead-in {{ break-after: avoid; }}
  p, li, dd {{ orphans: 2; widows: 2; }}
  tr, dl > div, .sources li, figure {{ break-inside: avoid; }}
  figure svg {{ min-width: 0; }}
  thead {{ display: table-header-group; }}
  a {{ text-decoration: none; }}
  a.back, a.words {{ display: none; }}
}}
"""


def _variables(colours: dict[str, str]) -> str:
    return " ".join(f"--{name}: #{colour};" for name, colour in colours.items())


def _type(style: TextStyle, theme: Theme) -> str:
    """Size, weight and space of a heading, in its own em."""
    return (
        f"font-size: {_em(style.size, theme.body)}; font-weight: {'bold' if style.strong else 'normal'}; "
        f"margin: {_em(style.before, style)} 0 {_em(style.after, style)}; color: var(--accent);"
    )


def _em(points: float, against: TextStyle) -> str:
    """A length of the theme as a multiple of a style's size."""
    return f"{points / against.size:.3g}em"


def _page_of(pattern: str) -> str:
    """The pattern of page numbers as the value of CSS's `content` (Paged Media 3, 5.3)."""
    parts = {"{page}": "counter(page)", "{pages}": "counter(pages)"}
    return (
        " ".join(parts.get(part, _css_string(part)) for part in re.split(r"(\{pages?\})", pattern) if part)
        or '""'
    )


def _css_string(text: str) -> str:
    """A text as a CSS string; all but ASCII letters, digits and spaces is escaped, `<` too."""
    return '"' + re.sub(r"[^A-Za-z0-9 ]", lambda found: f"\\{ord(found[0]):x} ", text) + '"'
