"""A poll's answers as a table: one line a person, or of an anonymous poll one an answer, in no order that tells."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from apps.polls import kinds
from apps.polls.models import Answer, Poll

MOST_AT_ONCE = 2000


def rows(poll: Poll, *, addresses: bool) -> Iterator[list[Any]]:
    """What is written so far of the current round, with people's e-mail `addresses` or without. Words are in the
    reader's language. Needs `options`."""
    named = not poll.anonymous
    columns = _columns(poll)
    mail = [_("E-mail")] if addresses else []
    person = [_("Name"), *mail, _("Answered (UTC)")] if named else []
    yield [*person, _("With the recording"), *(words for _number, words in columns)]
    answers = Answer.objects.filter(poll=poll, round=poll.round)
    # By the voter's name, which nobody can read: the order of the rows would be that of the answers.
    ordered = answers.select_related("user").order_by("pk") if named else answers.order_by("voter")
    for answer in ordered.iterator(chunk_size=MOST_AT_ONCE):
        who = [""] * len(person)
        if named and answer.user:
            who = [answer.user.name, *([answer.user.email] if addresses else []), _moment(answer)]
        yield [*who, _("yes") if answer.late else "", *_cells(poll, answer.said, columns)]


def _moment(answer: Answer) -> str:
    return answer.answered_at.strftime("%Y-%m-%d %H:%M:%S") if answer.answered_at else ""


def _columns(poll: Poll) -> list[tuple[int, str]]:
    """One where an answer is one thing; else one for each option."""
    if poll.kind in (Poll.Kind.MULTIPLE, Poll.Kind.RANKING, Poll.Kind.POINTS):
        return [(number, str(words)) for number, words, _option in kinds.kind_of(poll).rows(poll)]
    if poll.kind == Poll.Kind.WORDS:
        return [(place, _("Word %(place)s") % {"place": place + 1}) for place in range(kinds.bounds_of(poll)[1])]
    return [(0, _("Answer"))]


def _cells(poll: Poll, said: dict[str, Any], columns: list[tuple[int, str]]) -> list[Any]:
    match said:
        case {"option": option}:
            return [{one.pk: str(one) for one in poll.options.all()}.get(option, "")]
        case {"value": value}:
            return [value]
        case {"text": text}:
            return [text]
        case {"options": chosen}:
            return [1 if number in chosen else 0 for number, _words in columns]
        case {"order": order}:
            return [order.index(number) + 1 if number in order else "" for number, _words in columns]
        case {"points": points}:
            return [points.get(str(number), 0) for number, _words in columns]
        case {"words": words}:
            return [words[place] if place < len(words) else "" for place, _words in columns]
    return [""] * len(columns)
