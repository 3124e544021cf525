"""Which queue a task goes to, and that a worker listens to each."""

import re
from pathlib import Path

import yaml
from celery import current_app

from events_platform import schedule
from events_platform.embedded import programs
from tests.plugins.fleet import ENTRYPOINT, ROOT


def queue_of(name):
    return current_app.amqp.router.route({}, name)["queue"].name


def test_rounds_have_a_queue_of_their_own():
    elsewhere = {asked["task"]: queue_of(asked["task"]) for asked in schedule.ROUNDS.values()}
    assert {name: queue for name, queue in elsewhere.items() if queue != "rounds"} == {
        "events.prove_domains": "bulk",
        "notifications.mail_announcements": "bulk",
    }
    assert all("queue" not in asked["options"] for asked in schedule.ROUNDS.values())


def test_what_is_many_or_slow_waits_apart_from_codes():
    names = ("notifications.send_owed_mail", "events.invite", "notifications.deliver", "media.transcode")
    assert [queue_of(name) for name in names] == ["default", "default", "bulk", "media"]


def test_nobody_waits_hours_behind_a_film_for_what_takes_minutes():
    assert [queue_of(name) for name in ("media.record", "media.prepare")] == ["files", "files"]


def test_each_queue_is_listened_to_by_one_kind_of_worker():
    wanted = {"worker": "rounds,default", "bulk": "bulk", "files": "files", "media": "media"}
    embedded = (programs.worker(), programs.bulk(), programs.files(), programs.media())
    listened = {
        program.name: option.removeprefix("--queues=")
        for program in embedded
        for option in program.command
        if option.startswith("--queues=")
    }
    case = re.compile(r"^    (\w+)\)\n(?:        .*\n)*?        celery_worker (\S+) ", re.MULTILINE)
    roles = dict(case.findall(Path(ENTRYPOINT).read_text()))
    services = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]
    assert (listened, roles) == (wanted, wanted)
    assert {services[name]["command"][0] for name in wanted} == set(wanted)


def test_rounds_are_taken_before_the_rest(settings):
    assert settings.CELERY_BROKER_TRANSPORT_OPTIONS["queue_order_strategy"] == "priority"
