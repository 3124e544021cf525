"""Where a poll stands on a page."""


def card(page, poll):
    """Where it stands for good, not where it rises over the stage."""
    return page.locator(f'live-poll[data-poll="{poll.pk}"]:not([data-rises] *)')
