"""Makes somebody an owner of an organisation, so that the first events can be made."""

import getpass
import sys
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.audit.commands import StaffCommand
from apps.core.errors import Refused
from apps.events import services
from apps.events.models import Membership, Organisation


class Command(StaffCommand):
    help = "Makes somebody an owner of an organisation. They sign in with a password, or with a code by mail."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True, help="Their address; an account is made where there is none.")
        parser.add_argument("--organisation", required=True, help="Its name; it is made where there is none.")
        parser.add_argument("--name", default="", help="Their name, for a new account.")
        parser.add_argument("--password", action="store_true", help="Ask for a password (typed, or one line of input).")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            validate_email(options["email"])
        except ValidationError as error:
            raise CommandError(f"{options['email']!r} is no e-mail address.") from error
        password = self._password() if options["password"] else ""
        try:
            self._make(options, password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except Refused as refused:
            raise CommandError(str(refused.message)) from refused

    def _make(self, options: dict[str, Any], password: str) -> None:
        with transaction.atomic():
            user, _is_new = accounts.find_or_create(email=options["email"].lower(), name=options["name"])
            accounts.trust_address(user)
            if password:
                accounts.set_password(user, password)
            organisation = Organisation.objects.filter(name=options["organisation"]).first()
            organisation = organisation or services.create_organisation(name=options["organisation"])
            services.add_member(organisation, user=User.objects.get(pk=user.pk), role=Membership.Role.OWNER)
        self.stdout.write(
            f"{user.email} owns {organisation} and signs in at {settings.SITE_URL}{reverse('admin:index')}"
        )
        if not user.has_second_factor:
            self.stdout.write("The first time, they set up a second step there: a passkey, or an app with codes.")

    def _password(self) -> str:
        if not sys.stdin.isatty():
            return sys.stdin.readline().rstrip("\n")
        password = getpass.getpass("Password: ")
        if password != getpass.getpass("The same again: "):
            raise CommandError("The two passwords differ. Nothing was changed.")
        return password
