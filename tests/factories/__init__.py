"""Makers of rows, one module an app: `factories.events.EventFactory()`; each makes the least that is valid."""
