"""The wheel, installed alone with the locked wheels outside the checkout, makes a book and builds its memos.

The locked wheels come from the wheelhouse that `make` keeps in the environment (`.venv/wheelhouse`); without
one, pip fetches them from its index, which is the only thing here that needs a network.
"""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

import briefbook

ROOT = Path(__file__).resolve().parent.parent
WHEELHOUSE = Path(sys.prefix) / "wheelhouse"


def quiet_environment() -> dict[str, str]:
    """The process's environment without what would let the checkout or this machine's pip settings in."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PIP_", "PYTHON", "VIRTUAL_ENV"))
    }
    return kept | {"PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def run(*command: str | Path, cwd: Path, env: dict[str, str] | None = None) -> str:
    """What the command printed to standard output; a failure shows both outputs."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, f"{command} gave {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    [built] = folder.glob("*.whl")
    return built


def test_the_wheel_holds_the_package_the_templates_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert {name.split("/")[0] for name in names} == {"briefbook"}
    templates = {
        f"briefbook/{path.relative_to(ROOT).as_posix()}"
        for folder in ("templates", "languages", "schemes")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.name != ".gitkeep"
    }
    assert templates
    assert templates <= names
    assert "briefbook/schemes/tlp.yaml" in names
    assert {"briefbook/py.typed", "briefbook/__init__.py"} <= names


def test_the_wheel_alone_makes_a_book_and_builds_its_memos(wheel: Path, tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    source = ("--no-index", "--find-links", WHEELHOUSE) if WHEELHOUSE.is_dir() else ()
    download = (
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--only-binary",
        ":all:",
        "--require-hashes",
    )
    run(*download, *source, "-r", ROOT / "requirements.lock", "--dest", locked, cwd=tmp_path)

    # What the wheel's own metadata asks for must suffice: pip resolves it with the locked wheels alone.
    venv.create(tmp_path / "alone", with_pip=False)
    python = tmp_path / "alone" / "bin" / "python"
    install = (sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-index")
    run(*install, "--find-links", locked, wheel, cwd=tmp_path, env=quiet_environment())

    command = tmp_path / "alone" / "bin" / "briefbook"
    elsewhere = tmp_path / "else where"
    elsewhere.mkdir()
    assert briefbook.__version__ in run(command, "--version", cwd=elsewhere, env=quiet_environment()).split()
    run(command, "init", "x", cwd=elsewhere, env=quiet_environment())
    run(command, "-C", "x", "build", cwd=elsewhere, env=quiet_environment())
    assert "/.briefbook/" in (elsewhere / "x" / ".gitignore").read_text(encoding="utf-8").splitlines()

    built = [path for path in elsewhere.rglob("*") if path.is_file()]
    docx = [path for path in built if path.suffix == ".docx"]
    pdf = [path for path in built if path.suffix == ".pdf"]
    assert docx
    assert {path.stem for path in docx} == {path.stem for path in pdf}
    assert all(path.read_bytes().startswith(b"PK\3\4") for path in docx)
    assert all(path.read_bytes().startswith(b"%PDF-") for path in pdf)
