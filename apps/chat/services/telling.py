"""Who has the words of a message on a topic of their own, and is told when these read differently."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from apps.chat import broadcasts
from apps.chat.models import Mention, Message
from apps.chat.services.recording import tell_person
from apps.live import publish


def tell_of_words(event_id: int, messages: Iterable[int] | QuerySet[Message]) -> None:
    """These were changed, taken away or put back: whoever is named in them and has not looked hears of it, and so do
    the authors of what the room was not shown, where it is one of these or replies to one."""
    rows = messages if isinstance(messages, QuerySet) else list(messages)
    named = Mention.objects.filter(message__in=rows, seen_at=None).order_by().values_list("user", flat=True)
    for user_id in named.distinct():
        publish.state(event_id, broadcasts.mentions_topic(user_id))
    unseen = Message.objects.filter(Q(pk__in=rows) | Q(reply_to__in=rows), seq=None, author__isnull=False)
    for author_id in unseen.order_by().values_list("author", flat=True).distinct():
        tell_person(event_id, author_id)
