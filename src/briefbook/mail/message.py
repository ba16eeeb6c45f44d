"""A letter as the bytes of one message (RFC 5322 and MIME), the same bytes each time.

The tree is

    multipart/mixed
      multipart/alternative
        text/plain
        text/html
      each attachment, the calendar among them

Headers are encoded here, word by word: Python's own folding has lost quotes around names, spaces between
words and, up to 3.12.4, let line breaks through (CVE-2024-6923). What comes out is read again by the `email`
package and compared with what was meant, so a letter goes out as meant or not at all.
"""

import re
from base64 import encodebytes
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from email import message_from_string
from email.header import Header, decode_header, make_header
from email.message import EmailMessage, Message
from email.policy import compat32
from email.policy import default as modern
from email.quoprimime import body_encode
from email.utils import format_datetime, getaddresses
from hashlib import sha256
from urllib.parse import quote

from briefbook.frozen import frozen
from briefbook.mail.addresses import Address, refuse_turning, refuse_unprintable

LINE = 76  # characters of a header line or an encoded one (RFC 2047, 2; RFC 2045, 6.7 and 6.8)
LONGEST_LINE = 998  # RFC 5322, 2.1.1
_WORD = 62  # characters of an encoded word, so that it fits beside the name of any header
_PARAMETER = 60  # characters of one piece of a parameter (RFC 2231, 3)
_PLAIN_WORDS = re.compile(r"[!-~]{1,70}(?: [!-~]{1,70})*")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+(; charset=utf-8)?")
_MESSAGE_ID = re.compile(r"<[a-z0-9.-]+@[a-z0-9.-]+>")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_METHOD = re.compile(rb"^METHOD:([A-Z]+)\r?$", re.MULTILINE)
_CALENDAR = "text/calendar"


@frozen
class Attachment:
    """A file that goes with a letter. `data` arrives byte for byte."""

    name: str
    data: bytes
    media_type: str  # application/pdf, text/plain; charset=utf-8; of a calendar with or without its method


@frozen
class Letter:
    """One message. There is no Bcc: whoever gets a blind copy is named to the server alone."""

    sender: Address
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    reply_to: Address | None = None
    subject: str
    text: str
    html: str = ""  # none: the text alone
    attachments: tuple[Attachment, ...] = ()  # the calendar among them
    date: datetime  # aware; its offset is printed
    message_id: str  # with its angle brackets
    language: str  # BCP 47

    @property
    def needs_smtputf8(self) -> bool:
        """True where an address in the header is not ASCII: every server on the way must know SMTPUTF8."""
        return any(one.needs_smtputf8 for one in (self.sender, *self.to, *self.cc, *self._replies))

    @property
    def _replies(self) -> tuple[Address, ...]:
        return (self.reply_to,) if self.reply_to else ()


def message_id(
    memo: str, due: datetime, recipient: str, edition: str, domain: str, occasion: str = ""
) -> str:
    """The Message-ID: a digest of what the message is for, in the book's domain (in A-labels).

    The same letter to the same recipient has the same one on every run. `edition` says which edition of which
    content, so that two books' letters differ where the books do; of a notice it is empty. `occasion` tells
    apart what has all else in common, such as two notices of one run.
    """
    moment = _aware(due).astimezone(UTC).isoformat(timespec="seconds")
    said = "\0".join((memo, moment, recipient, edition, occasion))
    return f"<{sha256(said.encode()).hexdigest()[:32]}@{domain}>"


def to_bytes(letter: Letter) -> bytes:
    """The bytes of a letter, with CRLF line ends, in lines of at most 998 bytes (RFC 5322, 2.1.1).

    All is ASCII but for addresses that need SMTPUTF8, which stand in UTF-8 (RFC 6532). Raises ValueError with
    a sentence for what cannot stand in a message, and where what comes out does not read as what was meant.
    """
    _check(letter)
    body = _text_part("plain", letter.text)
    if letter.html:
        body = _multipart("alternative", (body, _text_part("html", letter.html)))
    if letter.attachments:
        body = _multipart("mixed", (body, *map(_file_part, letter.attachments)))
    data = b"\r\n".join(_folded(name, words) for name, words in _headers(letter)) + b"\r\n" + body
    if max(map(len, data.split(b"\r\n"))) > LONGEST_LINE:
        raise ValueError(f"a line of the message is longer than {LONGEST_LINE} bytes")
    _confirm(data, letter)
    return data


