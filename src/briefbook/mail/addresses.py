"""Addresses of mail: parsed, validated, their domains in A-labels. The only email_validator import.

An address is written as people write it: `ana@example.org`, `Ana Holm <ana@example.org>` or
`"Holm, Ana" <ana@example.org>`; a name may also stand without quotes where it has a comma or a full stop.
"""

import re
from unicodedata import category, normalize

from email_validator import EmailNotValidError, validate_email

from briefbook.frozen import frozen

_NAMED = re.compile(r"(?P<name>[^<>]*|\"(?:[^\"\\]|\\.)*\"\s*)<(?P<spec>[^<>]*)>")
_QUOTED = re.compile(r"\"(?P<inside>(?:[^\"\\]|\\.)*)\"")
# Signs that turn the order of letters around: a name could read as another (Unicode TR 36, 2.5).
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
LONGEST_NAME = 200  # characters; a longer one is no name
_OWN_NET = frozenset(("localhost", "local", "test"))  # RFC 6761 and 6762; the validator refuses them
_STAND_IN = ".org"  # put behind a name of the own net while it is validated


_CAPITAL = re.compile("[A-Z]+")


@frozen
class Address:
    """One mailbox. `name` may be empty; `domain` is in A-labels (RFC 5890), so always ASCII."""

    name: str = ""
    local: str
    domain: str

    @property
    def spec(self) -> str:
        """The bare address, as in RCPT TO."""
        return f"{self.local}@{self.domain}"

    @property
    def mailbox(self) -> str:
        """What is the same for two spellings of one address: no provider in use tells `Ana@` from `ana@`.

        By RFC 5321, 2.3.11 it might; then whoever is named twice would rather have one mail than two.
        """
        return mailbox_of(self.spec)

    @property
    def needs_smtputf8(self) -> bool:
        """True where the part before the @ is not ASCII: the server must know SMTPUTF8 (RFC 6531)."""
        return not self.local.isascii()

    def __str__(self) -> str:
        """As a person would write it, and as `address` reads it."""
        if not self.name:
            return self.spec
        name = self.name
        if re.search(r"[^\w \-]", name):
            escaped = name.replace("\\", "\\\\").replace('"', '\\"')
            name = f'"{escaped}"'
        return f"{name} <{self.spec}>"


def mailbox_of(spec: str) -> str:
    """The `mailbox` of a bare address. ASCII alone is folded, as the ledger does: `ß` is not `ss`."""
    return _CAPITAL.sub(lambda found: found[0].lower(), spec)


def address(text: str) -> Address:
    """Read one address. Raises ValueError with a sentence that says what is wrong with it."""
    refuse_unprintable(text, "an address")
    named = _NAMED.fullmatch(text.strip())
    name, spec = (named["name"].rstrip(), named["spec"]) if named else ("", text.strip())
    quoted = _QUOTED.fullmatch(name)
    if quoted:
        name = re.sub(r"\\(.)", r"\1", quoted["inside"])
    elif '"' in name:
        raise ValueError(f"the quotes around the name in {text!r} do not match")
    name = normalize("NFC", " ".join(name.split()))
    if len(name) > LONGEST_NAME:
        raise ValueError(
            f"the name of an address has {len(name)} characters; at most {LONGEST_NAME} are allowed"
        )
    refuse_turning(name, "a name")
    local, domain = _checked(spec, text)
    return Address(name=name, local=local, domain=domain)


def _checked(spec: str, text: str) -> tuple[str, str]:
    """The local part and the domain in A-labels of a bare address."""
    # Names of this machine and of its net are good addresses here, though nobody else can write to them.
    own = spec.rpartition("@")[2].lower().rpartition(".")[2] in _OWN_NET
    try:
        found = validate_email(spec + _STAND_IN if own else spec, strict=True, check_deliverability=False)
    except EmailNotValidError as error:
        said = str(error).rstrip(".")
        raise ValueError(f"{text!r} is not an address: {said[:1].lower()}{said[1:]}") from None
    assert found.ascii_domain is not None
    return found.local_part, found.ascii_domain.lower().removesuffix(_STAND_IN if own else "")


def refuse_unprintable(text: str, what: str) -> None:
    """Refuse what could end or forge a header: control characters, line separators, encoded words.

    Python up to 3.12.4 puts the line breaks in an encoded word (`=?utf-8?q?=0A…?=`, RFC 2047) into the
    header as they are (CVE-2024-6923); nobody types one in good faith. Raises ValueError.
    """
    for sign in text:
        if category(sign) in ("Cc", "Cs", "Zl", "Zp"):
            raise ValueError(f"U+{ord(sign):04X} does not belong in {what}")
    if "?=" in text.partition("=?")[2]:
        raise ValueError(f"an encoded word (=?…?=) does not belong in {what}: write the letters themselves")


def refuse_turning(text: str, what: str) -> None:
    """Refuse signs that turn the order of letters around, so that `fdp.exe` reads as `exe.pdf`."""
    if any(sign in _TURNING for sign in text):
        raise ValueError(f"a sign that turns the order of letters around does not belong in {what}")
