"""`manage.py create_organiser`: the way to the first desk."""

import io

import pytest
from django.core.management import CommandError, call_command

from apps.accounts.models import User
from apps.events.models import Membership, Organisation


def run(*, typed="", **options):
    said = io.StringIO()
    given = {"email": "Ines@Weir.example", "organisation": "Weir Society", **options}
    call_command("create_organiser", **given, stdout=said)
    return said.getvalue()


def test_makes_person_and_organisation(db):
    assert "ines@weir.example owns Weir Society" in run(name="Inês Falcão")
    user = User.objects.get()
    assert (user.name, user.is_staff, user.is_superuser) == ("Inês Falcão", True, False)
    assert Membership.objects.get().role == Membership.Role.OWNER


def test_running_it_again_changes_nothing(db):
    run()
    run()
    assert (User.objects.count(), Organisation.objects.count(), Membership.objects.count()) == (1, 1, 1)


def test_weak_password_makes_nothing(db, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    with pytest.raises(CommandError, match="too short"):
        run(password=True)
    assert User.objects.count() == 0


def test_what_is_no_address_is_told(db):
    with pytest.raises(CommandError, match="no e-mail address"):
        run(email="ines")
