"""A refusal is written in the language of whoever reads it, not of the thread that refused."""

import ast
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused

APPS = Path(__file__).parents[2] / "apps"


def test_values_are_put_in_when_the_message_is_read():
    words = _("A word has %(count)s letters at most.")
    refusal = Refused("poll.word_too_long", words, values={"count": 40})

    said = {}
    for language in ("en", "de"):
        with translation.override(language):
            said[language] = str(refusal.message)
            assert said[language] == str(words) % {"count": 40}

    assert said["en"] == "A word has 40 letters at most."
    assert said["de"] != said["en"]


def early(tree):
    """Lines where a refusal's message is put together at once."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and len(node.args) > 1:
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            message = node.args[1]
            if name == "Refused" and isinstance(message, ast.JoinedStr | ast.BinOp):
                yield node.lineno


def test_no_refusal_is_put_together_in_the_language_of_its_thread():
    found = {str(path): list(early(ast.parse(path.read_text()))) for path in APPS.rglob("*.py")}

    assert {path: lines for path, lines in found.items() if lines} == {}
