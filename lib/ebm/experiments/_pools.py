"""Who does the tasks: this process, all cores by joblib, or a cluster by Dask."""

from ebm.experiments._tasks import Outcome, perform

_PATIENCE = 20  # seconds, for a scheduler to answer and for its first worker


class Unreachable(RuntimeError):
    """There is no cluster where one was said to be."""


def outcomes(module, tasks, source, *, jobs, scheduler=None):
    """The Outcome of each task, as they come, in any order.

    Parameters
    ----------
    module : str
        The experiment's full name, which a worker imports.
    tasks : list of dict
    source : str
        The digest of its source, which every worker compares with its own.
    jobs : int
        Processes; -1 for as many as there are cores.
    scheduler : str, optional
        Address of a Dask scheduler, such as tcp://127.0.0.1:8786; then `jobs` is not used.

    Yields
    ------
    Outcome
    """
    if scheduler:
        yield from _by_dask(module, tasks, source, scheduler)
    elif jobs == 1 or len(tasks) <= 1:
        yield from (perform(module, task, source) for task in tasks)
    else:
        yield from _by_joblib(module, tasks, source, jobs)


def _by_joblib(module, tasks, source, jobs):
    from joblib import Parallel, delayed, parallel_config

    with parallel_config("loky", inner_max_num_threads=1):
        # One at a time: what is finished comes back at once and is kept.
        workers = Parallel(n_jobs=jobs, batch_size=1, return_as="generator_unordered")
        yield from workers(delayed(perform)(module, task, source) for task in tasks)


def _by_dask(module, tasks, source, address):
    """Tasks of a worker that dies are done again by another: the scheduler sees to that."""
    from distributed import Client, as_completed

    try:
        client = Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise Unreachable(
            f"no Dask scheduler answers at {address} (waited {_PATIENCE} s): start one with "
            "`dask scheduler --host 127.0.0.1` and workers with `dask worker ADDRESS`, or leave SCHEDULER out"
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=_PATIENCE)
        except TimeoutError as error:
            raise Unreachable(
                f"the Dask scheduler at {address} has no worker: start some with `dask worker {address}`"
            ) from error
        futures = {client.submit(perform, module, task, source, pure=False): task for task in tasks}
        for future in as_completed(futures, loop=client.loop):
            task = futures[future]
            error = future.exception()  # of the cluster, not of the task: `perform` catches that
            yield (
                future.result()
                if error is None
                else Outcome(task, None, 0.0, f"the cluster gave up: {error!r}\n")
            )
