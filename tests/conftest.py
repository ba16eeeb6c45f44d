"""What tests share: where things lie, the option that renews golden files, the watch over every DOCX."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from briefbook.composing import shipped
from briefbook.writers import bound_docx, to_docx
from briefbook.writers.docx_package import zip_of_parts
from tests.docx_watch import watched

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "briefs" / "us-mexico"

# What passes once passes always: the tests draw the same inputs in every run. Others are drawn by
# `make fuzz`, and for every property by `pytest --hypothesis-profile default`.
# `make test` draws half as many as `make test-long`, where a test does not say how many.
settings.register_profile("repeatable", derandomize=True, max_examples=50)
settings.register_profile("thorough", derandomize=True)
settings.load_profile("repeatable")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--renew-golden", action="store_true", help="write the golden files anew; read the diff")


@pytest.fixture
def renews_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--renew-golden"))


@pytest.fixture(autouse=True, scope="session")
def _the_user_has_set_nothing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Whoever runs the tests may trust books, and has settings of his own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("settings")))
        yield


@pytest.fixture(autouse=True, scope="session")
def _no_cache_of_the_users(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "caches"))
        yield


@pytest.fixture(autouse=True, scope="session")
def _every_docx_is_audited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        watch = watched(zip_of_parts, tmp_path_factory.mktemp("audited"))
        for module in (to_docx, bound_docx):
            patch.setattr(module, "zip_of_parts", watch)
        yield


@pytest.fixture
def _unwatched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody audits what is made: nonsense that stands in a house is kept, and is a fault of the house."""
    monkeypatch.setattr(to_docx, "zip_of_parts", zip_of_parts)


@pytest.fixture(autouse=True, scope="session")
def _no_shipped_template_falls_back() -> Iterator[None]:
    """Nobody would see it: the sandbox makes the same of the template, only later."""

    def fail(template: str, error: Exception) -> None:
        raise AssertionError(f"{template} ran in the sandbox alone") from error

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shipped, "fell_back", fail)
        yield
