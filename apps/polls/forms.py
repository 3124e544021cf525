"""The shape of a posted answer; whether it counts, the service decides."""

from django import forms
from django.utils.translation import gettext_lazy as _


class VoteForm(forms.Form):
    option = forms.IntegerField(min_value=1, max_value=2**53, error_messages={"required": _("Choose an answer first.")})
    revision = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
