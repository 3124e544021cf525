"""What workers do for notifications."""

from celery import shared_task

from apps.notifications import services


@shared_task(name=services.SEND)
def send_owed_mail(pk: int) -> None:
    services.send_owed_mail(pk)


@shared_task(name="notifications.send_owed_mails")
def send_owed_mails() -> None:
    services.requeue_owed_mails()
    services.forget_secrets()


@shared_task(name="notifications.mail_announcements")
def mail_announcements() -> None:
    services.mail_announcements()


@shared_task(name=services.DELIVER)
def deliver(pk: int) -> None:
    services.deliver(pk)


@shared_task(name="notifications.deliver_due")
def deliver_due() -> None:
    services.switch_left_off()
    services.requeue_deliveries()


@shared_task(name="notifications.sweep_hooks")
def sweep_hooks() -> None:
    services.give_up_old()
    services.sweep_receivers()
