"""The characters that no text has, wherever it comes from."""

import re

# Those that YAML, XML or an editor's line count cannot bear: control characters (but tab, LF and CR), the
# line breaks that no editor shows (U+0085, U+2028, U+2029), the overrides that turn text around (U+202D,
# U+202E), surrogates, U+FEFF inside, U+FFFE and U+FFFF, and U+FFFD, which is what became of a lost character.
BAD = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202d\u202e\ud800-\udfff\ufeff\ufffd-\uffff]"
)
