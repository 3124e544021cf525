"""Takes somebody's second step away, who lost their telephone, their passkeys and the codes for emergencies."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from apps.accounts import services
from apps.accounts.models import User
from apps.audit.commands import StaffCommand


class Command(StaffCommand):
    help = "Resets somebody's second step. Be sure that it is them who asks: afterwards their mailbox alone signs in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="Their address.")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["email"]).first()
        if user is None:
            raise CommandError(f"Nobody has the address {options['email']!r} here.")
        if not services.reset_second_factor(user, by="the command"):
            raise CommandError(f"{user.email} has none.")
        self.stdout.write(f"The second step of {user.email} is reset. They are signed out, and are told by mail.")
