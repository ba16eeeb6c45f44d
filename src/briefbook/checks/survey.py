"""What several checks ask of all memos at once, gathered in one loop over them.

Most memos of a large book lie packed, and each loop unpacks them all. Nearly always what is gathered shows
that nothing is wrong, and then no check has to look for the place of what is.
"""

from dataclasses import field

from briefbook.checks.naming import Kinds, references_of
from briefbook.checks.texts import has_own_faces, letters_of, tags_of
from briefbook.frozen import changing
from briefbook.look import faces_for
from briefbook.memo import Book
from briefbook.memo_languages import language_of
from briefbook.writers.faces import FaceSet


@changing
class Survey:
    """What stands in the memos that were added, each thing once and without its place."""

    languages: set[str] = field(default_factory=set)  # in which they are printed
    tags: set[str] = field(default_factory=set)  # of the languages that their texts are said to be in
    letters: set[str] = field(default_factory=set)  # of their texts that are not all ASCII
    named: set[tuple[str, Kinds]] = field(default_factory=set)  # ids of facts, and of which kinds
    own_faces: dict[FaceSet, None] = field(default_factory=dict)  # of memos whose faces are not the book's
    faces_by_profile: dict[str, set[FaceSet]] = field(default_factory=dict)
    languages_by_profile: dict[str, set[str]] = field(default_factory=dict)

    def add(self, book: Book) -> None:
        """Add the memos of a book, or of a part of it that has all memos of a file."""
        for memo in book.memos.values():
            language = language_of(memo, book.settings)
            self.languages.add(language)
            faces = None
            if has_own_faces(memo, book):
                faces = faces_for(book, memo)
                self.own_faces[faces] = None
            if memo.profile is not None and book.profiles:
                self.languages_by_profile.setdefault(memo.profile, set()).add(language)
                self.faces_by_profile.setdefault(memo.profile, set()).add(faces or faces_for(book))
        for memo in book.definitions:
            self.named.update((reference.id, kinds) for reference, kinds in references_of(memo))
            for part in (memo, *memo.judgements, *memo.signatures, *memo.tabs, *memo.sections):
                self.tags.update(tags_of(part))
                self.letters.update(letters_of(part))


def surveyed(book: Book) -> Survey:
    """All memos of a book."""
    found = Survey()
    found.add(book)
    return found
