"""Forms of the library at the organisers' desk."""

from typing import Any

from django import forms
from django.contrib.postgres.forms import SimpleArrayField
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from apps.core.errors import Refused
from apps.events.models import Event
from apps.media import selectors
from apps.media.models import Asset, Folder
from apps.media.services import tagging

ON_TOP = _("On top, in no folder")


def tags_field(**more: Any) -> SimpleArrayField:
    return SimpleArrayField(
        forms.CharField(max_length=Asset.TAG_LENGTH),
        label=_("tags"),
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


class DownloadForm(forms.Form):
    may_download = forms.ChoiceField(
        label=_("who may download it"),
        choices=Asset.Download.choices,
        required=False,
        widget=UnfoldAdminSelectWidget,
    )

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
