"""What workers do for events."""

from celery import shared_task

from apps.events import services


@shared_task(name="events.invite_guests")
def invite_guests(pk: int) -> None:
    services.invite_all(pk)


@shared_task(name="events.do_errand")
def do_errand(pk: int) -> None:
    services.do_errand(pk)


@shared_task(name="events.welcome_invited")
def welcome_invited(event_id: int) -> None:
    services.welcome_all(event_id)


@shared_task(name="events.round")
def do_round() -> None:
    """What nobody asked for and is due: places that were freed without a word, and what a worker that died has left."""
    services.move_up_everywhere()
    services.resume_guest_lists()
    services.forget_guests()
    services.resume_errands()
    services.resume_welcomes()


@shared_task(name="events.say_due")
def say_due() -> None:
    services.say_due()


@shared_task(name="events.prove_domains")
def prove_domains() -> None:
    """Every ten minutes: proofs of mail domains that nobody looked at for a day."""
    services.look_domains_up_again()


@shared_task(name="events.renew_secrets")
def renew_secrets() -> None:
    """Every hour: secrets that are still kept with a former key."""
    services.renew_secrets()
