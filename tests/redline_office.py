"""LibreOffice as a judge of redlines: it accepts and rejects all changes, of many files in one start."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.libreoffice import odt_words

_DOCTYPE = '<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">'
_NAMESPACE = 'xmlns:script="http://openoffice.org/2000/script"'
# A document is opened anew for each of both, as undoing is no business of this test.
_MACRO = """
Sub Resolve(folder As String)
  Dim names(9999) As String
  Dim count As Integer
  Dim name As String
  name = Dir(folder & "/*.docx")
  Do While name <> ""
    names(count) = name
    count = count + 1
    name = Dir
  Loop
  Dim i As Integer
  For i = 0 To count - 1
    If Right(names(i), 9) = ".red.docx" Then
      One folder, names(i), "AcceptAllTrackedChanges", "accepted"
      One folder, names(i), "RejectAllTrackedChanges", "rejected"
    Else
      One folder, names(i), "", "plain"
    End If
  Next i
  StarDesktop.terminate()
End Sub
Sub One(folder As String, name As String, command As String, ending As String)
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  hidden(0).Name = "Hidden"
  hidden(0).Value = True
  Dim doc As Object
  doc = StarDesktop.loadComponentFromURL(ConvertToURL(folder & "/" & name), "_blank", 0, hidden())
  If command <> "" Then
    Dim helper As Object
    helper = createUnoService("com.sun.star.frame.DispatchHelper")
    helper.executeDispatch(doc.CurrentController.Frame, ".uno:" & command, "", 0, Array())
  End If
  Dim form(0) As New com.sun.star.beans.PropertyValue
  form(0).Name = "FilterName"
  form(0).Value = "writer8"
  doc.storeToURL(ConvertToURL(folder & "/" & Left(name, Len(name) - 5) & "." & ending & ".odt"), form())
  doc.close(True)
End Sub
"""
Words = tuple[list[str], list[str]]  # of the body, of the notes


def judged(files: Mapping[str, tuple[bytes, bytes, bytes]], folder: Path) -> dict[str, dict[str, Words]]:
    """By name of an old DOCX, a new one and their redline: what they say.

    Under `old` and `new` the words of the two, under `accepted` and `rejected` those of the redline with all
    changes accepted or rejected.
    """
    profile = folder / "profile"
    _run(profile, "--terminate_after_init")
    basic = profile / "user" / "basic" / "Standard"
    escaped = _MACRO.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    opening = f'<script:module {_NAMESPACE} script:name="Judge" script:language="StarBasic">'
    module = f'<?xml version="1.0" encoding="UTF-8"?>{_DOCTYPE}{opening}{escaped}</script:module>'
    (basic / "Judge.xba").write_text(module, encoding="utf-8")
    names = basic / "script.xlb"
    names.write_text(names.read_text(encoding="utf-8").replace('"Module1"', '"Judge"'), encoding="utf-8")
    work = folder / "files"
    work.mkdir()
    for name, every in files.items():
        for ending, docx in zip(("old", "new", "red"), every, strict=True):
            (work / f"{name}.{ending}.docx").write_bytes(docx)
    _run(profile, f'macro:///Standard.Judge.Resolve("{work}")')
    made = {"old": "old.plain", "new": "new.plain", "accepted": "red.accepted", "rejected": "red.rejected"}
    return {
        name: {key: odt_words(work / f"{name}.{ending}.odt") for key, ending in made.items()}
        for name in files
    }


def _run(profile: Path, *words: str) -> None:
    command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", *words]
    subprocess.run(command, check=True, capture_output=True, timeout=300, env=os.environ)
