"""Addresses become links, in Python and in the page's script alike."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from apps.core import links

CASES = {
    "no address": [["no address", False]],
    "https://a.example": [["https://a.example", True]],
    "see https://a.example/x?y=1#z, then": [["see ", False], ["https://a.example/x?y=1#z", True], [", then", False]],
    "(https://a.example/b_(c))": [["(", False], ["https://a.example/b_(c)", True], [")", False]],
    "http://a.example... and HTTPS://B.example!": [
        ["http://a.example", True],
        ["... and ", False],
        ["HTTPS://B.example", True],
        ["!", False],
    ],
    'https://a.example/"><img src=x>': [["https://a.example/", True], ['"><img src=x>', False]],
    "javascript:alert(1) https://": [["javascript:alert(1) https://", False]],
    "https://": [["https://", False]],
    "سلام https://مثال.example/ط.": [["سلام ", False], ["https://مثال.example/ط", True], [".", False]],
}
SCRIPT = "import { parts } from %s; console.log(JSON.stringify(%s.map(parts)));"


@pytest.mark.parametrize("text", CASES)
def test_parts(text):
    assert [list(part) for part in links.parts(text)] == CASES[text]


def test_html_is_escaped():
    assert links.linked("<b> https://a.example/?a=1&b=2") == (
        "&lt;b&gt; "
        '<a href="https://a.example/?a=1&amp;b=2" target="_blank" rel="noopener nofollow ugc">'
        "https://a.example/?a=1&amp;b=2</a>"
    )


@pytest.mark.skipif(shutil.which("node") is None, reason="no Node on this machine")
def test_script_finds_the_same():
    module = Path(__file__).parents[2] / "static/ui/links.js"
    source = SCRIPT % (json.dumps(module.as_uri()), json.dumps(list(CASES)))

    done = subprocess.run(
        ["node", "--input-type=module", "-e", source], capture_output=True, text=True, check=True, timeout=60
    )

    assert json.loads(done.stdout) == list(CASES.values())
