"""What those who run an event type in the control room."""

from django import forms
from django.utils.translation import gettext_lazy as _


class AnnouncementForm(forms.Form):
    text = forms.CharField(
        label=_("Say something to everybody"),
        max_length=500,
        help_text=_("It stands in the lobby, and is read out to those who use a screen reader."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
