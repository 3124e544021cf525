"""The table of roles: complete, told by the documentation word for word, and alone in naming roles for acts."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from apps.core.access import IN_ORGANISATION, PERMITS, STAFF, May, MayRun, may, may_own
from apps.events.models import STAFF_ROLES, EventRole, Membership

ROLES = ("organiser", "moderator", "speaker", "exhibitor", "attendee")
PAGE = Path(settings.BASE_DIR, "docs", "events.md")
RULES = sorted(Path(settings.BASE_DIR, "apps").glob("*/permissions.py"))


def written(rules, roles):
    yield f"| | {' | '.join(roles)} |"
    yield f"|---|{'---|' * len(roles)}"
    for rule in rules:
        marks = ("yes" if role in rule.everywhere else "their own" if role in rule.own else "" for role in roles)
        yield f"| {rule.words} | {' | '.join(marks)} |".replace("|  |", "| |").replace("|  |", "| |")


@pytest.mark.parametrize(
    ("rules", "roles"), [(PERMITS, ROLES), (IN_ORGANISATION, tuple(Membership.Role.values))], ids=["event", "own"]
)
def test_documentation_shows_the_table_as_it_is(rules, roles):
    assert "\n".join(written(rules.values(), roles)) in PAGE.read_text()


def test_every_act_has_a_rule_of_roles_that_exist():
    assert set(PERMITS) == set(May)
    assert set(IN_ORGANISATION) == set(MayRun)
    named = {role for rule in PERMITS.values() for role in rule.everywhere | rule.own}
    assert named == set(EventRole.Role.values) | {"attendee"}
    assert {role for rule in IN_ORGANISATION.values() for role in rule.everywhere} <= set(Membership.Role.values)
    assert frozenset(STAFF_ROLES) == STAFF


def test_own_is_less_than_everywhere():
    assert not may(frozenset({"speaker"}), May.RUN_POLLS)
    assert may_own(frozenset({"speaker"}), May.RUN_POLLS)
    assert may_own(frozenset({"moderator"}), May.RUN_POLLS)
    assert not may_own(frozenset({"attendee"}), May.RUN_POLLS)


def test_no_rule_of_a_room_names_roles_by_itself():
    """Badges beside a name are no rule."""
    assert len(RULES) >= 7
    asks = re.compile(r"""["'](organiser|moderator|speaker|exhibitor)["'](\s+(not\s+)?in|[,}])""")
    badges = re.compile(r"^(STAFF_)?BADGES = .*$", re.MULTILINE)
    assert {path.parent.name for path in RULES if asks.search(badges.sub("", path.read_text()))} == set()
