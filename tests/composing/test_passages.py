"""Our readings are carried everywhere in the tree, HTML and JSON, though print says each of them once."""

import json
from datetime import date

from briefbook.readers.read_book import read_book
from briefbook.workshop import Day, Task, Workshop
from tests.conftest import EXAMPLE

DAY = Day(as_of=date(2026, 1, 20), known_by=date(2026, 1, 20))


def outputs() -> dict[str, bytes]:
    workshop = Workshop(read_book(EXAMPLE).book)
    return workshop.render(
        Task(memo=workshop.book.memos["2026-q1.en"], day=DAY, formats=("html", "json", "txt"))
    ).outputs


def runs(node: object) -> list[dict[str, object]]:
    """Every text of a JSON tree."""
    if isinstance(node, dict):
        return ([node] if node.get("type") == "text" else []) + runs(list(node.values()))
    return [run for item in node for run in runs(item)] if isinstance(node, list) else []


def test_every_run_that_shows_an_inferred_date_says_why_in_json() -> None:
    shown = [run for run in runs(json.loads(outputs()["json"])) if "23 January 2026" in str(run["text"])]
    dates = [run for run in shown if run["origin"] == {"fact": "sig-2026-01", "field": "date"}]
    assert len(dates) >= 2  # the entry and the gap
    assert {run["inferred"] for run in dates} == {"the article prints no year"}


def test_what_a_source_says_itself_carries_no_reason() -> None:
    titled = [run for run in runs(json.loads(outputs()["json"])) if run["text"] == "Washington, D.C."]
    assert titled
    assert {run["inferred"] for run in titled} == {None}


def test_html_carries_the_reason_on_the_run() -> None:
    html = outputs()["html"].decode()
    assert 'data-fact="sig-2026-01" data-field="date" data-inferred="the article prints no year"' in html


def test_print_says_it_once_in_the_meetings_entry() -> None:
    text = outputs()["txt"].decode()
    entry = " ".join(
        text.split("Security Implementation Group (in three days)")[1].split("Security")[0].split()
    )
    assert entry.count("The date is our reading") == 1
