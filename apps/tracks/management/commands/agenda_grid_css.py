"""Writes static/tracks/grid.css: the agenda's places as classes, since its pages may carry no inline styles."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from apps.tracks.selectors.grid import COLUMNS_MOST, LANES_MOST, LEVELS, ROWS_MOST

HEAD = """/* The agenda's places as classes, written by `python manage.py agenda_grid_css`; agenda.css uses them:
   .r row of five minutes, .n rows it lasts, .c column, .j columns it joins, .y columns of the grid,
   .d how much is over. */
"""


def stylesheet() -> str:
    ranges = (("r", 1, ROWS_MOST + 1), ("n", 1, ROWS_MOST), ("c", 1, COLUMNS_MOST + 1), ("j", 1, LANES_MOST))
    rules = [
        f".{name}{n}{{--{name}:{n}}}"
        for name, first, last in (*ranges, ("y", 1, COLUMNS_MOST))
        for n in range(first, last + 1)
    ]
    rules += [f".d{n}{{--d:{n * 100 // LEVELS}%}}" for n in range(LEVELS + 1)]
    return f"{HEAD}@layer pages{{{''.join(rules)}}}\n"


class Command(BaseCommand):
    help = "Writes static/tracks/grid.css."

    def handle(self, *args: Any, **options: Any) -> None:
        Path(settings.STATICFILES_DIRS[0], "tracks", "grid.css").write_text(stylesheet())
