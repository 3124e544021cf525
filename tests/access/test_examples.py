"""The examples of the API's description: each has the shape that is described, and is what the API takes."""

from urllib.parse import urlsplit

import jsonschema
import pytest

from apps.core import describing
from apps.events.models import Event
from apps.notifications import serializers
from apps.notifications.registry import facts


@pytest.fixture(scope="module")
def schema():
    return describing.description()


FORMATS = jsonschema.FormatChecker(formats=())


@FORMATS.checks("uri")
def is_address(value):
    return not isinstance(value, str) or urlsplit(value).scheme in ("http", "https")


def examples(schema):
    for path, methods in schema["paths"].items():
        for method, call in methods.items():
            for status, told in call["responses"].items():
                for kind in told.get("content", {}).values():
                    for example in kind.get("examples", {}).values():
                        yield f"{method} {path} {status}", kind["schema"], example["value"]


def test_every_example_has_the_described_shape(schema):
    wrong = []
    for where, shape, value in examples(schema):
        whole = {**shape, "components": schema["components"]}
        check = jsonschema.Draft202012Validator(whole, format_checker=FORMATS)
        wrong += [f"{where}: {error.message}" for error in check.iter_errors(value)]

    assert wrong == []
    assert len(list(examples(schema))) > 100


def test_webhook_of_the_description_is_one_that_can_be_made():
    shape = serializers.WebhookSerializer(data=serializers.WEBHOOK, context={"events": Event.objects.none()})

    assert shape.is_valid(), shape.errors
    assert serializers.DELIVERY["kind"] in facts.FACTS


def test_kinds_of_facts_are_named_in_the_description(schema):
    kinds = schema["components"]["schemas"]["Webhook"]["properties"]["kinds"]["items"]
    named = kinds.get("enum") or schema["components"]["schemas"][kinds["$ref"].rpartition("/")[2]]["enum"]

    assert sorted(named) == sorted(facts.FACTS)
