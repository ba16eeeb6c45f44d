"""Letters as bytes, read back by Python's `email` and by a real client (mutt)."""

import os
import pty
import select
import shutil
import signal
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefbook.mail.addresses import Address, address
from briefbook.mail.message import Attachment, Letter, message_id, to_bytes
from briefbook.writers import WRITERS

PDF, DOCX = "application/pdf", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
CALENDAR = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:PUBLISH\r\nEND:VCALENDAR\r\n"
LETTER = Letter(
    sender=address("Fisheries desk <desk@norland.example.org>"),
    to=(address("Ana Holm <ana@example.org>"),),
    subject="Fisheries Council, Port Emery",
    text="Next\n────\nThe 3rd meeting.\n",
    html="<!DOCTYPE html>\n<p>The 3rd meeting.</p>\n",
    date=datetime(2031, 4, 20, 7, tzinfo=ZoneInfo("America/Mexico_City")),
    message_id="<0123456789abcdef@norland.example.org>",
    language="en",
)
FILES = (
    Attachment(name="consejo – 3.ª reunión.pdf", data=bytes(range(256)) * 40, media_type=PDF),
    Attachment(name="fisheries.docx", data=b"PK\x03\x04\r\n.\r\nFrom me\n", media_type=DOCX),
    Attachment(name="fisheries.ics", data=CALENDAR, media_type="text/calendar"),
)
TEXTS = st.text(st.characters(), max_size=120)


