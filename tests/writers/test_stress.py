"""The document of all that is hard to set, in every way of citing, as DOCX; PDF: test_pdf_standards."""

from pathlib import Path

import pytest

from briefbook.document import Citations, Figure, blocks_of, notes_of, without_notes
from briefbook.writers.theme import Theme
from briefbook.writers.to_docx import write_docx
from tests.audit import faults_of
from tests.libreoffice import bare, needs_office, odt_words, to_odt
from tests.writers.stress import NOTES, stress_document
from tests.writers.trees import said, ways_out, words_of


@pytest.mark.parametrize("citations", Citations)
def test_the_audit_finds_nothing(citations: Citations, tmp_path: Path) -> None:
    assert faults_of(write_docx(stress_document(citations), Theme()), tmp_path) == []


@needs_office
def test_libreoffice_reads_it_word_for_word(tmp_path: Path) -> None:
    documents = {str(citations): stress_document(citations) for citations in Citations}
    files = {name: write_docx(document, Theme()) for name, document in documents.items()}
    for name, odt in to_odt(files, tmp_path).items():
        document = documents[name]
        body, notes = odt_words(odt)
        [alt] = [block.alt for block in blocks_of(document) if isinstance(block, Figure)]
        printed = " ".join(words_of(without_notes(document))).replace(f"{alt} ", "")
        expected = f"{printed} {document.notes_title}"
        read = " ".join(body)
        assert read.count("↗") == len(ways_out(document)), name
        assert bare(read.replace(" ↑", "").replace("↗", "")) == bare(expected), name
        entries = [entry for _, entry in sorted(notes_of(document).items())]
        assert notes == [word for entry in entries for word in said(entry.children).split()], name
        assert len(entries) == (0 if document.citations is Citations.NUMBERED else NOTES)
