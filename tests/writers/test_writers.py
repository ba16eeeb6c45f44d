import subprocess
import sys

import pytest

from briefbook.writers import WRITERS
from briefbook.writers.theme import Theme
from tests.writers.trees import fisheries_memo

FIRST_BYTES = {
    "docx": b"PK\x03\x04",
    "pdf": b"%PDF-",
    "html": b"<!DOCTYPE html>",
    "md": b"# Briefing memo",
    "txt": b"Briefing memo",
    "json": b'{\n  "format": 1,',
}


def test_formats_are_named_by_their_extension() -> None:
    assert set(WRITERS) == set(FIRST_BYTES)
    assert all(writer.name == writer.extension == name for name, writer in WRITERS.items())


@pytest.mark.parametrize("name", WRITERS)
def test_each_format_writes_a_whole_memo(name: str) -> None:
    assert WRITERS[name].write(fisheries_memo(), Theme()).startswith(FIRST_BYTES[name])


def test_the_table_loads_no_library_before_it_writes() -> None:
    program = "import sys, briefbook.writers; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL
    ).stdout.split()
    assert {"reportlab", "docx", "lxml"}.isdisjoint(loaded)
    assert "briefbook.writers" in loaded
