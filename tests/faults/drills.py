"""What is done to the platform while people use it. Each drill is one function, registered by its name."""

import asyncio
import os
import signal
import socket
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import cycle

from asgiref.sync import sync_to_async
from redis import Redis as RedisClient

from apps.live.client import Client, CommandError
from apps.live.wire import PROTOCOL
from tests.faults import raw
from tests.faults import world as worlds
from tests.faults.banned import somebody_is_banned
from tests.faults.crowd import Crowd, ask
from tests.faults.world import MODERATOR

Drill = Callable[[Crowd], Awaitable[list[str]]]
DRILLS: dict[str, Drill] = {}
PER_SECOND = 5.0
MOST_BATCHES = 300
"""Of 50 long messages: 30 MB, more than the buffers of any kernel on the way."""


def drill(act: Drill) -> Drill:
    """Says what does not hold beside what every drill is judged by."""
    DRILLS[act.__name__] = act
    return act


def _live(crowd: Crowd, number: int):
    return crowd.ground.lives[number]


@drill
async def kill_a_live_process(crowd: Crowd) -> list[str]:
    live = _live(crowd, 0)
    async with crowd.busy(PER_SECOND):
        await crowd.wait(2)
        live.signal(signal.SIGKILL)
        await crowd.wait(4)
        await asyncio.to_thread(live.start)
        await crowd.wait(2)
    return []


@drill
async def kill_between_commit_and_publish(crowd: Crowd) -> list[str]:
    live = _live(crowd, 1)
    async with crowd.busy(PER_SECOND):
        await crowd.wait(1)
        (live.home / "die").touch()
        ended = await asyncio.to_thread(live.wait, 20)
        await asyncio.to_thread(live.start)
        await crowd.wait(2)
    return [] if ended == -signal.SIGKILL else [f"the process did not die where it should: {ended}"]


@drill
async def restart_redis(crowd: Crowd) -> list[str]:
    redis = crowd.ground.redis
    async with crowd.busy(PER_SECOND):
        await crowd.wait(2)
        os.kill(redis.pid(), signal.SIGKILL)
        await crowd.wait(1)
        await asyncio.to_thread(redis.start)
        await crowd.wait(4)
    return []


@drill
async def redis_forgets_everything(crowd: Crowd) -> list[str]:
    async with crowd.busy(PER_SECOND):
        await crowd.wait(2)
        with RedisClient(unix_socket_path=str(crowd.ground.use.places.redis_socket)) as client:
            await asyncio.to_thread(client.script_flush)
            for key in await asyncio.to_thread(lambda: list(client.scan_iter("plenary:live:*", count=1000))):
                await asyncio.to_thread(client.delete, key)
        await crowd.wait(4)
    return []


@drill
async def redis_drops_subscriptions(crowd: Crowd) -> list[str]:
    async with crowd.busy(PER_SECOND):
        await crowd.wait(2)
        with RedisClient(unix_socket_path=str(crowd.ground.use.places.redis_socket)) as client:
            await asyncio.to_thread(client.client_kill_filter, _type="pubsub")
        await crowd.wait(4)
    return []


@drill
async def redis_falls_silent(crowd: Crowd) -> list[str]:
    """Subscriptions that stay open, and say nothing any more."""
    async with crowd.busy(PER_SECOND):
        await asyncio.sleep(2)
        silenced = crowd.ground.relay.silence()
        await asyncio.sleep(6)
    return [] if silenced else ["no subscription was there to fall silent"]


@drill
async def restart_postgres(crowd: Crowd) -> list[str]:
    postgres = crowd.ground.postgres
    async with crowd.busy(PER_SECOND):
        await crowd.wait(2)
        await asyncio.to_thread(postgres.stop)
        await crowd.wait(1)
        await asyncio.to_thread(postgres.start)
        await crowd.wait(4)
    return []


@drill
async def end_a_process_in_mid_broadcast(crowd: Crowd) -> list[str]:
    live = _live(crowd, 0)
    async with crowd.busy(PER_SECOND * 2):
        await crowd.wait(2)
        live.signal(signal.SIGTERM)
        ended = await asyncio.to_thread(live.wait, 30)
        await asyncio.to_thread(live.start)
        await crowd.wait(2)
    return [] if ended == 0 else [f"it did not end in order: {ended}"]


