"""Words that are kept with a row: said in the language of whoever reads it."""

import json

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from apps.core.words import keepable, kept, said, sentence

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


def test_sentence_remembers_what_it_was_before_it_was_translated():
    with translation.override("de"):
        told = sentence("the session “%s” has no room") % "Hochwasser"
    assert told == "die Session „Hochwasser“ hat keinen Raum"
    kept_words = json.loads(json.dumps(keepable(told)))
    assert kept_words == ["the session “%s” has no room", ["Hochwasser"]]
    with translation.override("en"):
        assert said(kept_words) == "the session “Hochwasser” has no room"


def test_sentence_within_a_sentence_is_translated_too():
    place = sentence("line %(line)d") % {"line": 4}
    told = keepable(sentence("this id stands in %(place)s already") % {"place": place})
    with translation.override("de"):
        assert "Zeile 4" in said(told)


def test_what_is_filled_into_a_sentence_is_made_harmless():
    place = sentence("line %(line)d") % {"line": 4}
    told = (sentence("“%(title)s” stands in %(place)s") % {"title": "High\x00 water", "place": place}).cleaned(
        lambda text: text.replace("\x00", "")
    )
    words, values = keepable(told)
    assert (told, values["title"]) == ("“High water” stands in line 4", "High water")
    assert said([words, values]) == told


def test_label_that_is_translated_later_is_kept_as_it_stands_in_the_source():
    with translation.override("de"):
        assert keepable(sentence(_("room"))) == ["room", {}]


def test_plain_text_is_kept_as_it_is():
    assert (keepable("100 % sicher"), said(keepable("100 % sicher"))) == ("100 % sicher", "100 % sicher")
