"""Entries of the audit log, as the triggers write them."""

import uuid

import factory

from apps.audit.models import Entry


class EntryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Entry

    act = factory.LazyFunction(uuid.uuid4)
    who = "ines@weir.test"
    who_id = 1
    door = "desk"
    place = "admin:tracks_session_change"
    address = "192.0.2.7"
    kind = "changed"
    model = "tracks.session"
    thing = "tracks.session:1"
    words = factory.Sequence(lambda number: f"Session {number}")
    before = factory.LazyFunction(lambda: {"title": "Before"})
    after = factory.LazyFunction(lambda: {"title": "After"})
