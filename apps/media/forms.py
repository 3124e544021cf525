"""Forms of the library at the organisers' desk."""

import re
from typing import Any

from django import forms
from django.contrib.postgres.forms import SimpleArrayField
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from apps.core import tongues
from apps.core.errors import Refused
from apps.events.models import Event
from apps.media import selectors
from apps.media.models import AddedSound, Asset, Folder
from apps.media.services import tagging

ON_TOP = _("On top, in no folder")


def tags_field(**more: Any) -> SimpleArrayField:
    return SimpleArrayField(
        forms.CharField(max_length=Asset.TAG_LENGTH),
        label=_("Tags"),
        max_length=Asset.MOST_TAGS,
        help_text=_("Separated by commas."),
        widget=UnfoldAdminTextInputWidget,
        **more,
    )


class FolderChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """The folders of one event, each with those above it."""

    def __init__(self, event: Event | None, **more: Any) -> None:
        rows = selectors.folders(event) if event else Folder.objects.none()
        super().__init__(rows, required=False, empty_label=str(ON_TOP), widget=UnfoldAdminSelectWidget, **more)

    def label_from_instance(self, obj: Any) -> str:
        return selectors.path_of(obj)


class TidiesTags:
    cleaned_data: dict[str, Any]

    def clean_tags(self) -> list[str]:
        try:
            return tagging.tidied(self.cleaned_data["tags"])
        except Refused as refused:
            raise forms.ValidationError(str(refused.message), code=refused.code) from refused


class AssetForm(TidiesTags, forms.ModelForm):  # type: ignore[type-arg]
    tags = tags_field(required=False)

    class Meta:
        model = Asset
        fields = ("event", "title", "library_folder", "tags", "may_download", "is_public")


class MoveForm(forms.Form):
    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["folder"] = FolderChoice(event, label=_("folder"))


class TagForm(TidiesTags, forms.Form):
    tags = tags_field()

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class Moment(forms.CharField):
    """A moment of a film, as players write it: 12:30, or 1:02:03.5. Becomes seconds."""

    WRITTEN = re.compile(r"(?:(?:(\d{1,2}):)?(\d{1,4}):)?(\d{1,6}(?:[.,]\d{1,3})?)")

    def __init__(self, **more: Any) -> None:
        widget = UnfoldAdminTextInputWidget(attrs={"inputmode": "text", "dir": "ltr", "autocomplete": "off"})
        super().__init__(max_length=20, widget=widget, **more)

    def clean(self, value: Any) -> float:
        found = self.WRITTEN.fullmatch(super().clean(value))
        if found is None:
            raise forms.ValidationError(_("Write a moment like 12:30 or 1:02:03."), code="moment")
        hours, minutes, seconds = found.groups()
        return (int(hours or 0) * 60 + int(minutes or 0)) * 60 + float(seconds.replace(",", "."))


class CutForm(forms.Form):
    """Which part of a film shall be a film of its own."""

    title = forms.CharField(label=_("title"), max_length=200, widget=UnfoldAdminTextInputWidget(attrs={"dir": "auto"}))
    begins = Moment(label=_("from"), help_text=_("Minutes and seconds, as the player shows them: 12:30."))
    ends = Moment(label=_("to"))

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if "begins" in said and "ends" in said and said["begins"] >= said["ends"]:
            self.add_error("ends", _("The end comes after the beginning."))
        return said


class Offset(Moment):
    """A moment of a film, or before its beginning: -0:01.5."""

    def clean(self, value: Any) -> float:
        text = str(value or "").strip().replace("\u2212", "-")
        seconds = super().clean(text.removeprefix("-"))
        return -seconds if text.startswith("-") else seconds


class AddSoundForm(forms.Form):
    """Which sound of the library is heard with a film, and from when on."""

    sound = forms.ChoiceField(label=_("sound"), widget=UnfoldAdminSelectWidget)
    language = forms.ChoiceField(label=_("language"), choices=tongues.choices, widget=UnfoldAdminSelectWidget)
    role = forms.ChoiceField(
        label=_("kind"),
        choices=AddedSound.Role.choices,
        initial=AddedSound.Role.INTERPRETED,
        widget=UnfoldAdminSelectWidget,
    )
    title = forms.CharField(
        label=_("title"),
        required=False,
        max_length=AddedSound.TITLE_LENGTH,
        widget=UnfoldAdminTextInputWidget(attrs={"dir": "auto"}),
        help_text=_("In the player’s menu. Left empty, the language stands there."),
    )
    begins = Offset(
        label=_("begins at"),
        initial="0:00",
        help_text=_(
            "The moment of the film at which the sound begins: 0:12.5. Where it was begun before the film, write how "
            "much of it is left out, with a minus: -0:03."
        ),
    )

    def __init__(self, *args: Any, film: Asset, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.key, one.title) for one in selectors.sounds_to_add(film)]
        self.has_choices = bool(choices)
        self.fields["sound"].choices = choices  # type: ignore[attr-defined]
        self.initial["language"] = film.event.default_language.partition("-")[0]


class DownloadForm(forms.Form):
    may_download = forms.ChoiceField(
        label=_("who may download it"),
        choices=Asset.Download.choices,
        required=False,
        widget=UnfoldAdminSelectWidget,
    )

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
