"""Mails of answers: owed with the answer, written a while later to whoever asked with their name or follows.

The pause lets an answer aloud and its written reply come in one mail, and a slip of the desk be taken back unmailed.
Who asked without a name is in no row, and so gets none: their page tells them.
"""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core import clock
from apps.events.models import Event, Registration
from apps.notifications import registry
from apps.notifications import selectors as mails
from apps.notifications import services as post
from apps.notifications.models import OwedMail
from apps.questions.models import Follow, Notice, Question
from apps.questions.selectors import ANSWER_MAIL

PAUSE = timedelta(minutes=5)
BATCH = 200
"""People told in one transaction."""
MOST_BATCHES = 10
"""Of one round of beat; the rest is told in the next."""
MOST_A_DAY = 10
"""Such mails to one person from one event."""


def owe_notice(question: Question) -> None:
    """It has an answer now. Told once; once more where it was answered aloud only, and words came later."""
    due_at = clock.now() + PAUSE
    notice, is_new = Notice.objects.get_or_create(question=question, defaults={"due_at": due_at})
    if not is_new and question.reply:
        told = Notice.objects.filter(pk=notice.pk, with_reply=False).exclude(done_at=None)
        if told.update(done_at=None, after=0, due_at=due_at):
            # The people of what was joined with it since are among those who are told of the words.
            Notice.objects.filter(question__merged_into=question, done_at=None).delete()


def owe_notice_of_duplicate(duplicate: Question, *, into: Question) -> None:
    """What it is joined with has an answer already: whoever asked or follows the duplicate is told of it, and nobody
    else again. Whom the notice of the question that remains is still to reach, it tells of both."""
    if not into.has_answer:
        return
    told = Notice.objects.select_for_update().filter(question=into).first()
    if told and told.done_at is None and not told.after:
        return
    due_at, until = clock.now() + PAUSE, told.after if told and told.done_at is None else None
    notice, is_new = Notice.objects.get_or_create(question=duplicate, defaults={"due_at": due_at, "until": until})
    if is_new:
        return
    if notice.done_at is None:
        Notice.objects.filter(pk=notice.pk).update(until=until)
    elif into.reply and not notice.with_reply:
        Notice.objects.filter(pk=notice.pk).update(done_at=None, after=0, due_at=due_at, until=until)


def tell_due() -> int:
    """Writes the mails that are due, a batch in a transaction; how many. Several may do this at once."""
    total = 0
    for _batch in range(MOST_BATCHES):
        written = _tell_some()
        if written is None:
            break
        total += written
    return total


@transaction.atomic
def _tell_some() -> int | None:
    due = Notice.objects.filter(done_at=None, due_at__lte=clock.now()).order_by("due_at", "pk")
    notice = due.select_for_update(skip_locked=True, of=("self",)).first()
    if notice is None:
        return None
    asked = Question.objects.select_related(
        "board__session__event", "author", "replied_by", "merged_into__board__session__event",
        "merged_into__author", "merged_into__replied_by",
    ).get(pk=notice.question_id)  # fmt: skip
    question = asked.merged_into if asked.state == Question.State.MERGED and asked.merged_into else asked
    if question.board.session is None or not question.has_answer:
        notice.delete()  # The answer was taken back in the meantime; another one is told anew.
        return 0
    waiting = _awaiting(question) if question is asked else _awaiting_duplicate(question, asked, until=notice.until)
    people = list(waiting.filter(pk__gt=notice.after).order_by("pk")[:BATCH])
    written = _write(question, people)
    notice.with_reply = bool(question.reply)
    notice.after = people[-1].pk if people else notice.after
    notice.done_at = clock.now() if len(people) < BATCH else None
    notice.save(update_fields=["with_reply", "after", "done_at"])
    return written


def _awaiting(question: Question) -> QuerySet[User]:
    """Followers, and who asked it or what was joined with it."""
    asked = Question.objects.filter(Q(pk=question.pk) | Q(merged_into=question)).exclude(author=None)
    return _reached(question, asked, Follow.objects.filter(question=question))


def _awaiting_duplicate(question: Question, duplicate: Question, *, until: int | None) -> QuerySet[User]:
    """Who asked or followed the duplicate, and was not told of the answer before."""
    follows = Follow.objects.filter(question=question)
    asked = Question.objects.filter(pk=duplicate.pk).exclude(author=None)
    people = _reached(question, asked, follows.filter(via=duplicate))
    people = people.exclude(pk__in=follows.exclude(via=duplicate).values("user")).exclude(pk=question.author_id or 0)
    return people if until is None else people.filter(pk__lte=until)


def _reached(question: Question, asked: QuerySet[Question], followers: QuerySet[Follow]) -> QuerySet[User]:
    """Of those the ones who are mailed: not who replied, left, or wants no such mail."""
    left = Registration.objects.filter(event=question.board.event_id).exclude(state=Registration.State.CONFIRMED)
    people = User.objects.filter(Q(pk__in=followers.values("user")) | Q(pk__in=asked.values("author")), is_active=True)
    people = people.exclude(pk__in=mails.silent(ANSWER_MAIL)).exclude(pk__in=left.values("user"))
    return people.exclude(pk=question.replied_by_id or 0).exclude(email="")


def _write(question: Question, people: Sequence[User]) -> int:
    session = question.board.session
    if session is None or not people:
        return 0
    event = session.event
    sated = _sated(event, people)
    wanted = [person for person in people if person.pk not in sated]
    for person in wanted:
        with translation.override(person.language or event.default_language):
            # Never by the key: a mail that is kept must not say whose a question without a name is.
            is_own = question.author_id == person.pk
            post.owe_mail(
                event=event,
                user=person,
                kind=ANSWER_MAIL,
                to=person.email,
                subject=_("Answered: %(question)s") % {"question": question.text},
                template="questions/mail/answer",
                context={
                    "question": question,
                    "session": session,
                    "is_own": is_own,
                    "url": f"{settings.SITE_URL}{session.get_absolute_url()}#questions",
                    "stop_url": registry.address(person.pk, ANSWER_MAIL),
                },
            )
    return len(wanted)


def _sated(event: Event, people: Sequence[User]) -> set[int]:
    """Who got enough of these mails for a day."""
    rows = OwedMail.objects.filter(
        event=event, kind=ANSWER_MAIL, user__in=people, created_at__gt=clock.now() - timedelta(days=1)
    )
    counted = rows.order_by().values("user").annotate(count=Count("pk")).filter(count__gte=MOST_A_DAY)
    return set(counted.values_list("user", flat=True))
