"""The hub of this process: made when its event loop needs it first, ended with it."""

import asyncio

from apps.live import conf, store
from apps.live.hub import Hub

_starting: dict[asyncio.AbstractEventLoop, "asyncio.Task[Hub]"] = {}


async def hub() -> Hub:
    """The running loop's hub, started."""
    loop = asyncio.get_running_loop()
    starting = _starting.get(loop)
    if starting is None or (starting.done() and (starting.cancelled() or starting.exception() is not None)):
        starting = _starting[loop] = loop.create_task(_start())
    return await asyncio.shield(starting)


async def _start() -> Hub:
    made = Hub(conf.read())
    await made.start()
    return made


def running() -> Hub | None:
    """The hub of the running loop, where one was started."""
    starting = _starting.get(asyncio.get_running_loop())
    if starting is None or not starting.done() or starting.cancelled() or starting.exception() is not None:
        return None
    return starting.result()


async def end() -> None:
    made = running()
    _starting.pop(asyncio.get_running_loop(), None)
    if made is not None:
        await made.stop()
    await store.close_loop_client()
