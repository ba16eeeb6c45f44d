"""The project's own rules: one version, no foreign addresses, small files, argued and locked dependencies."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions, requires, version
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import briefbook

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUNTIME = [Requirement(line) for line in PYPROJECT["project"]["dependencies"]]
DASK = [Requirement(line) for line in PYPROJECT["project"]["optional-dependencies"]["dask"]]
TEST = [Requirement(line) for line in PYPROJECT["project"]["optional-dependencies"]["test"]]
BUILD = [Requirement(line) for line in PYPROJECT["build-system"]["requires"]]
FUZZ = [Requirement(line) for line in (ROOT / "tests/fuzz/requirements.in").read_text("ascii").splitlines()]
LOCKS = {"requirements.lock": RUNTIME + BUILD, "requirements-test.lock": RUNTIME + BUILD + TEST}
PEERS_FOLDER = ROOT / "benchmarks/peers"
PEERS = [
    Requirement(line)
    for line in (ROOT / "benchmarks/requirements.in").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
BENCH_LOCK = "requirements-bench.lock"  # of an environment that is not this one
LOCKS_BESIDE = ("requirements.lock", BENCH_LOCK)
PYTHONS = ("3.11", "3.12", "3.13", "3.14")

PIN = re.compile(r"(?P<name>[a-z0-9._-]+)==(?P<version>[^ ;]+)(?: ; (?P<marker>[^\\]+))? \\")
WHEEL_ALONE = {"cronsim"}  # pure Python, published as one wheel
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?")

# Put together from parts: this file is searched too.
FOREIGN = [
    "pypi" + ".org",
    "python" + "hosted.org",
    "npmjs" + ".org",
    "npmjs" + ".com",
    "crates" + ".io",
    "golang" + ".org",
    "deb.debian" + ".org",
    "/" + "root/",
    "/" + "tmp/w",
    "/" + "work/",
    "." + "library",
]
# A longer word or path that only ends alike is no hit: network/, example.org/work/.
FOREIGN_WORDS = re.compile("|".join(rf"(?<![\w]){re.escape(word)}" for word in FOREIGN))


def tracked_files() -> list[Path]:
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no git checkout: there is no list of tracked files")
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def text_of(path: Path) -> str | None:
    """A file's text; None for what is no text (a font, a picture)."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def name_of(requirement: Requirement) -> str:
    return canonicalize_name(requirement.name)


def pins_of(lock: str) -> dict[str, tuple[Version, int]]:
    """Each pinned name with its version and the number of its hashes; any other line is an error."""
    pins: dict[str, tuple[Version, int]] = {}
    name = ""
    for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            continue
        if pin := PIN.fullmatch(line):
            name = canonicalize_name(pin["name"])
            assert name not in pins, f"{lock} pins {name} twice"
            pins[name] = (Version(pin["version"]), 0)
        else:
            assert name, f"{lock}: a hash before any pin: {line}"
            assert HASH.fullmatch(line), f"{lock}: neither a pin nor a hash: {line}"
            locked, hashes = pins[name]
            pins[name] = (locked, hashes + 1)
    return pins


def needed(roots: list[Requirement], python: str) -> Iterator[Requirement]:
    """Everything that the roots need on that Python, as the installed packages say it."""
    environment = {"python_version": python, "python_full_version": f"{python}.0", "extra": ""}
    queue, seen = list(roots), set[str]()
    while queue:
        requirement = queue.pop()
        if requirement.marker and not requirement.marker.evaluate(environment):
            continue
        yield requirement
        if name_of(requirement) not in seen:
            seen.add(name_of(requirement))
            queue += [Requirement(line) for line in requires(requirement.name) or []]


def imported_packages(folder: Path, without: Path | None = None) -> dict[str, Path]:
    """Top-level names that the Python files of a folder import, each with one file that does."""
    found: dict[str, Path] = {}
    for path in sorted(folder.rglob("*.py")):
        if without is not None and path.is_relative_to(without):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Import(names=names):
                    modules = [alias.name for alias in names]
                case ast.ImportFrom(module=str(module), level=0):
                    modules = [module]
                case _:
                    modules = []
            found |= {module.split(".")[0]: path for module in modules}
    return found


def test_the_version_stands_in_one_place() -> None:
    assert "version" in PYPROJECT["project"]["dynamic"]
    assert "version" not in PYPROJECT["project"]
    assert PYPROJECT["tool"]["hatch"]["version"]["path"] == "src/briefbook/__init__.py"
    assert version("briefbook") == briefbook.__version__


def test_the_command_says_the_version() -> None:
    command = [str(Path(sys.executable).parent / "briefbook"), "--version"]
    said = subprocess.run(
        command, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL
    ).stdout
    assert briefbook.__version__ in said.split()