def read(data: bytes) -> EmailMessage:
    message = message_from_bytes(data, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def header_of(data: bytes) -> str:
    return data.partition(b"\r\n\r\n")[0].decode()


# ----------------------------------------------------------------------------------- read back


def test_the_headers_are_those_that_are_meant_and_no_others() -> None:
    letter = replace(
        LETTER,
        cc=(address('"Lund, Bo" <bo@example.org>'), address("Żółć, Łucja <lucja@example.org>")),
        reply_to=address("replies@example.org"),
    )
    message = read(to_bytes(letter))
    assert {name: str(value) for name, value in message.items() if name not in ("Cc", "Content-Type")} == {
        "Date": "Sun, 20 Apr 2031 07:00:00 -0600",
        "From": "Fisheries desk <desk@norland.example.org>",
        "To": "Ana Holm <ana@example.org>",
        "Reply-To": "replies@example.org",
        "Subject": "Fisheries Council, Port Emery",
        "Message-ID": "<0123456789abcdef@norland.example.org>",
        "Content-Language": "en",
        "Auto-Submitted": "auto-generated",
        "MIME-Version": "1.0",
    }
    assert [(one.display_name, one.addr_spec) for one in message["Cc"].addresses] == [
        ("Lund, Bo", "bo@example.org"),
        ("Żółć, Łucja", "lucja@example.org"),
    ]
    assert len(message.keys()) == len(set(message.keys())) == 11


def test_text_and_html_are_alternatives_and_the_files_lie_beside_them() -> None:
    message = read(to_bytes(replace(LETTER, attachments=FILES)))
    assert [part.get_content_type() for part in message.walk()] == [
        *("multipart/mixed", "multipart/alternative", "text/plain", "text/html"),
        *(PDF, DOCX, "text/calendar"),
    ]
    plain, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    assert plain.get_content().replace("\r\n", "\n") == LETTER.text
    assert html.get_content().replace("\r\n", "\n") == LETTER.html
    found = [(part.get_filename(), part.get_payload(decode=True)) for part in message.iter_attachments()]
    assert found == [(file.name, file.data) for file in FILES]
    assert all(part.get_content_disposition() == "attachment" for part in message.iter_attachments())


def test_a_calendar_says_its_method_in_its_type() -> None:
    *_, calendar = read(to_bytes(replace(LETTER, attachments=FILES))).iter_attachments()
    assert calendar["Content-Type"].params == {"method": "PUBLISH", "charset": "utf-8"}
    named = replace(FILES[2], media_type="text/calendar; method=PUBLISH")
    assert to_bytes(replace(LETTER, attachments=(named,))) == to_bytes(replace(LETTER, attachments=FILES[2:]))


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_can_be_attached(name: str) -> None:
    kind = WRITERS[name].media_type
    file = Attachment(name=f"memo.{name}", data="é\n\r\n.".encode(), media_type=kind)
    [part] = read(to_bytes(replace(LETTER, attachments=(file,)))).iter_attachments()
    assert str(part["Content-Type"]).replace('"', "") == kind
    assert (part.get_filename(), part.get_payload(decode=True)) == (file.name, file.data)


def test_a_notice_is_one_text() -> None:
    message = read(to_bytes(replace(LETTER, html="")))
    assert message.get_content_type() == "text/plain"
    assert message.get_content().replace("\r\n", "\n") == LETTER.text


def test_without_open_recipients_the_header_says_so() -> None:
    message = read(to_bytes(replace(LETTER, to=())))
    assert str(message["To"]) == "undisclosed-recipients:;"
    assert "To" not in read(to_bytes(replace(LETTER, to=(), cc=LETTER.to)))


# --------------------------------------------------------------------------------------- bytes


def test_lines_end_in_crlf_and_are_short_and_ascii() -> None:
    long_name = Address(name="Łucja Żółć-Wąsowska, " * 8, local="lucja", domain="example.org")
    letter = replace(
        LETTER,
        to=(replace(long_name, name=long_name.name.strip()),) * 3,
        subject="Reunión del Consejo de Pesca " * 6 + "fin",
        text="é" * 3000 + "\n" + "x" * 3000,
        attachments=FILES,
    )
    data = to_bytes(letter)
    assert data.isascii()
    lines = data.split(b"\r\n")
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    too_long = [line for line in lines if len(line) > 76]
    assert [line.split(b":")[0] for line in too_long] == [b"Content-Type"]  # DOCX's type is one word
    assert data.endswith(b"--\r\n")


def test_no_line_of_a_body_can_be_taken_for_something_else() -> None:
    hostile = "From here\n.\n..\n--boundary\n\r.\r\nFrom there" + " " * 3
    data = to_bytes(replace(LETTER, text=hostile))
    assert not any(line.startswith((b".", b"From ")) for line in data.split(b"\r\n"))
    body = read(data).get_body(("plain",))
    assert body is not None
    assert body.get_payload(decode=True) == (b"From here\r\n.\r\n..\r\n--boundary\r\n\r\n.\r\nFrom there   ")


def test_the_same_letter_gives_the_same_bytes_and_another_one_other_boundaries() -> None:
    whole = replace(LETTER, attachments=FILES)
    assert to_bytes(whole) == to_bytes(replace(LETTER, attachments=tuple(FILES)))
    other = to_bytes(replace(whole, text="Another.\n"))
    boundaries = {read(data).get_boundary() for data in (to_bytes(whole), other)}
    assert len(boundaries) == 2
    assert all(boundary and boundary.startswith("=_") for boundary in boundaries)


def test_only_addresses_that_need_it_stand_in_utf8() -> None:
    letter = replace(LETTER, to=(address("Łucja <łucja@example.org>"),), subject="Łódź")
    data = to_bytes(letter)
    assert letter.needs_smtputf8
    assert [line for line in data.split(b"\r\n") if not line.isascii()] == [
        "To: =?utf-8?b?xYF1Y2ph?= <łucja@example.org>".encode()
    ]
    assert not LETTER.needs_smtputf8


def test_a_date_is_in_its_zone_or_in_utc_where_that_has_seconds() -> None:
    odd = datetime(2031, 4, 20, 7, tzinfo=timezone(timedelta(hours=1, seconds=15)))
    assert "Date: Sun, 20 Apr 2031 05:59:45 +0000" in header_of(to_bytes(replace(LETTER, date=odd)))
    with pytest.raises(ValueError, match="without a zone"):
        to_bytes(replace(LETTER, date=odd.replace(tzinfo=None)))


def test_a_message_id_is_the_same_on_each_run_and_for_no_other_letter() -> None:
    due = datetime(2031, 4, 20, 13, tzinfo=UTC)
    ids = [
        message_id("council", due, "ana@example.org", "4 ab", "norland.example.org"),
        message_id("harbours", due, "ana@example.org", "4 ab", "norland.example.org"),
        message_id("council", due + timedelta(seconds=1), "ana@example.org", "4 ab", "norland.example.org"),
        message_id("council", due, "bo@example.org", "4 ab", "norland.example.org"),
        message_id("council", due, "ana@example.org", "5 ab", "norland.example.org"),
        message_id("council", due, "ana@example.org", "", "norland.example.org"),
        message_id("council", due, "ana@example.org", "4 ab", "norland.example.org", "a notice"),
    ]
    assert len(set(ids)) == len(ids)
    in_mexico = due.astimezone(ZoneInfo("America/Mexico_City"))
    assert message_id("council", in_mexico, "ana@example.org", "4 ab", "norland.example.org") == ids[0]
    assert ids[0].endswith("@norland.example.org>")
    to_bytes(replace(LETTER, message_id=ids[0]))


# ------------------------------------------------------------------------------------- refused


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"subject": "Council\nBcc: x@example.net"}, "U+000A"),
        ({"subject": "Council\r\n\r\nbody"}, "U+000D"),
        ({"subject": "Council\u2028Bcc: x@example.net"}, "U+2028"),
        ({"subject": "x=?utf-8?q?=0ABcc:_a@example.net?="}, "encoded word"),
        ({"subject": "Council\ud800"}, "U+D800"),
        ({"subject": "  "}, "the subject is empty"),
        ({"sender": Address(name="a\nb", local="a", domain="example.org")}, "U+000A"),
        ({"to": (Address(local="a>, <b@example.net", domain="example.org"),)}, "would not read"),
        ({"to": (Address(local="a, b", domain="example.org"),)}, "would not read"),
        ({"cc": (Address(name="=?utf-8?q?=0A?=", local="a", domain="example.org"),)}, "encoded word"),
        ({"message_id": "<a@b>\r\nBcc: x@example.net"}, "is not a Message-ID"),
        ({"language": "en\r\nBcc: x@example.net"}, "is not a language"),
        ({"attachments": (replace(FILES[0], name="a\r\nb.pdf"),)}, "U+000D"),
        ({"attachments": (replace(FILES[0], name="../a.pdf"),)}, "no file name"),
        ({"attachments": (replace(FILES[0], name='a".pdf'),)}, "no file name"),
        ({"attachments": (replace(FILES[0], name="fdp\u202eexe.pdf"),)}, "order of letters"),
        ({"attachments": (FILES[0], FILES[0])}, "two attachments"),
        ({"attachments": (replace(FILES[0], media_type="text/html\r\nX: y"),)}, "is not a media type"),
        ({"attachments": (FILES[2], replace(FILES[2], name="b.ics"))}, "one calendar"),
        ({"attachments": (replace(FILES[2], data=b"BEGIN:VCALENDAR"),)}, "no METHOD"),
        (
            {"attachments": (replace(FILES[2], media_type="text/calendar; method=REQUEST"),)},
            "is not a media type",
        ),
    ],
)
def test_what_could_forge_a_header_is_refused(change: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=r"^.*") as refused:
        to_bytes(replace(LETTER, **change))  # type: ignore[arg-type]
    assert told in str(refused.value)


