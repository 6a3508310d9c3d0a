"""Where answers are made: each once, a few at a time, and kept for as long as they are true.

An answer belongs to the generation of the lake it was made from. When a newer one is committed,
the next request is answered from that, and what was kept of the old one is let go.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, TypeVar, cast

from ratepress.core.errors import RatepressError
from ratepress.lake.store import Lake
from ratepress.service.answers import Answer, etag
from ratepress.service.errors import unavailable
from ratepress.service.generations import Generation, Generations
from ratepress.service.limits import Limits
from ratepress.service.recent import Recent

_TRIES = 3
Made = TypeVar("Made")


class Ask(NamedTuple):
    """One question in one form.

    `key` says what is asked; `make` finds it, which may be slow; `write` makes bytes of it, in the
    form `form`. What is found is kept as `thing`, where it has that name, for all that share it:
    the forms of a page, the parts of a table. `base` names what `make` is given.
    """

    key: tuple[Hashable, ...]
    form: str
    make: Callable[..., Any]
    write: Callable[[Any], Answer]
    thing: tuple[Hashable, ...] | None = None
    base: str | None = None


class Desk:
    """Answers questions about one lake; all of its methods run on one event loop.

    `bases` make by name what many answers rest on; each stands as long as its generation, and no
    answer that waits for one holds a thread. `hits` and `misses` count answers that were kept and
    that had to be made.
    """

    def __init__(
        self, lake: Lake, limits: Limits, bases: Mapping[str, Callable[[], Any]] | None = None
    ) -> None:
        self.lake = lake
        self.limits = limits
        self._make_base = dict(bases or {})
        self._bases: dict[Hashable, Any] = {}
        self.hits = 0
        self.misses = 0
        self._generations = Generations(lake.root / "manifest")
        self._of = Generation(-1, "")
        self._answers = Recent[Answer](limits.kept_bytes)
        self._things = Recent[Any](limits.kept_dossiers)
        self._running: dict[Hashable, asyncio.Future[Any]] = {}
        self._threads = ThreadPoolExecutor(limits.threads, thread_name_prefix="ratepress")

    def generation(self) -> Generation:
        """The newest generation; what was kept of others is let go."""
        newest = self._generations.newest()
        if newest != self._of:
            self._of = newest
            self._answers.clear()
            self._things.clear()
            self._bases.clear()
        return newest

    def tag(self, ask: Ask) -> str:
        """The entity tag that an answer to `ask` has now."""
        return etag(self.generation().fingerprint, ask.key, ask.form)

    async def answer(self, ask: Ask) -> tuple[Answer, str]:
        """The answer and its entity tag, both of one generation. Raises what `ask.make` raises."""
        for _ in range(_TRIES):
            before = self.generation()
            kept = self._answers.find((before, ask.key, ask.form))
            if kept is not None:
                self.hits += 1
                return kept, self.tag(ask)
            try:
                made = await self._made(before, ask)
            except Exception:
                if self.generation() == before:
                    raise
                continue
            # A commit in between: the work may have seen the one generation or the other.
            if self.generation() == before:
                self.misses += 1
                return made, self.tag(ask)
        raise unavailable("The lake is being written to faster than it can be read")

    async def work(self, work: Callable[[], Made]) -> Made:
        """The result of `work`, which is not kept."""
        return await self._once(object(), work)

    async def _made(self, generation: Generation, ask: Ask) -> Answer:
        key = (generation, ask.key, ask.form)

        def keep(made: Answer) -> None:
            self._answers.keep(key, made, made.size)

        given = () if ask.base is None else (await self._base(generation, ask.base),)
        if ask.thing is None:
            return await self._once(key, lambda: ask.write(ask.make(*given)), generation, keep)
        thing = self._things.find((generation, ask.thing))
        if thing is None:
            thing = await self._thing((generation, ask.thing), ask, given)
        return await self._once(key, lambda: ask.write(thing), generation, keep)

    async def _thing(
        self, key: tuple[Generation, Hashable], ask: Ask, given: tuple[Any, ...]
    ) -> Any:
        def keep(thing: Any) -> None:
            self._things.keep(key, thing, size=1)

        return await self._once(key, lambda: ask.make(*given), key[0], keep)

    async def _base(self, generation: Generation, name: str) -> Any:
        key = (generation, name)
        if key in self._bases:
            return self._bases[key]

        def keep(base: Any) -> None:
            self._bases[key] = base

        return await self._once(key, self._make_base[name], generation, keep)

    async def _once(
        self,
        key: Hashable,
        work: Callable[[], Made],
        generation: Generation | None = None,
        keep: Callable[[Made], None] | None = None,
    ) -> Made:
        """The result of `work`, which is under way at most once at a time for each key.

        A reader who leaves, or waits in vain, does not stop it: others may wait for the same.
        `keep` is told the result all the same, unless another generation than `generation` was
        committed meanwhile: the work may have seen the one or the other.
        """
        running = self._running.get(key)
        if running is None:
            if len(self._running) >= self.limits.waiting:
                raise unavailable("Too many answers are being made")
            running = asyncio.get_running_loop().run_in_executor(self._threads, work)
            self._running[key] = running
            running.add_done_callback(lambda done: self._finished(key, done, generation, keep))
        return cast("Made", await asyncio.shield(running))

    def _finished(
        self,
        key: Hashable,
        done: asyncio.Future[Any],
        generation: Generation | None,
        keep: Callable[[Any], None] | None,
    ) -> None:
        self._running.pop(key, None)
        # Whoever asked may have left; an error is then nobody's to see.
        if done.cancelled() or done.exception() is not None or keep is None:
            return
        try:
            is_newest = self.generation() == generation
        except RatepressError:
            return  # A lake that went away meanwhile.
        if is_newest:
            keep(done.result())

    def close(self) -> None:
        """Let nothing new begin; what is under way ends by itself."""
        self._threads.shutdown(wait=False, cancel_futures=True)
