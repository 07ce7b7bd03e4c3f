"""Running an asynchronous `execute`."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable
from typing import Any

from harness_parts.cancellation import Cancellation

_WIND_DOWN_SECONDS = 5


def run_until_complete(work: Awaitable[Any], cancellation: Cancellation | None = None) -> Any:
    """Like asyncio.run, except that it does not wait for threads: one that hangs would keep a finished run open."""

    ended_by: list[asyncio.CancelledError] = []

    async def main() -> Any:
        if cancellation is not None:
            cancellation.attach(asyncio.current_task(), asyncio.get_running_loop())
        try:
            return await work
        except asyncio.CancelledError as error:
            ended_by.append(error)
            raise

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        return loop.run_until_complete(main())
    except asyncio.CancelledError as error:
        raise (ended_by or [error])[0] from None  # Python 3.9 puts another in its place, which has no traceback
    finally:
        if cancellation is not None:
            cancellation.settle()
        with contextlib.suppress(BaseException):  # the outcome stands, whatever the leftovers do
            _wind_down(loop)


def _wind_down(loop: asyncio.AbstractEventLoop) -> None:
    """Cancels what the task started and did not await, and lets its `finally` blocks run."""
    leftovers = asyncio.all_tasks(loop)
    for task in leftovers:
        task.cancel()
    if leftovers:
        done, _ = loop.run_until_complete(asyncio.wait(leftovers, timeout=_WIND_DOWN_SECONDS))
        for task in done:
            if not task.cancelled() and task.exception() is not None:
                context = {"message": "a leftover task failed", "exception": task.exception(), "task": task}
                loop.call_exception_handler(context)
    loop.run_until_complete(asyncio.wait_for(loop.shutdown_asyncgens(), _WIND_DOWN_SECONDS))
