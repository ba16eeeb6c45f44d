"""How much of a book is read: whoever wrote it, that ends soon and within the memory of a small machine.

Each is far above what a desk writes and stands here with its reason; `docs/facts.md` lists them. More than
that is a mistake or an attack, and ends in a problem at the place where it begins.
"""

MEBIBYTE = 1024 * 1024

LARGEST_FILE = 32 * MEBIBYTE  # bytes of one file; 10,000 facts take 4 MB
LARGEST_BOOK = 512 * MEBIBYTE  # bytes of all its files; 100,000 facts and as many memos take 100 MB
MOST_EVENTS = 2_500_000  # of the parser, one file: a short file may hold very many; 10,000 facts give 390,000
DEEPEST = 64  # lists and mappings in each other; a book needs eight, and what walks them may call itself
LONGEST_TEXT = 100_000  # characters of one text: some thirty pages, which no field of a memo is for
MOST_ITEMS = 1_000  # of one list, and languages of one text: some are compared with each other, pair by pair
MOST_MISTAKES = 1_000  # told of one file: nobody mends more before the next check, and each takes memory
MOST_BAD_CHARACTERS = 20  # told of one file; one with more is no text but a picture or the like
MOST_TOKENS = 1_000_000  # of a file that is no YAML, looked at for the slip: they take a second
MOST_DIRECTIVES = 16  # lines that begin with `%`: the parser compares each `%TAG` with all before it
MOST_GUESSES = 200  # unknown words of a book for which the nearest known one is looked for: that takes long
