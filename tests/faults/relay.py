"""Passes bytes between the live processes and Redis, in a process of its own: `python -m tests.faults.relay SOCKET`.

It says its port first. At each line that it reads it falls silent for every connection that subscribes, as a network
that loses a peer without a word, and says how many there were.
"""

import asyncio
import sys


class Passing:
    def __init__(self, target: str) -> None:
        self.target = target
        self.subscribers: set[asyncio.Event] = set()

    def silence(self) -> int:
        for one in self.subscribers:
            one.set()
        return len(self.subscribers)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        mute = asyncio.Event()
        try:
            inner_reader, inner_writer = await asyncio.open_unix_connection(self.target)
        except OSError:
            writer.close()
            return

        async def up() -> None:
            while data := await reader.read(65536):
                if b"SUBSCRIBE" in data:
                    self.subscribers.add(mute)
                inner_writer.write(data)
                await inner_writer.drain()

        async def down() -> None:
            while data := await inner_reader.read(65536):
                if not mute.is_set():
                    writer.write(data)
                    await writer.drain()

        ways = [asyncio.ensure_future(up()), asyncio.ensure_future(down())]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            self.subscribers.discard(mute)
            writer.close()
            inner_writer.close()


async def main() -> None:
    passing = Passing(sys.argv[1])
    server = await asyncio.start_server(passing.serve, "127.0.0.1", 0, backlog=512)
    orders = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    print(server.sockets[0].getsockname()[1], flush=True)
    while await orders.readline():
        print(passing.silence(), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
