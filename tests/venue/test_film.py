"""The demo's film, as far as it can be told without rendering it: every slide is drawn, and all of it is said."""

import pytest

from apps.venue.demo import film, film_slides


@pytest.mark.parametrize("moment", film.TALK, ids=lambda moment: f"{moment.slide}-{moment.shown}")
def test_every_moment_has_its_slide(moment):
    assert moment.draw().done().size == (film_slides.WIDTH, film_slides.HEIGHT)


def test_the_film_is_three_to_four_minutes_long():
    assert 180 <= film.length() <= 240


def test_captions_follow_each_other_without_overlap():
    starts = [sum(moment.seconds for moment in film.TALK[:n]) for n in range(len(film.TALK))]
    cues = film._captions(starts)
    times = [time for line in cues.splitlines() if "-->" in line for time in line.split(" --> ")]
    assert len(times) == 2 * len(film.TALK)
    assert times == sorted(times)
