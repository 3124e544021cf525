"""The desk of notifications: mails, and webhooks with what they were told."""

from apps.notifications.admin.hooks import DeliveryAdmin, EndpointAdmin, ReceiverAdmin
from apps.notifications.admin.mails import OwedMailAdmin

__all__ = ["DeliveryAdmin", "EndpointAdmin", "OwedMailAdmin", "ReceiverAdmin"]
