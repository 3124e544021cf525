"""The shapes of what is posted; whether it is done, the services decide."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from apps.core.errors import Refused
from apps.questions import services
from apps.questions.models import MOST_CHARS, MOST_REPLY_CHARS, MOST_TAG_CHARS, MOST_TAGS, Board, Question


class AskForm(forms.Form):
    text = forms.CharField(max_length=MOST_CHARS * 2, error_messages={"required": _("Write your question first.")})
    anonymous = forms.BooleanField(required=False)
    id = forms.CharField(max_length=40, required=False)
    """Names the form that was filled in: sent twice, it asks once."""


class MoveForm(forms.Form):
    to = forms.ChoiceField(choices=[(state.value, state.label) for state in Question.SETTABLE])


class AdvanceForm(forms.Form):
    after = forms.IntegerField(min_value=0, max_value=2**53, required=False)
    to = forms.ChoiceField(choices=[(name, name) for name in ("answered", "later", "new")], required=False)

    def clean_to(self) -> str:
        return str(self.cleaned_data["to"] or Question.State.ANSWERED)


class ReplyForm(forms.Form):
    text = forms.CharField(max_length=MOST_REPLY_CHARS * 2, required=False)


class TagsForm(forms.Form):
    tags = forms.CharField(max_length=(MOST_TAG_CHARS + 2) * MOST_TAGS * 2, required=False)

    def clean_tags(self) -> list[str]:
        return [tag.strip() for tag in self.cleaned_data["tags"].split(",")]


class DeskForm(forms.ModelForm):  # type: ignore[type-arg]
    """What organisers may write to a question in the admin."""

    class Meta:
        model = Question
        fields = ("tags", "reply")
        widgets: ClassVar[dict[str, Any]] = {"reply": UnfoldAdminTextareaWidget(attrs={"rows": 4})}

    def clean_tags(self) -> list[str]:
        try:
            return services.clean_tags(self.cleaned_data["tags"])
        except Refused as refused:
            raise forms.ValidationError(refused.message, code=refused.code) from refused


class MergeForm(forms.Form):
    into = forms.IntegerField(min_value=1, max_value=2**53)


class RulesForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Board
        fields = ("is_open", "is_anonymous_allowed", "holds", "most_chars", "wait_seconds")

    @property
    def rules(self) -> dict[str, Any]:
        return dict(self.cleaned_data)
