"""What is said in a green room: a word from the producer to who is on stage or waits, and back."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core.errors import Refused
from apps.live import publish
from apps.media import broadcasts
from apps.media.models import BackstageLine, Stream

MOST_KEPT = 50
"""Of one stream; older ones go."""


@transaction.atomic
def say_backstage(stream: Stream, text: str, *, by: User, is_from_desk: bool, to: int | None = None) -> broadcasts.Said:
    """`to` is the id of who is meant; everybody in the green room reads it all the same. Ask first who may."""
    text = " ".join(text.split())
    if not text or len(text) > BackstageLine.MOST_CHARS:
        raise Refused("backstage.text", _("Write a line, of 200 characters at most."), status=400)
    if stream.state == Stream.State.ENDED:
        raise Refused("stream.ended", _("This stream has ended already."))
    place = stream.contributions.select_related("person").filter(pk=to).first() if to else None
    if to and place is None:
        raise Refused("contribution.away", _("They are not in the green room at this moment."))
    line = BackstageLine.objects.create(stream=stream, author=by, is_from_desk=is_from_desk, to=place, text=text)
    kept = stream.backstage_lines.order_by("-pk").values("pk")[:MOST_KEPT]
    stream.backstage_lines.exclude(pk__in=kept).delete()
    publish.state(stream.event_id, broadcasts.backstage_topic(stream.pk))
    return broadcasts.said(line)
