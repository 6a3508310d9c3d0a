"""Many files into the lake, several at once: the Python twin of `ratepress add --jobs`.

Other processes read and stage; this one alone commits, file after file in the order in which they
were named. So the lake and the answers are those of one process, whichever file is read first.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path

import msgspec

from ratepress.core.errors import RatepressError, printable
from ratepress.lake.store import Lake
from ratepress.readers.add import Added, add_piece, pieces, settle
from ratepress.readers.worker import Order, Reached, Read, work

AHEAD = 32
"""So many files are read before the one that is next to be committed: each keeps a lock open."""
_PATIENCE_SECONDS = 10.0

Progress = Callable[[Path, int], None]
"""Called with a file and the byte of it that reading has reached."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one file: what was added of it, and the error that ended it, if any.

    A zip archive may have both: its price files are commits of their own.
    """

    path: Path
    added: tuple[Added, ...]
    error: RatepressError | None = None


def add_many(
    lake: Lake,
    paths: Sequence[Path | str],
    *,
    jobs: int = 1,
    keep_going: bool = False,
    salvage: bool = False,
    progress: Progress | None = None,
) -> Generator[Outcome, None, None]:
    """Add each file as `add_all` does and yield its outcome, in the order of `paths`.

    With `jobs` of more than one that many processes read, and memory is as many times what one
    file wants. Everything else is as with one: files are committed one by one in their order, and
    after the first that fails nothing is committed any more unless `keep_going`. A process that is
    killed costs the file that it was reading. As wherever Python starts processes, a script that
    calls this with several jobs needs its `if __name__ == "__main__":`.

    Raises what is no `RatepressError` (a full disk), and then the files yielded before are in.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> for name in ("a", "b"):
    ...     _ = (folder / name).write_text(
    ...         '{"reporting_entity_name": "%s", "in_network": []}' % name
    ...     )
    >>> _ = (folder / "page").write_text("<html>Please log in")
    >>> found = add_many(
    ...     Lake.create(folder / "lake"), [folder / "b", folder / "page", folder / "a"],
    ...     keep_going=True,
    ... )
    >>> [(one.path.name, len(one.added), one.error is None) for one in found]
    [('b', 1, True), ('page', 0, False), ('a', 1, True)]
    """
    files = [Path(path) for path in paths]
    if min(jobs, len(files)) < 2:
        outcomes = (_add_here(lake, path, salvage=salvage, progress=progress) for path in files)
    else:
        outcomes = _add_by_others(lake, files, jobs, salvage=salvage, progress=progress)
    with closing(outcomes):  # Ends the processes.
        for outcome in outcomes:
            yield outcome
            if outcome.error is not None and not keep_going:
                return


def _add_here(
    lake: Lake, path: Path, *, salvage: bool, progress: Progress | None = None, skip: int = 0
) -> Outcome:
    """Add one file in this process, all but its first `skip` pieces."""
    added: list[Added] = []
    report = None if progress is None else (lambda position: progress(path, position))
    try:
        for piece in pieces(path, progress=report)[skip:]:
            added.append(add_piece(lake, piece, salvage=salvage))  # noqa: PERF401 - it may raise
    except RatepressError as error:
        return Outcome(path=path, added=tuple(added), error=error)
    return Outcome(path=path, added=tuple(added))


def _add_by_others(
    lake: Lake, files: Sequence[Path], jobs: int, *, salvage: bool, progress: Progress | None
) -> Generator[Outcome, None, None]:
    crew = _Crew(lake, files, min(jobs, len(files)), salvage=salvage, progress=progress)
    with closing(crew):
        for number, path in enumerate(files):
            yield _commit(lake, path, crew.wait_for(number), salvage=salvage)
            crew.release(number)


def _commit(lake: Lake, path: Path, read: Read, *, salvage: bool) -> Outcome:
    added: list[Added] = []
    for name, staged in read.staged:
        one = settle(lake, name, staged)
        if one is None:  # Its process was killed, or the lake lost what it had: read it here.
            rest = _add_here(lake, path, salvage=salvage, skip=len(added))
            return msgspec.structs.replace(rest, added=(*added, *rest.added))
        added.append(one)
    if read.error is not None and not isinstance(read.error, RatepressError):
        raise read.error
    return Outcome(path=path, added=tuple(added), error=read.error)


class _Worker:
    """One process: the file that it is reading, and the files that it holds for their commit."""

    def __init__(self, root: Path, *, salvage: bool) -> None:
        context = multiprocessing.get_context("spawn")
        self.orders, theirs = context.Pipe()
        self.process: BaseProcess = context.Process(
            target=work, args=(root, theirs), kwargs={"salvage": salvage}, daemon=True
        )
        with _undisturbed():
            self.process.start()
        theirs.close()
        self.reading: int | None = None
        self.holds: set[int] = set()

    def read(self, number: int, path: Path) -> None:
        self.reading = number
        self.orders.send(Order(number, path))

    def end(self) -> None:
        """Ask it to end, and end it where it does not: what it staged is then swept later."""
        self.orders.close()
        if self.reading is not None:
            self.process.terminate()
        self.process.join(_PATIENCE_SECONDS)
        if self.process.exitcode is None:
            self.process.kill()
            self.process.join()


class _Crew:
    """The processes of one call, and what they have read so far."""

    def __init__(
        self,
        lake: Lake,
        files: Sequence[Path],
        jobs: int,
        *,
        salvage: bool,
        progress: Progress | None,
    ) -> None:
        self._root = lake.root
        self._files = files
        self._jobs = jobs
        self._salvage = salvage
        self._progress = progress
        self._waiting = deque(range(len(files)))
        self._found: dict[int, Read] = {}
        self._workers: list[_Worker] = []

    def close(self) -> None:
        """End them all."""
        for worker in self._workers:
            if worker.reading is not None:
                worker.process.terminate()  # All of them first: each takes its time to clear up.
        for worker in self._workers:
            worker.end()

    def wait_for(self, number: int) -> Read:
        """What was read of one file, once it is."""
        while number not in self._found:
            self._give(number)
            ready = wait([worker.orders for worker in self._workers])
            for worker in [worker for worker in self._workers if worker.orders in ready]:
                self._hear(worker)
        return self._found.pop(number)

    def release(self, number: int) -> None:
        """Let go of what is staged of a file."""
        for worker in self._workers:
            if number in worker.holds:
                worker.holds.discard(number)
                try:
                    worker.orders.send(Order(number))
                except OSError:
                    self._lost(worker)
                return

    def _give(self, wanted: int) -> None:
        """Give every idle process a file, and start those that are missing."""
        last = wanted + max(AHEAD, 2 * self._jobs)
        while self._waiting and self._waiting[0] <= last:
            worker = next((w for w in self._workers if w.reading is None), None)
            if worker is None:
                if len(self._workers) >= self._jobs:
                    return
                worker = _Worker(self._root, salvage=self._salvage)
                self._workers.append(worker)
            number = self._waiting.popleft()
            try:
                worker.read(number, self._files[number])
            except OSError:
                self._lost(worker)

    def _hear(self, worker: _Worker) -> None:
        try:
            told = worker.orders.recv()
        except (EOFError, OSError):
            self._lost(worker)
            return
        if isinstance(told, Reached):
            if self._progress is not None and told.number == worker.reading:
                self._progress(self._files[told.number], told.position)
            return
        self._found[told.number] = told
        worker.holds.add(told.number)
        worker.reading = None

    def _lost(self, worker: _Worker) -> None:
        """A process is gone: the file that it read has failed, those it held are read again."""
        self._workers.remove(worker)
        worker.end()
        number = worker.reading
        if number is not None:
            self._found[number] = Read(number, (), self._why(worker, self._files[number]))

    def _why(self, worker: _Worker, path: Path) -> RatepressError:
        code = worker.process.exitcode or 0
        how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
        return RatepressError(
            f"{printable(path.name)}: the process that read it ended {how}",
            todo="add it again; with fewer --jobs where memory is short",
        )


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Start a process that never sees Ctrl-C: it would complain before it can ignore it."""
    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        yield
        return
    # The first process of a program starts this one too, and that would let the signal through.
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
