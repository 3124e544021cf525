"""The door of encoders, when it is crowded by those who say nothing."""

import asyncio

from apps.media.adapters.ingest import Gate, gate

PATIENCE = 10


def test_who_says_nothing_keeps_nobody_out(monkeypatch):
    monkeypatch.setattr(gate, "MOST_STRANGERS", 2)
    assert asyncio.run(crowd(4)) == [True, True, False, False]


async def crowd(count):
    """Which of so many connections, made after each other, were put out by those that came after."""
    stop, ready = asyncio.Event(), asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(Gate(None, sides=[]).serve("127.0.0.1", 0, until=stop, ready=ready.set_result))
    port = await asyncio.wait_for(ready, PATIENCE)
    lines = [await asyncio.open_connection("127.0.0.1", port) for _ in range(count)]
    # Whoever is put out reads the end.
    await asyncio.wait_for(asyncio.gather(*(reader.read() for reader, _writer in lines[: count - 2])), PATIENCE)
    out = [reader.at_eof() for reader, _writer in lines]
    for _reader, writer in lines:
        writer.close()
    stop.set()
    await asyncio.wait_for(serving, PATIENCE)
    return out
