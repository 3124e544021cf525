"""Lists of words: what is the same word, what is not, and how lists are kept."""

import pytest
from django.urls import reverse

from apps.chat import services
from apps.chat.models import Act, Message, Word
from apps.chat.services import wordlist
from apps.core import folding
from apps.core.errors import Refused


@pytest.fixture
def listed(event, moderator):
    """Puts words on the event's list: `listed("bilge\\nold rope", action="refuse")`."""

    def add(lines, action="hold", language="en"):
        by = services.Actor(event.pk, moderator.pk, frozenset({"moderator"}))
        return services.add_words(by, language=language, lines=lines, action=action)

    return add


@pytest.mark.parametrize(
    "text",
    [
        "bilge",
        "What BILGE!",
        "bílgé",
        "ｂｉｌｇｅ",
        "bi\u00adl\u200bge",
        "b1lg3",
        "bіlgе",  # with a Cyrillic і and е
        "b i l g e",
        "b.i.l.g.e, really",
    ],
)
def test_word_is_found_however_it_is_dressed(event, listed, text):
    listed("bilge")

    assert wordlist.matcher_of(event.pk).find(text).text == "bilge"


@pytest.mark.parametrize("text", ["bilges", "a bilgewater pump", "big led", "1316", "bil ge"])
def test_parts_and_neighbours_are_other_words(event, listed, text):
    listed("bilge")

    assert wordlist.matcher_of(event.pk).find(text) is None


def test_phrase_is_found_across_signs_and_spaces(event, listed):
    listed("old rope")

    matcher = wordlist.matcher_of(event.pk)
    assert matcher.find("money for Old   rope!")
    assert not matcher.find("rope, old as it is")


def test_script_without_spaces_is_looked_through(event, listed):
    listed("水門", language="en")

    assert wordlist.matcher_of(event.pk).find("昨日は水門を見た")


def test_numbers_alone_stay_numbers(event, listed):
    listed("ass")

    assert wordlist.matcher_of(event.pk).find("The gauge says 455") is None
    assert wordlist.matcher_of(event.pk).find("4ss")


def test_of_two_lists_the_stricter_holds(event, listed):
    listed("bilge", action="hold")
    listed("Bilge", action="refuse", language="de")

    assert wordlist.matcher_of(event.pk).find("bilge").refuse


def test_list_of_another_event_is_its_own(other_event, listed):
    listed("bilge")

    assert wordlist.matcher_of(other_event.pk).find("bilge") is None


def test_matcher_follows_the_list(event, listed, moderator):
    listed("bilge")
    assert wordlist.matcher_of(event.pk).find("bilge")
    by = services.Actor(event.pk, moderator.pk, frozenset({"moderator"}))

    services.remove_words(by, words=[Word.objects.get().pk])

    assert wordlist.matcher_of(event.pk).find("bilge") is None


def test_pasted_lines_are_counted_and_the_same_is_not_added_twice(listed):
    first = listed("bilge\n\n# a remark\nOld rope\nbílge\n" + "x" * 61 + "\n!!!")
    again = listed("bilge\nkeel", action="refuse")

    assert (first.added, first.known, len(first.too_long)) == (2, 0, 2)
    assert (again.added, again.changed, again.known) == (1, 1, 0)
    assert set(Word.objects.values_list("text", "action")) == {
        ("bilge", "refuse"),
        ("Old rope", "hold"),
        ("keel", "refuse"),
    }
    assert Act.objects.filter(kind="words").count() == 2


@pytest.mark.parametrize(
    ("lines", "change", "code"),
    [
        ("", {}, "chat.no_words"),
        ("a", {"language": "xx"}, "chat.language_unknown"),
        ("a", {"action": "shout"}, "chat.action_unknown"),
        ("\n".join(f"w{n}" for n in range(2001)), {}, "chat.too_many_words"),
    ],
)
def test_list_that_cannot_be_is_refused(listed, lines, change, code):
    with pytest.raises(Refused) as refused:
        listed(lines, **change)

    assert refused.value.code == code
    assert not Word.objects.exists()


def test_lists_of_an_event_are_bounded(listed, monkeypatch):
    monkeypatch.setattr(wordlist, "MOST_WORDS", 3)
    listed("one\ntwo")

    with pytest.raises(Refused) as refused:
        listed("three\nfour")

    assert refused.value.code == "chat.list_full"
    assert Word.objects.count() == 2


