"""The judge of our DOCX: openxml-audit, which knows the schemas and the rules of Microsoft's own SDK."""

from functools import cache
from pathlib import Path

from openxml_audit import FileFormat, OpenXmlValidator


def faults_of(docx: bytes, folder: Path) -> list[str]:
    """What the audit finds wrong with a DOCX, of whatever weight; `folder` holds it meanwhile."""
    file = folder / "audited.docx"
    file.write_bytes(docx)
    return [str(error) for error in _validator().validate(str(file)).errors]


@cache
def _validator() -> OpenXmlValidator:
    """Every rule of the newest Office; `security_validation` stays off, as it forbids any link to the web."""
    return OpenXmlValidator(file_format=FileFormat.MICROSOFT_365)
