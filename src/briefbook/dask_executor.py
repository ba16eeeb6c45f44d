"""An executor on a dask cluster, for books that one machine takes too long for (extra `briefbook[dask]`)."""

import logging
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from briefbook.crew import worker_identity
from briefbook.diagnostics import NOWHERE, BriefbookError, Problem
from briefbook.frozen import frozen

_PATIENCE = 10  # seconds until a scheduler must have answered, or be back
_LOGGERS = (
    "distributed",
    "distributed.client",
    "distributed.core",
    "distributed.comm",
    "tornado.application",
)


@frozen
class Cluster:
    """A cluster: its executor, how many tasks that does at a time, whether the scheduler is still there."""

    executor: Executor
    at_a_time: int
    is_alive: Callable[[], bool]


@contextmanager
def dask_executor(address: str) -> Iterator[Cluster]:
    """The cluster whose scheduler is at HOST:PORT.

    Raises BriefbookError where dask is not installed, nobody answers, or a worker would make other bytes.
    """
    try:
        from distributed import Client
    except ImportError as error:
        message = "dask, which --executor dask:// asks for, is not installed"
        raise BriefbookError(_nowhere(message, "pip install 'briefbook[dask]'")) from error
    for name in _LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what of it matters we tell ourselves
    try:
        client = Client(f"tcp://{address}", timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:  # ValueError: no address
        message = f"no dask scheduler answers at {address}"
        hint = "start one with `dask scheduler`; its first lines name the address"
        raise BriefbookError(_nowhere(message, hint)) from error
    try:
        workers = client.run(worker_identity, on_error="return")
        if not workers:
            message = f"the dask scheduler at {address} has no workers"
            hint = f"start some with `dask worker {address} --nthreads 1`"
            raise BriefbookError(_nowhere(message, hint))
        for place, identity in workers.items():
            if identity != worker_identity():
                raise BriefbookError(_other(place, identity))
        # Not pure: dask is not to work out whether it has done the same before, as the ledger knows that.
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Sending large graph")  # docs/scale.md says what goes out
            yield Cluster(
                executor=client.get_executor(pure=False),
                at_a_time=sum(client.nthreads().values()),
                # Where the scheduler is gone, some of the executor's futures never end.
                is_alive=lambda: client.status in ("running", "connecting"),
            )
    finally:
        client.close(timeout=_PATIENCE)


def _other(place: str, identity: object) -> Problem:
    """The problem of a worker that is another briefbook, or none at all."""
    if isinstance(identity, ImportError):
        message = f"the dask worker {place} has no briefbook, or another one ({identity})"
    else:
        message = f"the dask worker {place} would make other bytes: it is {identity}, not {worker_identity()}"
    return _nowhere(message, "install there what is installed here, then start the worker again")


def _nowhere(message: str, hint: str) -> Problem:
    return Problem(where=NOWHERE, message=message, hint=hint)
