"""`--jobs`, `--executor` and `--chunk`: who makes the memos."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from briefbook.cli.book import WholeNumber
from briefbook.cli.printing import print_problems
from briefbook.diagnostics import Problem

if TYPE_CHECKING:
    from briefbook.crew import Hands

_DASK = "dask"


def _address(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """HOST:PORT of a scheduler."""
    if value is None:
        return None
    try:
        url = urlsplit(value)
        is_whole = url.scheme == _DASK and url.hostname and url.port and value.endswith(url.netloc)
    except ValueError:  # no port
        is_whole = False
    if not is_whole or "@" in url.netloc:
        raise click.BadParameter(f"{value!r} is not spelled dask://HOST:PORT", ctx, param)
    return url.netloc


def hands_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say who makes the memos."""
    for option in (
        click.option(
            "--chunk",
            type=WholeNumber(1),
            metavar="N",
            help="With --executor: give a worker this many memos at once. Default: 100.",
        ),
        click.option(
            "--executor",
            callback=_address,
            metavar="dask://HOST:PORT",
            help="Work on the dask cluster of this scheduler (needs briefbook[dask]).",
        ),
        click.option(
            "--jobs",
            type=WholeNumber(1),
            default=1,
            metavar="N",
            help="Work in this many processes. Default: 1.",
        ),
    ):
        command = option(command)
    return command


@contextmanager
def hands_of(jobs: int, executor: str | None, chunk: int | None) -> Iterator["Hands"]:
    """Who makes the memos, while the block runs. Raises BriefbookError where a cluster is not to be had."""
    from briefbook.crew import FOR_EXECUTOR, Hands

    if executor is None:
        if chunk is not None:
            raise click.UsageError(
                "--chunk goes with --executor: processes of this machine get few at a time"
            )
        yield Hands(jobs=jobs)
        return
    from briefbook.dask_executor import dask_executor

    with dask_executor(executor) as cluster:
        yield Hands(
            jobs=jobs,
            executor=cluster.executor,
            chunk=chunk or FOR_EXECUTOR,
            in_flight=2 * cluster.at_a_time + 2,  # all are at work while the parent puts files in place
            warn=_warn,
            is_alive=cluster.is_alive,
        )


def _warn(problem: Problem) -> None:
    print_problems([problem])
