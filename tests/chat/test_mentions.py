"""People who are named with an @."""

from apps.chat import selectors, services
from apps.chat.models import Mention
from tests.chat.asking import actor, edit
from tests.factories.events import RegistrationFactory


def test_who_is_named_is_told(room, attendee, speaker, say, told):
    with told.after():
        said = say(speaker, "Ask @nadia okello, she has the map.")

    assert [(named.id, named.name) for named in said.mentions] == [(attendee.pk, "Nadia Okello")]
    assert (room.event_id, f"person/{attendee.pk}/mentions") in told.states
    mentions = selectors.mentions(room.event_id, attendee.pk)
    assert (mentions.count, mentions.newest[0].message) == (1, said.id)


def test_name_must_be_whole_and_of_this_event(room, attendee, outsider, speaker, say):
    answer = say(speaker, f"@Nadia @{outsider.name} someone@Nadia Okellosson")

    assert answer.mentions == []
    assert not Mention.objects.exists()


def test_longest_name_is_meant(event, attendee, speaker, say):
    for name in ("Nadia", "Ana-Maria O'Neil Jr."):
        RegistrationFactory(event=event, user__name=name)

    said = say(speaker, "Ask @Nadia Okello, not @nadia; or @Ana-Maria O'Neil Jr.: she knows.")

    assert [named.name for named in said.mentions] == ["Nadia Okello", "Nadia", "Ana-Maria O'Neil Jr."]


def test_who_names_many_silences_nobody_else(attendee, moderator, speaker, saying):
    many = " ".join(f"@a{chr(97 + number % 26)}{number}" for number in range(60))

    _many, named = services.send_messages([saying(moderator, many), saying(speaker, "Hello @Nadia Okello")])

    assert [person.name for person in named.mentions] == ["Nadia Okello"]


def test_one_does_not_tell_oneself(attendee, say):
    say(attendee, "I am @Nadia Okello")

    assert not Mention.objects.exists()


def test_change_that_names_somebody_tells_them_once(room, attendee, speaker, say):
    said = say(speaker, "Hello @Nadia Okello")
    edit(room, said, speaker, "Hello again @Nadia Okello")

    assert Mention.objects.count() == 1


def test_held_message_tells_whom_it_names_only_once_it_is_let_through(event, room, attendee, moderator, say):
    room.holds = "all"
    room.save()
    other = RegistrationFactory(event=event, user__name="Piet Vermeer").user
    held = say(other, "Hello @Nadia Okello")
    assert not Mention.objects.exists()

    services.decide(actor(moderator, event), messages=[held.id], approve=True)

    assert selectors.mentions(event.pk, attendee.pk).count == 1


def test_change_that_takes_a_name_away_takes_the_news_of_it_too(room, attendee, speaker, say, told):
    said = say(speaker, "Hello @Nadia Okello")

    with told.after():
        edit(room, said, speaker, "Hello everybody")

    assert not Mention.objects.exists()
    assert selectors.mentions(room.event_id, attendee.pk).count == 0
    assert (room.event_id, f"person/{attendee.pk}/mentions") in told.states