@drill
async def a_client_that_reads_nothing(crowd: Crowd) -> list[str]:
    """It sits in a room of its own with one who writes a lot, and is let go while that one goes on."""
    world, live = crowd.world, _live(crowd, 0)
    before = live.rss_mb()
    deaf = socket.socket()
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    deaf.connect(("127.0.0.1", live.port))
    host = f"127.0.0.1:{live.port}"
    ticket = world.ticket(world.people[0], roles=MODERATOR)
    raw.shake(deaf, host, f"/ws/{world.event.slug}/", f"{PROTOCOL}, {ticket}")
    deaf.sendall(raw.text_frame(f'{{"t":"join","topics":{{"{world.quiet_topic}":null}}}}'))
    raw.hear(deaf, b'"joined"')
    closed = asyncio.Event()

    def gone() -> bool:
        """Whether the server has let it go. Its goodbye cannot come through: we read nothing, as far as it knows."""
        return raw.state_at_the_server(live.port, deaf.getsockname()[1]) != raw.ESTABLISHED

    most = 0.0
    async with crowd.busy(PER_SECOND):
        for number in range(MOST_BATCHES):
            if gone():
                closed.set()
                break
            await ask(worlds.write_much, world, number)
            most = max(most, live.rss_mb() - before)
            await asyncio.sleep(0.1)
    deaf.close()
    faults = [] if closed.is_set() else ["the client that reads nothing was never let go"]
    return [*faults, *([f"the process grew by {most:.0f} MB meanwhile"] if most > 60 else [])]


@drill
async def ten_thousand_commands_a_second(crowd: Crowd) -> list[str]:
    """One socket floods; it is refused, then let go, and the others' messages still arrive."""
    world = crowd.world
    ticket = world.ticket(world.people[-1])
    frames = b"".join(
        raw.text_frame(f'{{"t":"do","name":"poll.vote","body":{{"poll":{world.poll.pk},"option":1}},"id":"f{number}"}}')
        for number in range(1000)
    )
    async with crowd.busy(PER_SECOND):
        code = await sync_to_async(raw.flood, thread_sensitive=False)(
            crowd.ground.url, f"/ws/{world.event.slug}/", f"{PROTOCOL}, {ticket}", frames, seconds=3.0
        )
    return [] if code == 4429 else [f"the flood ended with {code}"]


@drill
async def a_frame_of_one_megabyte(crowd: Crowd) -> list[str]:
    world = crowd.world
    async with crowd.busy(PER_SECOND):
        code = await asyncio.to_thread(
            raw.say_and_hear_close,
            crowd.ground.url,
            f"/ws/{world.event.slug}/",
            f"{PROTOCOL}, {world.ticket(world.people[-1])}",
            raw.text_frame('{"t":"do","name":"chat.send","body":{"text":"' + "x" * 2**20 + '"}}'),
        )
    return [] if code == 1009 else [f"the large frame ended with {code}"]


@drill
async def malformed_frames_of_every_kind(crowd: Crowd) -> list[str]:
    """Two hundred of each kind (in the short form fifty): those of the protocol are refused on an open socket, those
    of WebSocket end theirs."""
    world = crowd.world
    path, words = f"/ws/{world.event.slug}/", f"{PROTOCOL}, "
    async with crowd.busy(PER_SECOND):
        times = raw.SHORT_TIMES if crowd.short else raw.TIMES
        with ThreadPoolExecutor(len(raw.MALFORMED)) as pool:
            send = partial(asyncio.get_running_loop().run_in_executor, pool, raw.malformed, crowd.ground.url, path)
            found = await asyncio.gather(
                *(
                    send(words + world.ticket(person), kind, *how, times)
                    for person, (kind, how) in zip(cycle(world.people), raw.MALFORMED.items(), strict=False)
                )
            )
    return [fault for fault in found if fault]


@drill
async def a_clock_that_jumps(crowd: Crowd) -> list[str]:
    """One process believes that it is two hours later, then an hour earlier."""
    live = _live(crowd, 1)
    skew = live.home / "skew"
    async with crowd.busy(PER_SECOND):
        for seconds in (7200, -3600):
            skew.write_text(str(seconds))
            await crowd.wait(3)
        skew.unlink()
        await crowd.wait(1)
    return []


@drill
async def strangers_knock(crowd: Crowd) -> list[str]:
    """People of another event ask for each topic of this one, on their own socket and with their ticket on this one.
    Meanwhile somebody of this one is put out of it."""
    world = crowd.world
    faults: list[str] = []
    topics = world.foreign
    async with crowd.busy(PER_SECOND):
        banning = asyncio.create_task(somebody_is_banned(crowd))
        for slug in (world.other.slug, world.event.slug):
            ticket = world.ticket(world.strangers[0], event=world.other)
            async with Client.open(crowd.ground.ws(slug), ticket) as client:
                for topic in topics:
                    try:
                        await client.join({topic: None})
                    except CommandError:
                        continue
                    faults.append(f"{topic} let a stranger in")
                await asyncio.sleep(1)
                if stray := set(client.positions) & set(topics):
                    faults.append(f"a stranger heard {sorted(stray)}")
        async with Client.open(crowd.ground.ws(world.event.slug), world.ticket(world.people[0])) as client:
            try:
                await client.join({world.staff_topic: None})
                faults.append("an attendee joined the staff's topic")
            except CommandError:
                pass
        return faults + await banning
