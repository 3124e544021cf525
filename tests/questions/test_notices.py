"""Mails of answers: to whom, once, in one mail with the reply, never to who asked without a name or wants none."""

from apps.events.models import Registration
from apps.notifications import services as mails
from apps.notifications.models import OwedMail
from apps.questions import selectors, services
from apps.questions.models import Notice
from apps.questions.services import noticing
from tests.factories.events import RegistrationFactory
from tests.factories.questions import FollowFactory


def told_people():
    return sorted(OwedMail.objects.filter(kind=selectors.ANSWER_MAIL).values_list("user", flat=True))


def test_asker_and_followers_are_told_once_of_both_kinds_of_answer(ask, attendee, crowd, moderator, pass_time):
    question = ask(attendee)
    FollowFactory(question=question, user=crowd[0])
    services.move_question(question, to="answered")
    services.reply_to_question(question, text="The school of Marl.", by=moderator)

    assert (services.tell_due(), pass_time(), pass_time()) == (0, 2, 0)

    assert told_people() == sorted([attendee.pk, crowd[0].pk])
    own = OwedMail.objects.get(user=attendee)
    assert own.subject == "Answered: Who reads the gauge?"
    for body in (own.text, own.html):
        assert "Your question is answered." in body
        assert "The school of Marl." in body
        assert "/mail/" in body
    assert "A question that you follow" in OwedMail.objects.get(user=crowd[0]).text


def test_words_after_an_answer_aloud_are_told_too_and_others_in_their_place_are_not(
    ask, attendee, moderator, pass_time
):
    question = ask(attendee)
    services.move_question(question, to="answered")
    assert pass_time() == 1
    services.reply_to_question(question, text="Page nine.", by=moderator)
    assert pass_time() == 1
    services.reply_to_question(question, text="Page ten.", by=moderator)
    assert pass_time() == 0


def test_answer_that_is_taken_back_in_time_is_not_mailed(ask, attendee, pass_time):
    question = ask(attendee)
    services.move_question(question, to="answered")
    services.move_question(question, to="new")

    assert (pass_time(), Notice.objects.count()) == (0, 0)

    services.move_question(question, to="answered")
    assert pass_time() == 1


def test_nameless_asker_gets_no_mail_and_stands_in_none(ask, attendee, crowd, moderator, pass_time):
    question = ask(attendee, is_anonymous=True)
    FollowFactory(question=question, user=crowd[0])
    services.reply_to_question(question, text="Yes.", by=moderator)

    pass_time()

    mail = OwedMail.objects.get(kind=selectors.ANSWER_MAIL)
    assert mail.user == crowd[0]
    assert attendee.name not in mail.text + mail.html


def test_no_mail_says_to_its_reader_that_a_nameless_question_is_theirs(ask, attendee, speaker, pass_time):
    question, duplicate = ask(attendee, is_anonymous=True), ask(speaker, "Who is it that reads the gauge?")
    FollowFactory(question=duplicate, user=attendee)
    services.merge_question(duplicate, into=question)
    services.move_question(question, to="answered")

    pass_time()

    assert "Your question" not in OwedMail.objects.get(user=attendee).text


def test_who_left_replied_or_wants_none_is_not_mailed(event, ask, attendee, crowd, moderator, pass_time):
    question = ask(moderator)
    for person in crowd:
        FollowFactory(question=question, user=person)
    RegistrationFactory(event=event, user=crowd[0], state=Registration.State.CANCELLED)
    mails.want_mails(crowd[1].pk, kind=selectors.ANSWER_MAIL, wanted=False)
    services.reply_to_question(question, text="Yes.", by=moderator)

    pass_time()

    assert told_people() == sorted([crowd[2].pk, crowd[3].pk])


def test_asker_of_a_joined_duplicate_is_told(ask, attendee, speaker, pass_time):
    question, duplicate = ask(attendee), ask(speaker, "Who is it that reads the gauge?")
    services.merge_question(duplicate, into=question)
    services.move_question(question, to="answered")

    pass_time()

    assert told_people() == sorted([attendee.pk, speaker.pk])


def test_people_of_a_duplicate_are_told_of_an_answer_that_was_there_before(
    ask, attendee, speaker, crowd, moderator, pass_time
):
    question = ask(attendee)
    FollowFactory(question=question, user=crowd[0])
    services.reply_to_question(question, text="The school of Marl.", by=moderator)
    assert pass_time() == 2
    first, second = ask(speaker, "Who is it that reads the gauge?"), ask(crowd[1], "Who is at the gauge?")
    for person in (crowd[0], crowd[2]):
        FollowFactory(question=first, user=person)

    services.merge_question(second, into=first)
    services.merge_question(first, into=question)

    assert (pass_time(), pass_time()) == (3, 0)
    assert told_people() == sorted([attendee.pk, speaker.pk, *(person.pk for person in crowd[:3])])
    body = OwedMail.objects.get(user=speaker).text
    assert "The school of Marl." in body
    assert "asked the same" in body


def test_people_of_a_duplicate_are_told_once_where_the_answer_is_still_to_be_told(
    ask, attendee, speaker, moderator, pass_time
):
    question, duplicate = ask(attendee), ask(speaker, "Who is it that reads the gauge?")
    services.move_question(question, to="answered")
    services.merge_question(duplicate, into=question)
    assert (pass_time(), pass_time()) == (2, 0)

    other = ask(speaker, "Who is at the gauge?")
    services.merge_question(other, into=question)
    services.reply_to_question(question, text="The school of Marl.", by=moderator)

    assert (pass_time(), pass_time()) == (2, 0)


def test_people_of_a_duplicate_that_is_joined_between_two_batches_are_told_once(
    ask, attendee, speaker, crowd, pass_time, monkeypatch
):
    monkeypatch.setattr(noticing, "BATCH", 2)
    monkeypatch.setattr(noticing, "MOST_BATCHES", 1)
    question, duplicate = ask(attendee), ask(speaker, "Who is it that reads the gauge?")
    for person in crowd[:2]:
        FollowFactory(question=question, user=person)
    for person in crowd[2:]:
        FollowFactory(question=duplicate, user=person)
    services.move_question(question, to="answered")
    assert pass_time() == 2

    services.merge_question(duplicate, into=question)
    for _round in range(8):
        pass_time()

    assert told_people() == sorted([attendee.pk, speaker.pk, *(person.pk for person in crowd)])


def test_duplicate_that_is_split_off_in_time_is_told_nothing(ask, attendee, speaker, pass_time):
    question, duplicate = ask(attendee), ask(speaker, "Who is it that reads the gauge?")
    services.move_question(question, to="answered")
    assert pass_time() == 1

    services.merge_question(duplicate, into=question)
    services.split_question(duplicate)

    assert pass_time() == 0


def test_mails_are_bounded_by_batch_and_by_person(ask, attendee, crowd, pass_time, monkeypatch):
    monkeypatch.setattr(noticing, "BATCH", 2)
    monkeypatch.setattr(noticing, "MOST_BATCHES", 2)
    monkeypatch.setattr(noticing, "MOST_A_DAY", 1)
    question = ask(attendee)
    for person in crowd:
        FollowFactory(question=question, user=person)
    services.move_question(question, to="answered")
    assert (pass_time(), services.tell_due()) == (4, 1)

    other = ask(attendee, "And who pays for it?")
    services.move_question(other, to="answered")
    assert pass_time() == 0
