"""What organisers say, to whom, when and where."""

from typing import Any, ClassVar

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from apps.core.errors import Refused
from apps.core.words import Number
from apps.events import selectors, services
from apps.events.models import Announcement, Event
from apps.events.services.announcing import MOST_CHARS

MOST_EVENTS = 20


def audience_choices(event: Event, *, on_screen: bool = False) -> list[tuple[str, str]]:
    """To whom, each with how many they are now: who writes sees it before it is said. `on_screen`: only those who can
    be told so."""
    return [
        (segment.key, _("%(who)s (%(count)s)") % {"who": segment.label, "count": Number(segment.count or 0)})
        for segment in selectors.segments_of(event)
        if segment.on_screen or not on_screen
    ]


class AnnouncementForm(forms.Form):
    """For the control room: one event, one language."""

    text = forms.CharField(
        label=_("Say something"),
        max_length=MOST_CHARS,
        help_text=_("It stands in the lobby, and is read out to those who use a screen reader."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    audience = forms.ChoiceField(label=_("To whom"), required=False)
    due_at = forms.DateTimeField(
        label=_("When"),
        required=False,
        help_text=_("Empty: now. Else in your own time."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["audience"]
        field.choices = audience_choices(event, on_screen=True)


class Where(models.TextChoices):
    SCREEN = "screen", _("On screen")
    BOTH = "both", _("On screen and by mail")
    MAIL = "mail", _("By mail")

    @property
    def ways(self) -> dict[str, bool]:
        return {"on_screen": self != Where.MAIL, "by_mail": self != Where.SCREEN}


class AnnouncementDeskForm(forms.ModelForm):  # type: ignore[type-arg]
    """For the desk: every language, every way. The service decides; what it would refuse stands at its field."""

    events: ClassVar[list[Event]] = []
    """Those in which something may be said, set by the desk."""
    audience = forms.ChoiceField(label=_("To whom"), required=False, widget=UnfoldAdminSelectWidget)
    where = forms.ChoiceField(
        label=_("Where"), required=False, choices=Where.choices, initial=Where.SCREEN, widget=UnfoldAdminSelectWidget
    )

    class Meta:
        model = Announcement
        fields = ("event", "text", "audience", "due_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        several = len(self.events) > 1
        found: dict[str, str] = {}
        for event in self.events[:MOST_EVENTS]:
            for key, words in audience_choices(event):
                found.setdefault(key, f"{words} · {event}" if several and "/" in key else words)
        if "due_at" in self.fields:  # not where what was said is only shown
            self.fields["due_at"].help_text = _(
                "Empty: at once. Else in the event’s time, until which it can be changed."
            )
        audience: Any = self.fields["audience"]
        audience.choices = list(found.items())
        if self.instance.pk:
            ways = {(True, False): Where.SCREEN, (True, True): Where.BOTH, (False, True): Where.MAIL}
            self.initial["where"] = ways[self.instance.on_screen, self.instance.by_mail]

    @property
    def ways(self) -> dict[str, bool]:
        return Where(self.cleaned_data.get("where") or Where.SCREEN).ways

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        event = data.get("event") or (self.instance.event if self.instance.pk else None)
        try:
            services.check_words(data.get("text") or "")
        except Refused as refused:
            self.add_error("text", str(refused.message))
        if event is None or self.errors:
            return data
        due_at, is_new = data.get("due_at"), self.instance.pk is None
        if due_at is None and not is_new:
            self.add_error("due_at", _("Say when. To say it at once, write it anew and leave this empty."))
        is_another = is_new and due_at is not None
        is_new_time = due_at != self.instance.due_at
        try:
            services.check_announcement(
                event,
                audience=data["audience"],
                **self.ways,
                due_at=due_at if is_new_time else None,
                is_another=is_another,
            )
        except Refused as refused:
            field = {"on_screen": "where"}.get(refused.field or "", refused.field)
            self.add_error(field if field in self.fields else None, str(refused.message))
        return data
