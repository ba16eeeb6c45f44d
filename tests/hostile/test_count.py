"""The count of hostile inputs over all entrances: at least 150, at most five counted of a kind.

A module here that has `CASES` is an entrance's: each case begins with its kind and its name.
"""

import importlib
import pkgutil
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache

from tests import hostile

# What each entrance's inputs lie in; templates and YAML have theirs beside what reads them.
ENTRANCES = {
    "test_catalogues": "catalogues",
    "test_zips": "ZIPs of house files and returned documents",
    "test_house_files": "house files",
    "test_returned_files": "returned documents",
    "test_pictures": "pictures",
    "test_faces": "faces",
    "test_paths": "names and places of files",
    "test_links": "addresses",
    "test_texts": "texts of fields",
    "test_servers": "mail servers",
    "test_kept": "the ledger and the store",
    "test_kept_documents": "documents of earlier editions",
    "test_templates": "templates",
    "test_answers": "answers of whoever took over the process of templates",
    "test_yaml": "YAML",
}
MOST_OF_A_KIND = 5


@cache
def cases() -> dict[str, Sequence[Sequence[object]]]:
    """The cases of each module, each table once: a module may take another's."""
    found: dict[str, Sequence[Sequence[object]]] = {}
    for module in sorted(module.name for module in pkgutil.iter_modules(hostile.__path__)):
        table = getattr(importlib.import_module(f"tests.hostile.{module}"), "CASES", None)
        if table is not None and not any(table is other for other in found.values()):
            found[module] = table
    return found


def kinds() -> Iterator[tuple[str, str]]:
    """The module and the kind of every case."""
    for module, table in cases().items():
        for case in table:
            yield module, str(case[0])


def test_at_least_a_hundred_and_fifty_are_counted() -> None:
    counted = sum(min(count, MOST_OF_A_KIND) for count in Counter(kinds()).values())
    assert counted >= 150


def test_no_kind_has_more_than_are_counted() -> None:
    assert [kind for kind, count in Counter(kinds()).items() if count > MOST_OF_A_KIND] == []


def test_each_case_has_a_name_of_its_own() -> None:
    for table in cases().values():
        names = [(case[0], case[1]) for case in table]
        assert len(names) == len(set(names))


def test_every_entrance_has_its_inputs() -> None:
    """Each has several kinds; no table of inputs stands here that is no entrance's."""
    of_each = {module: {kind for own, kind in kinds() if own == module} for module in cases()}
    assert set(of_each) == set(ENTRANCES)
    assert all(len(found) >= 3 for found in of_each.values())