# ------------------------------------------------------------------------------------- refusing


def _check(letter: Letter) -> None:
    """Refuse what cannot stand in a header. Raises ValueError."""
    refuse_unprintable(letter.subject, "a subject")
    if not letter.subject.strip():
        raise ValueError("the subject is empty")
    for one in (letter.sender, *letter.to, *letter.cc, *letter._replies):
        refuse_unprintable(f"{one.name} {one.spec}", "an address")
    for what, value, shape in (
        ("a Message-ID", letter.message_id, _MESSAGE_ID),
        ("a language", letter.language, _LANGUAGE),
    ):
        if not shape.fullmatch(value):
            raise ValueError(f"{value!r} is not {what}")
    _aware(letter.date)
    names = [file.name for file in letter.attachments]
    for file in letter.attachments:
        refuse_unprintable(file.name, "a file name")
        refuse_turning(file.name, "a file name")
        if not file.name.strip(". ") or re.search(r'[/\\:*?"<>|]', file.name):
            raise ValueError(f"{file.name!r} is no file name that every system takes")
        if names.count(file.name) > 1:
            raise ValueError(f"two attachments have the name {file.name!r}")
        if not _MEDIA_TYPE.fullmatch(_type_of(file)):
            raise ValueError(f"{file.media_type!r} is not a media type")
    if sum(_type_of(file) == _CALENDAR for file in letter.attachments) > 1:
        raise ValueError("a letter has one calendar at most")


def _aware(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError("a date without a zone tells no instant")
    return moment


# -------------------------------------------------------------------------------------- headers


def _headers(letter: Letter) -> list[tuple[str, list[str]]]:
    """The headers but those of MIME's tree: names and the words of their values, encoded."""
    headers = [("Date", _date(letter.date).split(" ")), ("From", _mailboxes((letter.sender,)))]
    if letter.to or not letter.cc:  # an empty group where all get blind copies (RFC 5322, 3.6.3)
        headers.append(("To", _mailboxes(letter.to) if letter.to else ["undisclosed-recipients:;"]))
    if letter.cc:
        headers.append(("Cc", _mailboxes(letter.cc)))
    if letter.reply_to:
        headers.append(("Reply-To", _mailboxes((letter.reply_to,))))
    return [
        *headers,
        ("Subject", _unstructured(letter.subject)),
        ("Message-ID", [letter.message_id]),
        ("Content-Language", [letter.language]),
        ("Auto-Submitted", ["auto-generated"]),  # RFC 3834: no vacation notes come back
        ("MIME-Version", ["1.0"]),
    ]


def _date(moment: datetime) -> str:
    """RFC 5322, 3.3: with the offset of its zone; in UTC where that is not of whole minutes."""
    offset = moment.utcoffset()
    assert offset is not None
    return format_datetime(moment if offset.total_seconds() % 60 == 0 else moment.astimezone(UTC))


def _unstructured(text: str) -> list[str]:
    """The words of a text: as they are where they are ASCII, else encoded (RFC 2047)."""
    if _PLAIN_WORDS.fullmatch(text) and "=?" not in text:
        return text.split(" ")
    return _encoded(text)


def _mailboxes(addresses: Iterable[Address]) -> list[str]:
    """The words of a list of addresses; no word breaks within quotes."""
    words: list[str] = []
    for one in addresses:
        if words:
            words[-1] += ","
        words += [*_phrase(one.name), f"<{one.spec}>"] if one.name else [one.spec]
    return words


def _phrase(name: str) -> list[str]:
    """The words of a display name (RFC 5322, 3.2.5): atoms, one quoted string, or encoded words."""
    if "=?" not in name and len(name) <= LINE - len("Reply-To: "):
        if _ATOMS.fullmatch(name):
            return name.split(" ")
        if _PLAIN_WORDS.fullmatch(name):
            escaped = name.replace("\\", "\\\\").replace('"', '\\"')
            return [f'"{escaped}"']
    return _encoded(name)


def _encoded(text: str) -> list[str]:
    """A text as encoded words in UTF-8; no letter is cut in two (RFC 2047, 5)."""
    return Header(text, "utf-8", maxlinelen=_WORD).encode().split("\n ")


def _folded(name: str, words: Sequence[str]) -> bytes:
    """A header line, broken between words where it would be longer than `LINE`."""
    lines = [f"{name}: {words[0]}"]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word.encode()) > LINE:
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines).encode()


