"""The API's description of questions and chat: real codes, examples and answers that have the described shapes."""

import json
import re
from pathlib import Path

import jsonschema
import pytest

from apps.core import describing, schemas
from apps.core.schemas import PROBLEM_TYPE
from apps.questions import services
from tests.factories.questions import QuestionFactory
from tests.factories.tracks import SessionFactory

DESCRIBED = ("chat", "poll", "question", "quiz")
APPS = Path(__file__).parents[2] / "apps"
OF_THE_FRAMEWORK = {code for codes in schemas.ALWAYS.values() for code in codes} | {"rate.limited"}


@pytest.fixture(scope="module")
def schema():
    return describing.description()


@pytest.fixture(scope="module")
def calls(schema):
    found = {call["operationId"]: call for path in schema["paths"].values() for call in path.values()}
    # Where their shapes stand in full; what the framework describes of rows points to shapes elsewhere in the file.
    return {name: call for name, call in found.items() if name.startswith(DESCRIBED) and not refers(call)}


def refers(call):
    return any("$ref" in json.dumps(kind["schema"]) for _status, media, kind in kinds_of(call) if media != PROBLEM_TYPE)


def kinds_of(call):
    return [
        (status, media, kind)
        for status, told in call["responses"].items()
        for media, kind in told.get("content", {}).items()
    ]


def test_every_call_says_what_it_does_answers_and_refuses(calls):
    assert len(calls) > 50
    for name, call in calls.items():
        assert call.get("description"), name
        assert {"401", "403", "404", "429"} <= call["responses"].keys(), name
        shown = [kind for status, media, kind in kinds_of(call) if media == "application/json"]
        assert all({"properties", "additionalProperties", "items"} & kind["schema"].keys() for kind in shown), name
        assert all(kind.get("examples") for kind in shown), name


def test_examples_have_the_described_shapes(calls):
    for name, call in calls.items():
        for _status, media, kind in kinds_of(call):
            for example in kind.get("examples", {}).values():
                assert media == "application/json", name
                jsonschema.validate(example["value"], kind["schema"])


def test_codes_are_those_of_the_code(calls):
    written = {
        code
        for file in APPS.rglob("*.py")
        for code in re.findall(r'(?:Refused\(\s*|gone=|code=)"([a-z_.]+)"', file.read_text())
    }
    for name, call in calls.items():
        for _status, media, kind in kinds_of(call):
            if media != PROBLEM_TYPE or "allOf" not in kind["schema"]:
                continue
            codes = set(kind["schema"]["allOf"][1]["properties"]["code"]["enum"])
            assert codes <= written | OF_THE_FRAMEWORK, name


def test_answers_have_the_described_shapes(calls, event, attendee, enter):
    session = SessionFactory(event=event)
    question = QuestionFactory(board=services.set_rules(session, wait_seconds=0), tags=["Trust"])
    client, home = enter(attendee), f"/api/v1/events/{event.slug}"
    room = client.get(f"{home}/chat/rooms/").json()
    jsonschema.validate(room, schema_of(calls["chat_places"]))

    for name, address in (
        ("questions", f"{home}/sessions/{session.slug}/questions/"),
        ("question", f"{home}/questions/{question.pk}/"),
        ("question_rules", f"{home}/sessions/{session.slug}/questions/rules/"),
    ):
        answer = client.get(address)
        assert answer.status_code == 200, name
        jsonschema.validate(answer.json(), schema_of(calls[name]))
    answer = client.put(f"{home}/questions/{question.pk}/vote/")
    jsonschema.validate(answer.json(), schema_of(calls["question_vote"]))


def schema_of(call):
    return call["responses"]["200"]["content"]["application/json"]["schema"]
