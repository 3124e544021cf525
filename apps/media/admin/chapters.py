"""The chapters of a film at its desk, as a text with one a line, and how the film was watched."""

from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from apps.media import forms as library
from apps.media import selectors, services
from apps.media.adapters import chapters
from apps.media.models import Asset

MOST_BARS = 120
HEIGHT = 40


class AssetForm(library.AssetForm):
    chapters_text = forms.CharField(
        label=_("Chapters"),
        required=False,
        max_length=chapters.MOST_BYTES,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 6, "dir": "auto", "spellcheck": "true"}),
        help_text=_("One a line, the time and then the title: 12:30 What the river does. A WebVTT file can be pasted."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "chapters_text" in self.fields:
            rows = [chapters.Found(one.begins, one.title) for one in self.instance.chapters.all()]
            self.initial["chapters_text"] = chapters.written(rows)

    def save_chapters(self) -> None:
        """Raises `Refused`, beside the field."""
        if "chapters_text" in self.changed_data:
            wanted = services.read_chapters(self.cleaned_data["chapters_text"], field="chapters_text")
            services.set_chapters(self.instance, wanted, field="chapters_text")


def watched(asset: Asset) -> SafeString:
    """In a sentence, and as a curve over the minutes of the film."""
    report = selectors.watched(asset)
    bars = _bars(report["minutes"])
    most = max(bars, default=0) or 1
    shown = [
        {"x": at, "y": HEIGHT - round(HEIGHT * bar / most), "height": round(HEIGHT * bar / most)}
        for at, bar in enumerate(bars)
    ]
    context = {"report": report, "percent": round(report["share"] * 100), "bars": shown, "height": HEIGHT}
    return render_to_string("media/watched.html", context)


def _bars(minutes: list[float]) -> list[float]:
    """As many as can be told apart: of a long film, several minutes each."""
    each = -(-len(minutes) // MOST_BARS) or 1
    return [sum(part) / len(part) for part in (minutes[at : at + each] for at in range(0, len(minutes), each))]