# ----------------------------------------------------------------------------------------- MIME


def _part(headers: Iterable[tuple[str, Sequence[str]]], body: bytes) -> bytes:
    return b"\r\n".join((*(_folded(name, words) for name, words in headers), b"", body))


def _multipart(kind: str, parts: Sequence[bytes]) -> bytes:
    """Parts between lines that cannot occur in them: in neither encoding a `_` follows a `=`."""
    digest = sha256(kind.encode())
    for part in parts:
        digest.update(part)
    boundary = f"=_{digest.hexdigest()[:40]}"
    body = b"".join(b"--%b\r\n%b\r\n" % (boundary.encode(), part) for part in parts)
    header = ("Content-Type", [f"multipart/{kind};", f'boundary="{boundary}"'])
    return _part([header], body + f"--{boundary}--\r\n".encode())


def _text_part(kind: str, text: str) -> bytes:
    """A text in quoted-printable: plain to read in the source, and safe from relays."""
    headers = (
        ("Content-Type", [f"text/{kind};", "charset=utf-8"]),
        ("Content-Transfer-Encoding", ["quoted-printable"]),
    )
    octets = _in_crlf(text).replace("\r\n", "\n").encode().decode("latin-1")
    lines = body_encode(octets, maxlinelen=LINE - 2).split("\n")
    # A mailbox file puts `>` before a line's `From `, a careless relay loses its lone dot (RFC 2049, 3).
    lines = [re.sub("^[F.]", lambda first: f"={ord(first[0]):02X}", line) for line in lines]
    return _part(headers, "\r\n".join(lines).encode("ascii"))


def _in_crlf(text: str) -> str:
    return re.sub("\r\n|\r|\n", "\r\n", text)


def _file_part(file: Attachment) -> bytes:
    """A file in base64.

    A calendar is a file too, with a name, and not a third alternative of the body: as an alternative Outlook
    may take the whole mail for a meeting item and hide the memo, and a client that shows the last alternative
    that it knows would show the dates alone. Beside the body it can be saved and opened by every client, and
    by its type and method (RFC 6047, 2.4) those that know calendars find the meetings in it.
    """
    kind, method = _type_of(file), _method_of(file)
    headers = (
        ("Content-Type", [f"{kind};", f"method={method};", "charset=utf-8"] if method else [kind]),
        ("Content-Transfer-Encoding", ["base64"]),
        ("Content-Disposition", ["attachment;", *_file_name(file.name)]),
    )
    return _part(headers, encodebytes(file.data).rstrip().replace(b"\n", b"\r\n"))


def _type_of(file: Attachment) -> str:
    """Its media type; of a calendar without the method, which is the one that the file itself names."""
    kind, _, parameter = file.media_type.partition(";")
    is_method = kind == _CALENDAR and parameter.strip().lower() == f"method={_method_in(file.data)}".lower()
    return kind if is_method else file.media_type


def _method_of(file: Attachment) -> str | None:
    """The method of a calendar; None for any other file."""
    return _method_in(file.data) if _type_of(file) == _CALENDAR else None


def _method_in(calendar: bytes) -> str:
    found = _METHOD.search(calendar)
    if found is None:
        raise ValueError("the calendar has no METHOD")
    return found[1].decode()


def _file_name(name: str) -> list[str]:
    """The parameter `filename`: quoted where it is ASCII and short, else encoded in pieces (RFC 2231)."""
    if name.isascii() and len(name) <= _PARAMETER and "%" not in name:
        return [f'filename="{name}"']
    pieces = [""]
    for letter in name:
        encoded = quote(letter, safe="")
        if len(pieces[-1]) + len(encoded) > _PARAMETER - len("filename*10*=utf-8'';"):
            pieces.append("")
        pieces[-1] += encoded
    if len(pieces) == 1:
        return [f"filename*=utf-8''{pieces[0]}"]
    pieces[0] = f"utf-8''{pieces[0]}"
    words = [f"filename*{n}*={piece};" for n, piece in enumerate(pieces)]
    return [*words[:-1], words[-1].removesuffix(";")]


