"""Making polls: drafts, copies, and the templates of an organisation."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from i18nfield.strings import LazyI18nString

from apps.core.bounds import check_room
from apps.core.errors import Refused
from apps.events.models import Event, Organisation
from apps.media import services as media
from apps.media.models import Asset
from apps.polls import kinds
from apps.polls.models import Option, Poll, Template
from apps.tracks.models import Session

SESSION_UNKNOWN = _("There is no such session in this event.")
PICTURE_UNKNOWN = _("There is no such picture in this event.")
KEPT = (
    "kind", "results", "may_change", "anonymous", "moderated", "takes_late", "least", "most", "seconds",
)  # fmt: skip
"""What a template keeps of a poll beside its words."""
MOST_POLLS = 2000
"""Of one event."""
MOST_TEMPLATES = 500
"""Of one organisation."""


@transaction.atomic
def create_poll(
    *,
    event: Event,
    question: Any,
    options: Sequence[Any] = (),
    pictures: Sequence[Asset | None] = (),
    session: Session | None = None,
    **fields: Any,
) -> Poll:
    """A draft. `question` and `options` are texts, or texts by language; `fields` are those of the model. Raises
    Refused where there are as many as may be."""
    check_polls(event.pk)
    if session is not None and session.event_id != event.pk:
        raise session_unknown()
    poll = Poll(event=event, session=session, question=question, **fields)
    kinds.kind_of(poll).check(poll, len(options))
    poll.save()
    _give_options(poll, options, pictures)
    return poll


def check_polls(event_id: int) -> None:
    Event.objects.select_for_update(no_key=True).get(pk=event_id)  # two at once are counted
    check_room(Poll.objects.filter(event=event_id), most=MOST_POLLS, code="poll.too_many_polls")


@transaction.atomic
def change_poll(
    poll: Poll, *, options: Sequence[Any] | None = None, pictures: Sequence[Asset | None] | None = None, **fields: Any
) -> Poll:
    """Before anybody is asked. Takes what `create_poll` takes, and leaves alone what is not said: other options keep
    the pictures in their places, other pictures the options."""
    held = Poll.objects.select_for_update(no_key=True, of=("self",)).select_related("event").get(pk=poll.pk)
    if held.state not in (Poll.State.DRAFT, Poll.State.SCHEDULED):
        raise Refused(
            "poll.asked",
            _("People have been asked this, so it stays as it is. Begin the poll anew to change it, or make another."),
        )
    session = fields.get("session")
    if session is not None and session.event_id != held.event_id:
        raise session_unknown()
    for name, value in fields.items():
        setattr(held, name, value)
    known = list(held.options.select_related("picture"))
    texts = [option.text for option in known] if options is None else options
    shown = [option.picture for option in known] if pictures is None else pictures
    kinds.kind_of(held).check(held, len(texts))
    held.save()
    if options is not None or pictures is not None:
        held.options.all().delete()
        _give_options(held, texts, shown)
    if held.state == Poll.State.SCHEDULED:
        kinds.check_askable(held)
    return held


def _give_options(poll: Poll, texts: Sequence[Any], pictures: Sequence[Asset | None]) -> None:
    shown = [*pictures, *[None] * len(texts)]
    Option.objects.bulk_create(
        Option(poll=poll, text=text, picture=shown[place], position=place) for place, text in enumerate(texts)
    )


def session_unknown() -> Refused:
    return Refused("poll.session_unknown", SESSION_UNKNOWN, field="session", status=400)


@transaction.atomic
def keep_as_template(poll: Poll, *, name: str = "") -> Template:
    """Its pictures are kept by the organisation too: those of the event go with the event. Raises Refused where there
    are as many as may be."""
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=poll.event.organisation_id)
    there = Template.objects.filter(organisation=organisation)  # two at once are counted
    check_room(there, most=MOST_TEMPLATES, code="poll.too_many_templates")
    content: dict[str, Any] = {field: getattr(poll, field) for field in KEPT}
    for field in ("question", "low_words", "high_words"):
        content[field] = _kept(getattr(poll, field))
    options = list(poll.options.select_related("picture"))
    content["options"] = [_kept(option.text) for option in options]
    content["pictures"] = media.keep_pictures([option.picture for option in options])
    return Template.objects.create(
        organisation=organisation,
        name=name or str(poll.question)[:120],
        kind=poll.kind,
        content=content,
    )


@transaction.atomic
def create_from_template(template: Template, *, event: Event, session: Session | None = None) -> Poll:
    if template.organisation_id != event.organisation_id:
        raise template_unknown()
    fields: dict[str, Any] = dict(template.content)
    fields["question"], fields["options"] = words_of(template)
    for field in ("low_words", "high_words"):
        fields[field] = LazyI18nString(fields[field])
    fields["pictures"] = media.bring_pictures(event, fields.get("pictures", ()))
    return create_poll(event=event, session=session, **fields)


@transaction.atomic
def rename_template(template: Template, *, name: str) -> Template:
    if not Template.objects.filter(pk=template.pk).update(name=name):
        raise template_unknown()
    template.name = name
    return template


@transaction.atomic
def remove_template(template: Template) -> None:
    """Polls that were made of it stay; what the organisation keeps for it goes along (`receivers`)."""
    template.delete()


def let_template_go(template: Template) -> None:
    """What the organisation keeps for it goes with it."""
    media.let_pictures_go(template.content.get("pictures", ()))


def drafted_words(poll: Poll) -> Any:
    """What whoever takes a template is told."""
    if poll.kind == Poll.Kind.IMAGE and poll.options.filter(picture=None).exists():
        return _("Here it is as a draft. Give each option a picture.")
    return _("Here it is as a draft.")


def words_of(template: Template) -> tuple[LazyI18nString, list[LazyI18nString]]:
    """Its question and its options."""
    content = template.content
    return LazyI18nString(content["question"]), [LazyI18nString(text) for text in content["options"]]


def template_unknown() -> Refused:
    return Refused("poll.template_unknown", _("There is no such template in your organisation."), status=404)


def templates_of(organisation: Organisation) -> QuerySet[Template]:
    return Template.objects.filter(organisation=organisation)


def _kept(text: Any) -> Any:
    data = getattr(text, "data", text)
    return dict(data) if isinstance(data, Mapping) else str(data or "")
