"""What was measured with: the processor, and the versions of briefbook's peers and of what those rest on."""

import json
import platform
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml

from benchmarks.figures import table
from benchmarks.peer_versions import ABSENT
from benchmarks.workers import ROOT


def versions(peers: Path) -> dict[str, str]:
    """By name, on this machine; what is not here says so. `peers`: the Python that has the peers."""
    asked = subprocess.run(
        [peers, "-m", "benchmarks.peer_versions"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    return {
        "processor": _processor(),
        "CPython": platform.python_version(),
        **json.loads(asked.stdout),
        "LibreOffice": _office(),
        "PyYAML": f"{yaml.__version__}, libyaml {yaml._yaml.get_version_string()}",
    }


def versions_table(parts: Iterable[Mapping[str, str]]) -> str:
    """One table for all parts: several versions, of parts that were measured apart, stand side by side."""
    found: dict[str, dict[str, None]] = {}  # a dictionary as a set that keeps its order
    for part in parts:
        for name, version in part.items():
            found.setdefault(name, {})[version] = None
    return table(["measured with", "version"], [[name, " and ".join(some)] for name, some in found.items()])


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:  # not Linux
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())


def _office() -> str:
    if shutil.which("soffice") is None:
        return ABSENT
    said = subprocess.run(["soffice", "--version"], capture_output=True, text=True, check=False).stdout
    return said.removeprefix("LibreOffice").strip().partition(" ")[0] or "of an unknown version"
