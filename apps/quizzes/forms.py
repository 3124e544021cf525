"""The shapes of what is posted on quiz pages; whether it counts, the services decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget

from apps.core.errors import Refused
from apps.quizzes import services
from apps.quizzes.adapters import MAX_BYTES, BankError, Written
from apps.quizzes.models import Bank
from apps.quizzes.models.games import TIMES
from apps.quizzes.registry import TEXT_CHARS, Said

LONGEST_NAME = 60


class JoinForm(forms.Form):
    game = forms.IntegerField(min_value=1, max_value=2**53)
    name = forms.CharField(max_length=LONGEST_NAME, strip=True, required=False)


class AnswerForm(forms.Form):
    """`said` comes once as typed or chosen, several times as ticked, and by place as ordered (`place-1`: 3)."""

    game = forms.IntegerField(min_value=1, max_value=2**53)
    position = forms.IntegerField(min_value=1, max_value=100)

    def said(self, kind: str) -> Said:
        data = self.data
        given = [str(one)[:TEXT_CHARS] for one in (data.getlist("said") if hasattr(data, "getlist") else [])][:12]
        if kind == "order":
            ranks = {key[6:]: data[key] for key in data if key.startswith("place-")}
            given = sorted(ranks, key=lambda option: (ranks[option].zfill(3), option))
        if kind in ("single", "multiple", "order"):
            return [int(one) for one in given if one.isdecimal() and len(one) < 4]
        return given[0] if given else ""


class TaskForm(AnswerForm):
    """The same for a question of a training; its address says which one is meant."""


class TimeForm(forms.Form):
    game = forms.IntegerField(min_value=1, max_value=2**53)
    extra = forms.TypedChoiceField(coerce=int, choices=TIMES, required=False)
    person = forms.IntegerField(required=False, min_value=1, max_value=2**53)

    def clean_extra(self) -> int:
        return self.cleaned_data["extra"] or 0


class StepForm(forms.Form):
    """One button is one wish: `do` what, or `extend` by how many seconds."""

    game = forms.IntegerField(min_value=1, max_value=2**53)
    do = forms.ChoiceField(required=False, choices=[(word, word) for word in ("next", "reveal", "end")])
    extend = forms.IntegerField(required=False, min_value=1, max_value=600)
    position = forms.IntegerField(min_value=0, max_value=100)

    def clean(self) -> dict[str, Any]:
        wish: dict[str, Any] = super().clean() or {}
        if wish.get("extend"):
            wish["do"] = "extend"
        if not wish.get("do"):
            raise forms.ValidationError(_("Choose what to do next."))
        return wish


class BankForm(forms.ModelForm):  # type: ignore[type-arg]
    """Reads the file while it is checked, so that a broken one is told of beside the field."""

    file = forms.FileField(
        label=_("Questions from a file"),
        required=False,
        help_text=_(
            "CSV by the template (semicolons and tabs work, too), a QTI 2.1 or 3.0 item, or a package of them. They "
            "are added to those that are here."
        ),
        widget=UnfoldAdminFileFieldWidget,
    )
    written: list[Written]

    class Meta:
        model = Bank
        fields = ("event", "name")

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        self.written = []
        if file is None:
            return file
        if file.size > MAX_BYTES:
            raise forms.ValidationError(str(BankError.too_large()))
        try:
            self.written = services.read_bank(file.read())
        except Refused as refused:
            message = _("This file cannot be read, and nothing was taken over. %(error)s")
            raise forms.ValidationError(message, params={"error": refused.message}) from refused
        return file