@given(subject=TEXTS)
def test_any_subject_is_refused_or_read_back(subject: str) -> None:
    try:
        data = to_bytes(replace(LETTER, subject=subject))
    except ValueError:
        return
    assert read(data)["Subject"] == subject
    assert len(read(data).keys()) == 9


@given(subject=st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=300))
def test_a_subject_of_letters_is_never_refused(subject: str) -> None:
    if "=?" not in subject:
        assert read(to_bytes(replace(LETTER, subject=subject)))["Subject"] == subject


@given(name=TEXTS, other=TEXTS)
def test_any_name_is_refused_or_read_back(name: str, other: str) -> None:
    people = tuple(Address(name=text, local="ana", domain="example.org") for text in (name, other))
    try:
        data = to_bytes(replace(LETTER, to=people))
    except ValueError:
        return
    message = read(data)
    assert [one.addr_spec for one in message["To"].addresses] == ["ana@example.org"] * 2
    # Python up to 3.13 puts spaces between the encoded words of a name.
    found = [one.display_name.replace(" ", "") for one in message["To"].addresses]
    assert found == [name.replace(" ", ""), other.replace(" ", "")]
    assert len(message.keys()) == 9


@given(name=TEXTS)
def test_any_file_name_is_refused_or_read_back(name: str) -> None:
    try:
        data = to_bytes(replace(LETTER, attachments=(replace(FILES[0], name=name),)))
    except ValueError:
        return
    [part] = read(data).iter_attachments()
    assert part.get_filename() == name


