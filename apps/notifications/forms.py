"""What organisers say of a webhook."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSplitDateTimeWidget

from apps.core.errors import Refused
from apps.events.models import Event
from apps.notifications import services
from apps.notifications.models import Endpoint
from apps.notifications.registry import facts
from apps.notifications.services.endpoints import MOST_ENDPOINTS


class EndpointForm(forms.ModelForm):  # type: ignore[type-arg]
    kinds = forms.MultipleChoiceField(
        label=_("Tell it when"), choices=facts.choices, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )

    class Meta:
        model = Endpoint
        fields = ("event", "organisation", "name", "url", "kinds", "is_on")

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        try:
            services.check_url(url)
        except Refused as refused:
            raise forms.ValidationError(str(refused.message), code=refused.code) from refused
        return url

    def clean(self) -> dict[str, Any]:
        """Whoever runs one event as a guest cannot be told of the others; an event brings its organisation along."""
        cleaned = super().clean() or self.cleaned_data
        event: Event | None = cleaned.get("event")
        if self.instance.pk is None and event is not None:
            cleaned["organisation"] = event.organisation
        elif self.instance.pk is None and cleaned.get("organisation") is None:
            self.add_error("event", _("Choose an event, or an organisation that is yours."))
        organisation = cleaned.get("organisation")
        known = Endpoint.objects.filter(organisation=organisation).count() if organisation else 0
        if self.instance.pk is None and known >= MOST_ENDPOINTS:
            words = _("An organisation has %(count)s webhooks at most. Delete one that is not needed.")
            raise forms.ValidationError(words, params={"count": MOST_ENDPOINTS})
        return cleaned


class ReplayForm(forms.Form):
    since = forms.SplitDateTimeField(label=_("Failed since"), widget=UnfoldAdminSplitDateTimeWidget)
