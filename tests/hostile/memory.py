"""How much memory some work takes at its peak, in a process of its own."""

import subprocess
import sys
from pathlib import Path

# In a fork: of a program, ru_maxrss tells what whoever began it had as well (getrusage(2), execve(2)).
_MEASURED = """
import os
import resource
import sys
from pathlib import Path
{prepare}
if child := os.fork():
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
{work}
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def grown(prepare: str, work: str, *arguments: str | Path) -> tuple[str, int]:
    """What the work prints, and by how many MiB it let the process grow. Linux counts in KiB."""
    code = _MEASURED.format(prepare=prepare, work=work)
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    *told, mebibytes = done.stdout.splitlines()
    return "\n".join(told), int(mebibytes)
