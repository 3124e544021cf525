"""All of a message that people read is judged: its words, what its files are called, and how they are described."""

import io

import pytest

from apps.chat import services
from apps.chat.models import Message
from tests.chat.test_files import PDF
from tests.factories.chat import WordFactory


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def send(room, attendee, say):
    """With one file of this name, described so."""

    def made(name="plan.pdf", alt="", text="The plan"):
        row = services.attach(room, user=attendee, roles=frozenset({"attendee"}), name=name, file=io.BytesIO(PDF))
        return say(attendee, text, files=(services.Wanted(row.key, alt),))

    return made


@pytest.mark.parametrize("what", [{"name": "visit evil.ai"}, {"alt": "More at www.evil.example"}])
def test_links_are_off_in_names_and_descriptions(rules, send, what):
    rules(links_allowed=False)

    assert send(**what).code == "chat.no_links"
    assert send(name="evil.pdf").seq


@pytest.mark.parametrize("what", [{"name": "bilge.pdf"}, {"alt": "A picture of B1LGE"}])
def test_withheld_words_are_seen_in_names_and_descriptions(event, send, what):
    word = WordFactory(event=event, text="bilge", action="hold")

    held = send(**what)

    assert held.held == "waiting"
    assert services.words_in(event.pk, [Message.objects.get(pk=held.id)]) == {held.id: "bilge"}
    word.delete()
    WordFactory(event=event, text="bilge", action="refuse")
    assert send(**what).code == "chat.word"