def test_no_tracked_file_names_a_registry_or_a_machine() -> None:
    hits = [
        f"{path.relative_to(ROOT)}:{number}: {hit[0]}"
        for path in tracked_files()
        if (text := text_of(path)) is not None
        for number, line in enumerate(text.splitlines(), start=1)
        if (hit := FOREIGN_WORDS.search(line))
    ]
    assert hits == []


@pytest.mark.parametrize("word", FOREIGN)
def test_a_foreign_word_would_be_found(word: str) -> None:
    assert FOREIGN_WORDS.search(f"see https://{word}") or FOREIGN_WORDS.search(f"see {word}")
    assert not FOREIGN_WORDS.search("https://news.example.org/work/the-network/tmp/x and a shared stock")


def test_files_stay_small() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in (ROOT / "src").rglob("*.py")
    }
    assert lengths
    assert {name: length for name, length in lengths.items() if length > 450} == {}
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 200


@pytest.mark.parametrize(
    ("chapter", "requirements"),
    [("To run", RUNTIME), ("To build", BUILD), ("To test", TEST), ("To compare", PEERS)],
)
def test_every_dependency_is_argued(chapter: str, requirements: list[Requirement]) -> None:
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    [body] = re.findall(rf"^## {chapter}\n(.*?)(?=^## |\Z)", text, flags=re.MULTILINE | re.DOTALL)
    rows = re.findall(r"^\| (?!package)([\w.-]+) \| (.{10,}) \|$", body, flags=re.MULTILINE)
    # hatchling is argued once: the tests need it because they build a wheel.
    expected = {name_of(it) for it in requirements}
    if requirements is TEST:
        expected -= {name_of(it) for it in BUILD}
    assert {canonicalize_name(name) for name, _ in rows} == expected


@pytest.mark.parametrize("lock", [*LOCKS, BENCH_LOCK])
def test_every_pin_has_hashes(lock: str) -> None:
    pins = pins_of(lock)
    assert pins
    # A wheel and a source archive: one hash alone would fit one machine only, or is of a wheel for all.
    assert {name: hashes for name, (_, hashes) in pins.items() if hashes < 2}.keys() <= WHEEL_ALONE


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_covers_every_dependency(lock: str, python: str) -> None:
    pins = pins_of(lock)
    wrong = [
        str(requirement)
        for requirement in needed(LOCKS[lock], python)
        if (pin := pins.get(name_of(requirement))) is None or not requirement.specifier.contains(pin[0])
    ]
    assert wrong == []


def test_the_locks_agree() -> None:
    small, large = (pins_of(lock) for lock in LOCKS)
    assert small.items() <= large.items()


def test_the_lock_of_the_fuzzer_holds_what_is_asked_for_and_nothing_else() -> None:
    pins = pins_of("requirements-fuzz.lock")
    assert pins.keys() == set(map(name_of, FUZZ))
    assert all(requirement.specifier.contains(pins[name_of(requirement)][0]) for requirement in FUZZ)
    assert all(hashes for _, hashes in pins.values())


def test_the_peers_are_locked_and_have_what_briefbook_has() -> None:
    own, peers = ({name: locked for name, (locked, _) in pins_of(lock).items()} for lock in LOCKS_BESIDE)
    assert peers.keys() >= {name_of(it) for it in PEERS}
    assert {name: peers[name] for name in peers.keys() & own.keys()}.items() <= own.items()


@pytest.mark.parametrize(
    ("folder", "declared"),
    [
        ("src", RUNTIME + DASK),
        ("tests", RUNTIME + BUILD + TEST + DASK),
        ("benchmarks", RUNTIME + TEST + DASK),
    ],
)
def test_only_declared_packages_are_imported(folder: str, declared: list[Requirement]) -> None:
    own = {"briefbook", "tests", "conftest", "benchmarks", *map(name_of, FUZZ)}
    distributions = packages_distributions()
    names = {name_of(it) for it in declared}
    imported = imported_packages(ROOT / folder, without=PEERS_FOLDER)
    undeclared = {
        module: str(path.relative_to(ROOT))
        for module, path in imported.items()
        if module not in sys.stdlib_module_names | own
        and not names & {canonicalize_name(name) for name in distributions.get(module, [])}
    }
    assert undeclared == {}


def test_only_the_peers_folder_imports_peers() -> None:
    distributions = {"docx": "python-docx", "fpdf": "fpdf2"}
    imported = imported_packages(PEERS_FOLDER).keys() - sys.stdlib_module_names
    named = {canonicalize_name(distributions.get(module, module)) for module in imported}
    assert named - {"benchmarks"} == {name_of(it) for it in PEERS}
