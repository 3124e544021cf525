"""Refusals and the cleaning of HTML."""

from apps.core import html
from apps.core.doors import api_exception_handler
from apps.core.errors import Refused


def test_refusal_becomes_problem_details_with_its_code_and_field():
    refused = Refused("poll.closed", "This poll is closed.", field="option", retry_after=2.4)

    response = api_exception_handler(refused, {})

    assert response.status_code == 409
    assert response.data == {
        "type": "about:blank",
        "code": "poll.closed",
        "title": "This poll is closed.",
        "status": 409,
        "field": "option",
    }
    assert response.headers["Retry-After"] == "2"


def test_clean_keeps_text_markup_and_drops_what_runs():
    dirty = '<p onclick="x()">Hello <b>there</b><script>alert(1)</script><a href="javascript:x()">link</a></p>'

    assert html.clean(dirty) == '<p>Hello <b>there</b><a rel="noopener nofollow">link</a></p>'


def test_to_text_gives_a_paragraph_a_line_without_entities():
    assert html.to_text("<p>Ponds &amp; meadows</p><ul><li>one</li><li>two</li></ul>") == "Ponds & meadows\none\ntwo"


def test_a_refused_style_or_image_leaves_no_trace():
    assert html.clean('<img src=x onerror=alert(1)><p style="color:red">x</p>') == "<p>x</p>"
