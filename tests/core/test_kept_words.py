"""Words that are kept with a row: said in the language of whoever reads it."""

import json

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from apps.core.words import kept, said

WORDS = _("An event has up to %(most)s tickets.")


def test_words_are_said_in_the_readers_language():
    with translation.override("de"):
        told = json.loads(json.dumps(kept(WORDS, {"most": 500})))
    assert told == ["An event has up to %(most)s tickets.", {"most": 500}]
    with translation.override("en"):
        assert said(told) == "An event has up to 500 tickets."
    with translation.override("de"):
        assert said(told) == str(WORDS) % {"most": 500} != "An event has up to 500 tickets."


def test_words_of_before_stay_as_they_are():
    assert (said("100 % sicher"), said([]), said("")) == ("100 % sicher", "", "")