def test_listed_word_refuses_or_holds_the_message(listed, attendee, moderator, say):
    listed("bilge", action="refuse")
    listed("rope", action="hold")

    refused = say(attendee, "Such bilge")
    held = say(attendee, "Such rope")

    assert refused.code == "chat.word"
    assert (held.seq, held.held) == (None, "waiting")
    assert Message.objects.get().held_for == "word"
    assert say(moderator, "No bilge here, please").seq


def test_folding_keeps_what_is_really_written_in_another_alphabet_equal_to_itself():
    assert folding.words_of("Водосброс") == folding.words_of("водосброс")
    assert folding.words_of("Straße") == folding.words_of("STRASSE")


# Over REST -----------------------------------------------------------------------------------------------------


@pytest.fixture
def api(event):
    return reverse("api:chat-words", args=[event.slug])


def test_api_adds_pages_and_takes_out(api, event, moderator, enter):
    client, json = enter(moderator), {"content_type": "application/json"}
    added = client.post(api, {"language": "en", "words": ["bilge", "old rope"], "action": "refuse"}, **json)
    client.post(api, {"language": "de", "words": ["Tand"]}, **json)

    page = client.get(api, {"limit": 2}).json()
    rest = client.get(api, {"after": page["words"][-1]["id"]}).json()

    assert (added.status_code, added.json()["added"]) == (201, 2)
    assert [(word["text"], word["action"]) for word in page["words"]] == [("bilge", "refuse"), ("old rope", "refuse")]
    assert (page["more"], rest["more"]) == (True, False)
    assert [(word["language"], word["action"]) for word in rest["words"]] == [("de", "hold")]
    assert [word["text"] for word in client.get(api, {"language": "de"}).json()["words"]] == ["Tand"]

    gone = reverse("api:chat-word", args=[event.slug, page["words"][0]["id"]])
    assert client.delete(gone).status_code == 204
    assert client.delete(gone).status_code == 404
    assert [act.detail.get("gone", [[None] * 2])[0][1] for act in Act.objects.order_by("-pk")[:1]] == ["bilge"]


def test_api_of_words_is_for_moderators_of_this_event(api, listed, attendee, outsider, other_event, moderator, enter):
    listed("bilge")

    for person in (attendee, outsider):
        assert enter(person).get(api).status_code in (403, 404)
    elsewhere = reverse("api:chat-word", args=[other_event.slug, Word.objects.get().pk])
    assert enter(moderator).delete(elsewhere).status_code in (403, 404)
    assert Word.objects.exists()


def act_of_words():
    return Act.objects.filter(kind="words").latest("pk")


def undo(event, moderator, act):
    by = services.Actor(event.pk, moderator.pk, frozenset({"moderator"}))
    return services.undo(by, act_id=act.pk)


def test_undo_of_adding_gives_words_that_stood_there_their_action_again(event, moderator, listed):
    listed("bilge", action="hold")
    listed("bilge\nrope", action="refuse")
    act = act_of_words()
    assert (act.detail["added"], act.detail["changed"]) == (["rope"], [["bilge", "hold"]])

    restored = undo(event, moderator, act).detail["restored"]

    assert restored == {"words": 2}
    assert list(Word.objects.values_list("text", "action")) == [("bilge", "hold")]
    assert wordlist.matcher_of(event.pk).find("bilge").refuse is False


def test_undo_of_adding_leaves_what_was_changed_since(event, moderator, listed):
    listed("bilge", action="hold")
    act = act_of_words()
    listed("bilge", action="refuse")

    with pytest.raises(Refused, match="undo_nothing"):
        undo(event, moderator, act)

    assert list(Word.objects.values_list("text", "action")) == [("bilge", "refuse")]


def test_undo_of_taking_out_does_not_overfill_the_list(event, moderator, listed, monkeypatch):
    listed("one\ntwo")
    by = services.Actor(event.pk, moderator.pk, frozenset({"moderator"}))
    services.remove_words(by, words=list(Word.objects.values_list("pk", flat=True)))
    act = act_of_words()
    monkeypatch.setattr(wordlist, "MOST_WORDS", 3)
    listed("three\nfour")

    with pytest.raises(Refused, match="list_full"):
        undo(event, moderator, act)

    assert Word.objects.count() == 2
