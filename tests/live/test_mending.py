"""Upkeep by itself: what is mended though some of it fails or is gone, and when others may be counted out."""

import asyncio
from contextlib import suppress
from types import SimpleNamespace

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import OperationalError

from apps.core.errors import Refused
from apps.live import upkeep
from apps.live.conf import Conf
from apps.live.upkeep import Upkeep


def upkeep_of(refresh, names):
    """One whose hub has a channel of each of these names."""

    async def renew(_group):
        pass

    channels = {(3, name): SimpleNamespace(event_id=3, name=name, opening=None) for name in names}
    own = SimpleNamespace(
        subscriptions=SimpleNamespace(renew=renew),
        joining=SimpleNamespace(refresh=refresh),
        channels=channels,
        loop=SimpleNamespace(time=lambda: 0.0),
    )
    return Upkeep(own), channels.values()


def mend(failures):
    """What is read though some of it fails, and what is raised in the end."""
    read = []

    async def refresh(channel):
        if channel.name in failures:
            raise failures[channel.name]
        read.append(channel.name)

    async def scene():
        own, channels = upkeep_of(refresh, ["poll/1", "poll/2", "poll/3"])
        await own._mend(channels)

    try:
        asyncio.run(scene())
    except Exception as failure:
        return read, failure
    return read, None


@pytest.mark.parametrize("gone", [ObjectDoesNotExist(), Refused("not_found", "", status=404), ZeroDivisionError()])
def test_what_was_deleted_keeps_nothing_else_from_being_mended(gone):
    assert mend({"poll/1": gone}) == (["poll/2", "poll/3"], None)


def test_what_is_away_is_raised_once_the_others_are_mended():
    slow = TimeoutError()

    assert mend({"poll/2": slow}) == (["poll/1", "poll/3"], slow)


def test_database_that_cannot_be_had_is_not_asked_for_every_group(monkeypatch):
    monkeypatch.setattr(upkeep, "MOST_MENDED", 1)
    lost = OperationalError()

    assert mend({"poll/2": lost}) == (["poll/1"], lost)


def test_groups_are_mended_together():
    """The first is through when the last has begun."""
    begun = []

    async def scene():
        everybody = asyncio.Event()

        async def refresh(channel):
            begun.append(channel.name)
            if len(begun) == 3:
                everybody.set()
            await everybody.wait()

        own, channels = upkeep_of(refresh, ["poll/1", "poll/2", "poll/3"])
        await asyncio.wait_for(own._mend(channels), 10)

    asyncio.run(scene())

    assert len(begun) == 3


def reaps(answers):
    """How many signs of life were given, and whether others were counted out then, for each of these answers."""
    done = []

    async def renew():
        if not answers:
            raise asyncio.CancelledError
        done.append("renew")
        if not answers.pop(0):
            raise TimeoutError

    async def reap():
        done.append("reap")

    async def scene():
        place = SimpleNamespace(renew=renew, reap=reap)
        conf = Conf(lease_seconds=0.3, upkeep_seconds=0.001)
        own = SimpleNamespace(here=place, conf=conf, loop=asyncio.get_running_loop())
        with suppress(asyncio.CancelledError):
            await Upkeep(own).keep_lease()

    asyncio.run(scene())
    return done


def test_after_redis_was_away_others_have_a_lease_to_come_back():
    assert reaps([True, False, False, True]) == ["renew", "reap", "renew", "renew", "renew"]
