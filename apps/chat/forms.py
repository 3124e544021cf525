"""The shapes of what forms post; whether it may be done, the service decides."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.chat.models import Act, Room, Word
from apps.chat.services import MOST_FILES, ROOM_BOUNDS

# Beyond the service's own bound, so that its words about the length are the ones that are read.
MOST_CHARS = 20_000


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files in one field, as a list; one too many is left for the service to refuse."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return [super(FilesField, self).clean(one, initial) for one in (data or [])[: MOST_FILES + 1]]


class MessageForm(forms.Form):
    text = forms.CharField(max_length=MOST_CHARS, required=False, strip=False, empty_value="")
    reply_to = forms.IntegerField(required=False, min_value=1, max_value=2**53)
    command_id = forms.CharField(max_length=40, required=False)
    file = FilesField(max_length=400, required=False, allow_empty_file=True)
    alt = forms.CharField(max_length=300, required=False)

    @property
    def kept(self) -> list[str]:
        """The keys of files that came with this message before, when it was refused."""
        given = self.data.getlist("kept") if hasattr(self.data, "getlist") else []
        return [key[:40] for key in given[:MOST_FILES]]


class RoomRulesForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Room
        fields = (
            "is_open",
            "hosts_only",
            "links_allowed",
            "slow_seconds",
            "newcomer_minutes",
            "holds",
            "hide_after",
            "display_rate",
        )
        widgets: ClassVar[dict[str, Any]] = {"holds": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (least, most) in ROOM_BOUNDS.items():
            field = self.fields[name]
            assert isinstance(field, forms.IntegerField)  # noqa: S101 - for the type checker
            field.min_value, field.max_value = least, most
            field.validators += [*forms.IntegerField(min_value=least, max_value=most).validators]
            field.widget.attrs |= {"min": least, "max": most}


class WordsForm(forms.Form):
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    action = forms.ChoiceField(
        label=_("What happens to the message"), choices=Word.Action.choices, widget=forms.RadioSelect, initial="hold"
    )
    lines = forms.CharField(
        label=_("Words or phrases, one on each line"),
        max_length=150_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Case, accents and look-alike letters make no difference. Whole words are looked for, not parts."),
    )


class MessagesFilter(forms.Form):
    STATES: ClassVar[list[tuple[str, Any]]] = [
        ("all", _("Everything")),
        ("unshown", _("Not shown, the room was too lively")),
        ("waiting", _("Waiting")),
        ("rejected", _("Rejected")),
        ("removed", _("Removed")),
    ]
    q = forms.CharField(label=_("Words"), required=False, max_length=100)
    state = forms.ChoiceField(label=_("Which"), required=False, choices=STATES)
    room = forms.IntegerField(required=False, min_value=1, max_value=2**53, widget=forms.HiddenInput)
    person = forms.IntegerField(required=False, min_value=1, max_value=2**53, widget=forms.HiddenInput)


class LogFilter(forms.Form):
    kind = forms.ChoiceField(label=_("What"), required=False, choices=[("", _("Everything")), *Act.Kind.choices])
    by = forms.ModelChoiceField(
        label=_("Who"), required=False, queryset=User.objects.none(), empty_label=_("Everybody")
    )

    def __init__(self, *args: Any, moderators: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["by"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        field.queryset = moderators


class EditForm(forms.Form):
    """Other words for a message."""

    text = forms.CharField(max_length=MOST_CHARS, required=False, strip=False, empty_value="")


class GroupForm(forms.Form):
    name = forms.CharField(max_length=200, required=False)


class PeopleForm(forms.Form):
    """Who is chosen from a list of people, by their numbers."""

    people = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, *args: Any, most: int = 60, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = self.data.getlist("people") if hasattr(self.data, "getlist") else []
        numbers = [number for number in given[:most] if number.isdecimal() and len(number) < 16]
        self.fields["people"].choices = [(int(number), number) for number in numbers]  # type: ignore[attr-defined]
