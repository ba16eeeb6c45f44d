"""The small book that every trial starts from: one memo, three recipients, due every morning."""

import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path

MEMO = "council"
RECIPIENTS = ("ana@norland.example", "bo@norland.example", "carla@sudland.example")
OWNER = "desk@norland.example"
FOLLOWED = "2031-04-21T06:00:00Z"  # the schedule is seen for the first time
DUE = "2031-04-21T07:00:00Z"
EARLIER = ("2031-04-21T06:00:00Z", "2031-04-21T06:20:00Z", "2031-04-21T06:40:00Z")  # of the first day
NEXT_DUE = "2031-04-22T07:00:00Z"
NEXT_LATER = ("2031-04-22T07:01:00Z", "2031-04-22T08:30:00Z", "2031-04-22T14:00:00Z")
LATER = ("2031-04-21T07:01:00Z", "2031-04-21T08:30:00Z", "2031-04-21T14:00:00Z")

_SETTINGS = """\
format: 1
title: Norland–Sudland forums
mail:
  from: Fisheries desk <{owner}>
  host: 127.0.0.1
  port: {port}
  security: plain
  owner: {owner}
"""
_PLAIN_SETTINGS = _SETTINGS.split("mail:")[0]

_FACTS = """\
sources:
  gazette: {short: the gazette, published: 2031-04-02}
  letter: {short: the letter, published: 2031-04-20}
organisations:
  norland: {name: Norland, kind: country}
  sudland: {name: Sudland, kind: country}
forums:
  council: {name: Fisheries Council, sides: [norland, sudland]}
meetings:
  council-3:
    forum: council
    ordinal: 3
    statements:
      - {source: gazette, says: announced, date: 2031-05, place: Port Emery, evidence: will meet in May}
priorities:
  survey:
    forum: council
    text: Survey the shared stock together every spring.
    statements:
      - {source: letter, force: agreed, by: [norland, sudland], evidence: agreed to survey the stock}
"""

_MEMO = """\
title: Fisheries Council
forum: council
sections: [upcoming]
"""
_DELIVERED = """\
schedule: {{cron: "0 7 * * *", zone: UTC}}
deliver:
  to: [{to}]
  attach: [pdf, docx, ics]
  when: always
"""

# Each trial has a new process, and the shipped templates take it half a second to compile.
_TEMPLATES = {
    "sections/upcoming.md.j2": """\
## {{ title or _("Upcoming meetings") }}

{% for meeting in selection.upcoming %}
- {{ meeting.place }}{{ cite(meeting) }}
{% endfor %}
""",
    "mail/body.md.j2": '{{ section("upcoming") }}\n',
}


def make_book(root: Path, port: int | None) -> None:
    """Write the book; with a mail server's port, its schedule and recipients as well."""
    memo = _MEMO if port is None else _MEMO + _DELIVERED.format(to=", ".join(RECIPIENTS))
    settings = _PLAIN_SETTINGS if port is None else _SETTINGS.format(port=port, owner=OWNER)
    for name, text in (
        ("book.yaml", settings),
        ("facts/council.yaml", _FACTS),
        (f"memos/{MEMO}.yaml", memo),
        *((f"templates/{name}", template) for name, template in _TEMPLATES.items()),
    ):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def fresh_copy(template: Path, to: Path) -> None:
    """The template at another place, where nothing stands now."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(template, to)


def digests(folder: Path) -> Mapping[str, str]:
    """Each file under a final name and its SHA-256. Temporary ones are hidden, so is the ledger."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") for part in name.parts):
            found[str(name)] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found