@given(text=st.text(max_size=300))
def test_any_text_arrives_with_its_lines(text: str) -> None:
    body = read(to_bytes(replace(LETTER, text=text, html=""))).get_payload(decode=True)
    assert isinstance(body, bytes)
    assert body.decode().replace("\r\n", "\n") == text.replace("\r\n", "\n").replace("\r", "\n")


# ------------------------------------------------------------------------------- a real client

MUTT = shutil.which("mutt")
SETTINGS = r"""
set charset=utf-8
set wait_key=no
set pipe_decode=yes
set confirmappend=no
set quit=yes
set move=no
set beep=no
set resolve=no
set folder="~"
set record=""
ignore *
unignore from to subject date
push "<pipe-message>cat > read.txt<enter><view-attachments><next-entry><next-entry>%s<exit><exit>"
"""


def read_by_mutt(data: bytes, files: int, folder: Path) -> Path:
    """What mutt reads (`read.txt`) and saves under the names that it proposes, in a folder."""
    saved = folder / "saved"
    saved.mkdir()
    mailbox = folder / "mailbox"
    mailbox.write_bytes(
        b"From desk@example.org Sun Apr 20 07:00:00 2031\n" + data.replace(b"\r\n", b"\n") + b"\n"
    )
    settings = folder / "muttrc"
    settings.write_text(SETTINGS % ("<next-entry><save-entry><enter>" * files), encoding="utf-8")
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(saved)
        os.environ.update(TERM="xterm", LC_ALL="C.UTF-8", HOME=str(folder))
        os.execv(MUTT or "", ["mutt", "-n", "-F", str(settings), "-R", "-f", str(mailbox)])
    ends = time.monotonic() + 30
    try:
        while time.monotonic() < ends:
            if select.select([terminal], [], [], 0.2)[0] and not os.read(terminal, 65536):
                break
    except OSError:  # Linux's way to say that the other side of a terminal is closed
        pass
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(terminal)
    return saved


@pytest.mark.skipif(MUTT is None, reason="mutt is not installed")
def test_mutt_reads_what_was_meant(tmp_path: Path) -> None:
    letter = replace(
        LETTER,
        sender=address('"Desk, Fisheries" <desk@norland.example.org>'),
        to=(address("Żółć, Łucja <lucja@example.org>"), address("Bo <bo@example.org>")),
        subject="Consejo de Pesca: 3.ª reunión, Port Emery, 11 de mayo de 2031, y lo que queda por acordar",
        attachments=FILES,
    )
    saved = read_by_mutt(to_bytes(letter), len(FILES), tmp_path)
    header, _, body = (saved / "read.txt").read_text(encoding="utf-8").partition("\n\n")
    unfolded = header.replace("\n ", " ")
    assert f"Subject: {letter.subject}\n" in unfolded
    assert 'From: "Desk, Fisheries" <desk@norland.example.org>\n' in unfolded
    assert 'To: "Żółć, Łucja" <lucja@example.org>, Bo <bo@example.org>\n' in unfolded
    assert "Date: Sun, 20 Apr 2031 07:00:00 -0600\n" in unfolded
    assert LETTER.text in body
    found = {path.name: path.read_bytes() for path in saved.iterdir() if path.name != "read.txt"}
    in_lf = CALENDAR.replace(b"\r\n", b"\n")  # mutt saves what is text in the lines of its machine
    assert found == {FILES[0].name: FILES[0].data, FILES[1].name: FILES[1].data, FILES[2].name: in_lf}
