"""What the page of components shows, in each of its states; its words are samples, not the interface."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator

from apps.core import clock


class SampleForm(forms.Form):
    name = forms.CharField(label="Name", max_length=80, help_text="As others will see it.")
    email = forms.EmailField(label="E-mail", max_length=254)
    language = forms.ChoiceField(label="Language", choices=[("", "Every language"), ("en", "English")], required=False)
    about = forms.CharField(label="About you", max_length=400, required=False, widget=forms.Textarea)
    picture = forms.FileField(label="Photo", required=False)
    ticket = forms.ChoiceField(
        label="Your pass",
        choices=[("talks", "Talks and expo"), ("workshops", "With workshops")],
        widget=forms.RadioSelect,
    )
    shown = forms.BooleanField(
        label="Show my name to other attendees", required=False, help_text="You can take it back in your profile."
    )


def icon_names() -> list[str]:
    sprite = finders.find("ui/icons.svg")
    return re.findall(r'<symbol id="([\w-]+)"', Path(sprite).read_text()) if sprite else []


def context() -> dict[str, Any]:
    people = [
        SimpleNamespace(pk=number, name=name)
        for number, name in enumerate(["Mei Tanaka-Ruiz", "Jonas Petterhall", "Hana Okonjo-Bell", "Nadia Okello"])
    ]
    tracks = [SimpleNamespace(colour=n % 12 + 1, shape=n % 7 + 1, name=n + 1) for n in range(62)]
    broken = SampleForm({"name": "Nadia Okello", "email": "nadia@lakeside", "ticket": "talks", "shown": "on"})
    broken.is_valid()
    now = clock.now()
    return {
        "people": people,
        "icons": icon_names(),
        "person_here": people[3],
        "tracks": tracks,
        "form": broken,
        "empty_form": SampleForm(auto_id="empty_%s"),
        "now": now,
        "sample_page": Paginator(range(927), 48).get_page(4),
        "tabs": [
            {"url": "#tabs", "label": "Chat", "is_current": True},
            {"url": "#tabs", "label": "Questions", "count": 14},
            {"url": "#tabs", "label": "Polls", "count": 1, "is_new": True},
            {"url": "#tabs", "label": "People"},
        ],
        "entries": [
            {
                "icon": "poll", "when": "Poll is open", "left": "closes in 0:48", "is_hot": True, "url": "#next",
                "title": "Who should pay for the first meadow?", "action": "Answer",
                "why": "Because you are following Eleven towns",
            },
            {
                "icon": "clock", "when": "13:30, in 48 min", "title": "Letting the beavers decide", "url": "#next",
                "why": "You starred it. It overlaps Permeable by Friday.",
            },
            {
                "icon": "cup", "when": "13:15, for 15 min", "title": "Jonas Petterhall would like to meet",
                "url": "#next", "action": "Accept", "why": "“You wrote that your board said no twice. Mine too.”",
            },
        ],
        "rows": [
            {"at": now, "title": "High water, low water", "url": "#bill", "meta": "Keynote", "track": None},
            {"at": now, "title": "Wells that remember", "url": "#bill", "meta": "Talk in Arabic", "track": None},
        ],
    }  # fmt: skip
