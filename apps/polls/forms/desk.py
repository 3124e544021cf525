"""A poll and its options as an organiser writes them at the desk, with what goes wrong said where it went wrong."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.errors import Refused
from apps.polls import kinds, services
from apps.polls.models import Poll

PAST = _("That time is over. Choose one to come, or open the poll now.")


def asked_of(kind: kinds.Kind) -> dict[str, Any]:
    """What the form has for a poll of this kind; polls/admin-form.js shows that and hides the rest."""
    return {
        "least": str(kind.least_words),
        "most": str(kind.most_words),
        "usual": [str(words) for words in kind.usual],
        "options": kind.most_options > 0,
        "pictures": kind.name == Poll.Kind.IMAGE,
        "ends": kind.name == Poll.Kind.SCALE,
        "words": kind.has_words,
    }


class PollForm(forms.ModelForm):  # type: ignore[type-arg]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "kind" in self.fields:
            asked = {name: asked_of(kind) for name, kind in kinds.registry.items()}
            self.fields["kind"].widget.attrs["data-poll-kinds"] = json.dumps(asked, ensure_ascii=False)
        if "seconds" in self.fields:
            self.fields["seconds"].widget.attrs["min"] = 1

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        session, event = cleaned.get("session"), cleaned.get("event") or getattr(self.instance, "event", None)
        if session and event and session.event_id != event.pk:
            self.add_error("session", services.SESSION_UNKNOWN)
        if "kind" in cleaned:
            self._clean_bounds(cleaned)
        self._clean_times(cleaned)
        return cleaned

    def _clean_bounds(self, cleaned: dict[str, Any]) -> None:
        """What a kind does not have is not kept: it would come back when the kind is changed again."""
        kind = kinds.registry[cleaned["kind"]]
        cleaned["least"] = cleaned.get("least") if kind.least_words else None
        cleaned["most"] = cleaned.get("most") if kind.most_words else None
        cleaned["moderated"] = bool(cleaned.get("moderated")) and kind.has_words
        wanted = Poll(kind=kind.name, least=cleaned["least"], most=cleaned["most"])
        try:
            kind.check_bounds(wanted, kinds.MOST_OPTIONS)
        except Refused as refused:
            self.add_error("most", str(refused.message))

    def _clean_times(self, cleaned: dict[str, Any]) -> None:
        opens_at, closes_at = cleaned.get("opens_at"), cleaned.get("closes_at")
        for name, moment in (("opens_at", opens_at), ("closes_at", closes_at)):
            if moment and moment <= clock.now() and name in self.changed_data:
                self.add_error(name, PAST)
        if opens_at and closes_at and closes_at <= opens_at:
            self.add_error("closes_at", _("It would close before it opens. Choose a later time."))
        seconds = cleaned.get("seconds")
        if seconds is not None and not 1 <= seconds <= services.LONGEST_SECONDS:
            self.add_error("seconds", _("Give from one second to a day."))


class OptionForms(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    @property
    def takes_options(self) -> bool:
        return kinds.kind_of(self.instance).most_options > 0

    def clean(self) -> None:
        super().clean()
        if not self.takes_options:
            return
        given = [form for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        if self.instance.kind == Poll.Kind.IMAGE:
            for form in given:
                if not form.cleaned_data.get("picture"):
                    form.add_error("picture", _("This option needs a picture."))
        try:
            kinds.kind_of(self.instance).check(self.instance, len(given))
        except Refused as refused:
            raise forms.ValidationError(str(refused.message)) from refused

    def save(self, commit: bool = True) -> Any:
        """A kind that has no options keeps none, also not those of the kind that it was before."""
        if self.takes_options:
            return super().save(commit)
        self.new_objects, self.changed_objects, self.deleted_objects = [], [], []
        if commit:
            self.get_queryset().delete()
        return []
