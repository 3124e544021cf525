"""The shape of a message that a form posts; whether it may be said, the service decides."""

from django import forms

# Beyond the service's own bound, so that its words about the length are the ones that are read.
MOST_CHARS = 20_000


class MessageForm(forms.Form):
    text = forms.CharField(max_length=MOST_CHARS, required=False, strip=False, empty_value="")
    reply_to = forms.IntegerField(required=False, min_value=1, max_value=2**53)
    command_id = forms.CharField(max_length=40, required=False)