# --------------------------------------------------------------------------------- reading back


def _confirm(data: bytes, letter: Letter) -> None:
    """Read a message with the `email` package and compare it with its letter. Raises ValueError."""
    text = data.decode()  # not as bytes, so that addresses in UTF-8 stay what they are; all else is ASCII
    message = message_from_string(text, policy=modern)
    assert isinstance(message, EmailMessage)
    for what, found, meant in (
        ("headers", _read_headers(message), _meant_headers(letter)),
        ("addresses", _read_addresses(message_from_string(text, policy=compat32)), _meant_addresses(letter)),
        ("parts", _read_parts(message), _meant_parts(letter)),
        ("defects", [defect for part in message.walk() for defect in part.defects], []),
    ):
        if found != meant:
            raise ValueError(f"the message would not read as it was meant, in its {what}: {found!r}")


def _read_headers(message: EmailMessage) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for name, value in message.items():
        match name:
            case "From" | "To" | "Cc" | "Reply-To":
                found.append((name, [f"{one.username}@{one.domain}" for one in value.addresses]))
            case "Date":
                found.append((name, value.datetime))
            case "Content-Type":
                found.append((name, message.get_content_type()))
            case _:
                found.append((name, str(value)))
    return found


def _meant_headers(letter: Letter) -> list[tuple[str, object]]:
    specs = {name: [spec for _, spec in found] for name, found in _meant_addresses(letter).items()}
    kind = (
        "multipart/mixed" if letter.attachments else "multipart/alternative" if letter.html else "text/plain"
    )
    meant: dict[str, object] = {
        "Date": letter.date.replace(microsecond=0),
        **specs,
        "Subject": letter.subject,
        "Message-ID": letter.message_id,
        "Content-Language": letter.language,
        "Auto-Submitted": "auto-generated",
        "MIME-Version": "1.0",
        "Content-Type": kind,
    }
    absent = [] if letter.to or not letter.cc else ["To"]
    absent += [name for name in ("Cc", "Reply-To") if not meant[name]]
    if kind == "text/plain":
        meant["Content-Transfer-Encoding"] = "quoted-printable"
    return [(name, value) for name, value in meant.items() if name not in absent]


_Addresses = dict[str, list[tuple[str, str]]]  # by header: names and bare addresses


def _read_addresses(message: Message) -> _Addresses:
    """The addresses by Python's older reader: the newer one puts spaces between encoded words."""
    found = {}
    for name in ("From", "To", "Cc", "Reply-To"):
        unfolded = str(message.get(name, "")).replace("\r\n", "")
        pairs = [(str(make_header(decode_header(named))), spec) for named, spec in getaddresses([unfolded])]
        found[name] = [pair for pair in pairs if pair != ("", "")]
    return found


def _meant_addresses(letter: Letter) -> _Addresses:
    headers = {"From": (letter.sender,), "To": letter.to, "Cc": letter.cc, "Reply-To": letter._replies}
    return {name: [(one.name, one.spec) for one in addresses] for name, addresses in headers.items()}


_Part = tuple[str, str | None, str | None, bytes]  # type, file name, method of a calendar, content


def _read_parts(message: EmailMessage) -> list[_Part]:
    found = []
    for part in message.walk():
        if not part.is_multipart():
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            method = part["Content-Type"].params.get("method")
            found.append((part.get_content_type(), part.get_filename(), method, content))
    return found


def _meant_parts(letter: Letter) -> list[_Part]:
    texts = (("text/plain", letter.text), *([("text/html", letter.html)] if letter.html else []))
    return [
        *((kind, None, None, _in_crlf(text).encode()) for kind, text in texts),
        *(
            (_type_of(file).partition(";")[0], file.name, _method_of(file), file.data)
            for file in letter.attachments
        ),
    ]
