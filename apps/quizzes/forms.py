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
from apps.quizzes.registry import Said, invalid

LONGEST_NAME = 60
PLACE_DIGITS = 3
NOT_SAID = -1


class JoinForm(forms.Form):
    game = forms.IntegerField(min_value=1, max_value=2**53)
    name = forms.CharField(max_length=LONGEST_NAME, strip=True, required=False)


class AnswerForm(forms.Form):
    """`said` comes once as typed or chosen, several times as ticked, and by place as ordered (`place-1`: 3). Nothing of
    it is left out or cut: what is no answer is refused, here or by the question's kind."""

    game = forms.IntegerField(min_value=1, max_value=2**53)
    position = forms.IntegerField(min_value=1, max_value=100)

    def said(self, kind: str) -> Said:
        if kind == "order":
            return self._in_order()
        sent: Any = self.data
        given: list[str] = sent.getlist("said")
        if kind in ("single", "multiple"):
            return [_place(one) for one in given]
        if len(given) > 1:
            raise invalid()
        return given[0] if given else ""

    def _in_order(self) -> list[int]:
        """The items by the places that were written beside them: each of these once, from 1 on."""
        sent: Any = self.data
        names = [name for name in sent if name.startswith("place-")]
        at = {_place(sent[name]): _place(name[6:]) for name in names}
        written = sum(len(sent.getlist(name)) for name in names)
        if sorted(at) != [*range(1, written + 1)]:
            raise Refused(
                "quiz.answer_invalid",
                _("Give each its own place, from 1 to %(most)d, and send it again."),
                values={"most": written},
                field="said",
                status=400,
            )
        return [at[place] for place in sorted(at)]


def _place(text: str) -> int:
    """Digits alone, as our forms send them."""
    if not (text.isascii() and text.isdigit() and len(text) <= PLACE_DIGITS):
        raise invalid()
    return int(text)


class TaskForm(AnswerForm):
    """The same for a question of a training; its address says which one is meant."""


class TimeForm(forms.Form):
    game = forms.IntegerField(min_value=1, max_value=2**53)
    extra = forms.TypedChoiceField(coerce=int, choices=TIMES, required=False)
    person = forms.IntegerField(required=False, min_value=1, max_value=2**53)

    def clean_extra(self) -> int:
        """What was not said is none of the offered times, and no wish to have none."""
        said = self.cleaned_data["extra"]
        return NOT_SAID if said == "" else said


class StepForm(forms.Form):
    """One button is one wish: `do` what, or `extend` by how many seconds."""

    game = forms.IntegerField(min_value=1, max_value=2**53)
    do = forms.ChoiceField(required=False, choices=[(word, word) for word in ("next", "reveal", "end")])
    extend = forms.IntegerField(required=False, min_value=1, max_value=600)
    position = forms.IntegerField(min_value=0, max_value=100)
    closes_at = forms.DateTimeField(required=False)

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
            services.check_room(self.instance, self.written)
        except Refused as refused:
            if refused.code == "quiz.bank_full":
                raise forms.ValidationError(str(refused.message)) from refused
            message = _("This file cannot be read, and nothing was taken over. %(error)s")
            raise forms.ValidationError(message, params={"error": refused.message}) from refused
        return file
