"""The API's description and the page that reads it to people."""

import json

import pytest
import yaml

from apps.core import describing, scopes

SCHEMA = "/api/schema/"


def calls_of(schema):
    return [call for methods in schema["paths"].values() for call in methods.values()]


def test_description_is_openapi_3_1_in_yaml_and_json(visitor):
    plain = visitor.get(SCHEMA)
    drawn = visitor.get(SCHEMA, headers={"Accept": "application/json"})
    assert plain.headers["Content-Type"].startswith("application/vnd.oai.openapi")
    assert drawn.headers["Content-Type"] == "application/json"
    written = yaml.safe_load(plain.content)
    assert written["openapi"] == json.loads(drawn.content)["openapi"] == "3.1.0"
    assert json.loads(drawn.content)["paths"].keys() == written["paths"].keys()


def test_description_that_is_held_already_is_not_sent_again(visitor, django_assert_num_queries):
    tag = visitor.get(SCHEMA).headers["ETag"]
    with django_assert_num_queries(0):
        answer = visitor.get(SCHEMA, headers={"If-None-Match": tag})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["ETag"] == tag
    other = visitor.get(SCHEMA, headers={"If-None-Match": tag, "Accept": "application/json"})
    assert other.status_code == 200
    assert {"Accept", "Accept-Language", "Cookie"} <= {part.strip() for part in other.headers["Vary"].split(",")}


def test_every_call_says_who_may_ask_and_with_which_scope():
    schema = describing.description()
    assert {"token", "cookieAuth"} == schema["components"]["securitySchemes"].keys()
    for call in calls_of(schema):
        needed = [scope for way in call["security"] for scope in way.get("token", ())]
        assert len(needed) == 1, call["operationId"]
        assert needed[0] in scopes.SCOPES
        assert call["tags"] == [needed[0].partition(":")[0]]


# May be of whoever asked anonymously, and know a retry by an id or a revision of their own, or change nothing twice:
# nothing is kept of them under a name.
OF_NOBODY = {
    "poll_vote", "question_ask", "question_vote", "question_unvote", "question_follow", "question_unfollow",
    "question_withdraw",
}  # fmt: skip
# Come or answer with a secret, which must not be kept with it, nor a digest of it.
OF_SECRETS = {
    "webhook_secret", "connection_make", "connection_change", "connection_delete", "agenda_address_renew",
    "token_make", "own_invitation_by_link", "place_take",
    "stream_key_make", "caption_key", "caption_key_end", "captions_push",
}  # fmt: skip
AFTER_ALL = {"account_end"}  # there is nobody left to keep an answer for


def test_writes_take_keys_and_lists_take_cursors():
    for path, methods in describing.description()["paths"].items():
        for method, call in methods.items():
            names = {part["name"] for part in call.get("parameters", ())}
            takes_keys = method != "get" and call["operationId"] not in OF_NOBODY | OF_SECRETS | AFTER_ALL
            assert ("Idempotency-Key" in names) is takes_keys, call["operationId"]
            told = call["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema", {})
            is_page = {"next", "previous"} <= describing.resolved(told).get("properties", {}).keys()
            assert is_page is ("cursor" in names), path


def test_page_names_every_call_with_an_example(visitor):
    page = visitor.get("/api/").content.decode()
    for path, methods in describing.description()["paths"].items():
        assert path in page
        for call in methods.values():
            assert f'id="{call["operationId"]}"' in page
    assert page.count("Authorization: Bearer pln_…&#x27;") == len(calls_of(describing.description()))
    assert "-d &#x27;{&quot;question&quot;: &quot;…&quot;}&#x27;" in page


@pytest.mark.parametrize(
    ("schema", "kind", "sample"),
    [
        ({"type": "integer", "minimum": 3}, "integer", 3),
        ({"type": ["string", "null"]}, "string | null", "…"),
        ({"enum": ["a", "b"]}, '"a" | "b"', "a"),
        ({"type": "array", "items": {"type": "boolean"}}, "array of boolean", [True]),
        ({"type": "string", "format": "email"}, "string (email)", "nadia@lakeside.example"),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "integer | null", 1),
    ],
    ids=str,
)
def test_kinds_are_said_and_shown(schema, kind, sample):
    assert (describing.kind_of(schema), describing.sample_of(schema)) == (kind, sample)
