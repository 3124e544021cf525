"""Lines are edited by several people at once: each change names the version that it saw."""

import pytest

from apps.core.errors import Refused
from apps.media import selectors, services
from apps.media.adapters import cues
from apps.media.models.transcripts import GAP
from tests.factories.media import TranscriptFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def words():
    return TranscriptFactory(said=["Eleven mayors.", "Eleven maps.", "One river."])


def lines(transcript):
    return list(selectors.lines_of(transcript))


def texts(transcript):
    return [line.text for line in lines(transcript)]


def code(act):
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.code


def test_a_line_is_changed_and_its_version_grows(words):
    first = lines(words)[0]
    changed = services.change_line(words, first.pk, version=1, text=" Twelve \n\n mayors. ", speaker="Ada")
    assert (changed.text, changed.speaker, changed.version, changed.ends) == ("Twelve\nmayors.", "Ada", 2, 1500)


def test_a_line_that_somebody_changed_meanwhile_stays(words):
    first = lines(words)[0]
    services.change_line(words, first.pk, version=1, text="Mine.")
    assert code(lambda: services.change_line(words, first.pk, version=1, text="Yours.")) == "transcript.line_changed"
    assert texts(words)[0] == "Mine."


def test_two_editors_of_different_lines_do_not_disturb_each_other(words):
    first, second, _third = lines(words)
    services.change_line(words, first.pk, version=1, text="Mine.")
    services.change_line(words, second.pk, version=1, text="Yours.")
    assert texts(words) == ["Mine.", "Yours.", "One river."]


def test_a_line_of_another_transcript_is_not_there(words):
    other = lines(TranscriptFactory())[0]
    assert code(lambda: services.change_line(words, other.pk, version=1, text="x")) == "transcript.line_gone"


def test_a_line_keeps_words_and_an_order_of_times(words):
    first = lines(words)[0]
    assert code(lambda: services.change_line(words, first.pk, version=1, text=" \n ")) == "transcript.no_words"
    assert code(lambda: services.change_line(words, first.pk, version=1, begins=2000)) == "transcript.times"


def test_split_shares_the_time_by_the_words(words):
    line = lines(words)[0]
    first, second = services.split_line(words, line.pk, version=1, at=7)
    assert [(row.text, row.begins, row.ends) for row in (first, second)] == [
        ("Eleven", 0, 692),
        ("mayors.", 692, 1500),
    ]
    assert texts(words) == ["Eleven", "mayors.", "Eleven maps.", "One river."]


def test_split_needs_words_on_both_sides(words):
    line = lines(words)[0]
    assert code(lambda: services.split_line(words, line.pk, version=1, at=0)) == "transcript.split"


def test_lines_find_room_between_two_that_stand_close(words):
    first, second, _third = lines(words)
    second.position = first.position + 1
    second.save()
    services.split_line(words, first.pk, version=1, at=7)
    assert texts(words) == ["Eleven", "mayors.", "Eleven maps.", "One river."]
    assert [row.position % (GAP // 2) for row in lines(words)] == [0, 0, 0, 0]


def test_join_takes_the_words_and_the_end_of_the_next(words):
    line = lines(words)[0]
    joined = services.join_line(words, line.pk, version=1)
    assert (joined.text, joined.begins, joined.ends) == ("Eleven mayors. Eleven maps.", 0, 3500)
    assert texts(words) == ["Eleven mayors. Eleven maps.", "One river."]


def test_the_last_line_has_none_to_join(words):
    last = lines(words)[-1]
    assert code(lambda: services.join_line(words, last.pk, version=1)) == "transcript.join"


def test_a_new_line_stands_where_its_time_says(words):
    services.add_line(words, text="Between.", begins=2500, ends=2700)
    services.add_line(words, text="At the end.", begins=9000, ends=9500)
    assert texts(words) == ["Eleven mayors.", "Eleven maps.", "Between.", "One river.", "At the end."]


def test_shift_moves_all_and_never_before_the_beginning(words):
    assert services.shift_lines(words, by=1500) == 3
    assert [line.begins for line in lines(words)] == [1500, 3500, 5500]
    assert code(lambda: services.shift_lines(words, by=-1501)) == "transcript.shift"
    assert [line.version for line in lines(words)] == [2, 2, 2]


def test_a_speaker_is_renamed_in_every_line(words):
    first, second, _third = lines(words)
    for line in (first, second):
        services.change_line(words, line.pk, version=1, speaker="Speaker 0")
    assert services.rename_speaker(words, name="Speaker 0", to="Ada") == 2
    assert [line.speaker for line in lines(words)] == ["Ada", "Ada", ""]
    assert selectors.speakers_of(words) == ["Ada"]


def test_replace_does_what_its_preview_said(words):
    wish = {"find": "eleven ", "replacement": r"12\1 ", "match_case": False}
    shown = selectors.replacements(words, **wish)
    assert (shown.count, [after for _line, after in shown.first]) == (2, [r"12\1 mayors.", r"12\1 maps."])
    assert services.replace_text(words, **wish) == 2
    assert texts(words) == [r"12\1 mayors.", r"12\1 maps.", "One river."]
    assert services.replace_text(words, find="RIVER", replacement="x", match_case=True) == 0


def test_replace_leaves_no_line_without_words(words):
    assert code(lambda: services.replace_text(words, find="One river.", replacement="")) == "transcript.no_words"
    assert texts(words)[-1] == "One river."


def test_the_revision_tells_of_each_change(words):
    before = words.revision
    services.shift_lines(words, by=100)
    services.change_line(words, lines(words)[0].pk, version=2, text="x")
    assert selectors.revision(words.event_id, words.pk) == {"revision": before + 2}


def test_page_of_a_moment(words):
    assert selectors.page_of_moment(words, 3000) == 1


def test_a_transcript_has_so_many_lines_and_no_more(words, monkeypatch):
    monkeypatch.setattr(cues, "MOST_LINES", 3)
    assert code(lambda: services.add_line(words, text="x", begins=0, ends=1)) == "transcript.too_long"
