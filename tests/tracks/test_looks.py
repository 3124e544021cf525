"""The colours and marks of tracks."""

from itertools import pairwise

from apps.tracks.services.looks import COLOURS, SHAPES, Looks, hex_of


def test_eighty_four_tracks_look_different():
    looks = Looks([])

    given = [looks.next() for _number in range(COLOURS * SHAPES)]

    assert len(set(given)) == 84


def test_neighbours_differ_in_colour_and_in_shape():
    looks = Looks([])
    given = [looks.next() for _number in range(62)]

    assert all(one[0] != two[0] and one[1] != two[1] for one, two in pairwise(given))


def test_looks_that_are_taken_are_not_given_again():
    assert Looks([(1, 1), (2, 2)]).next() == (3, 3)


def test_past_the_last_look_they_begin_again():
    looks = Looks([])
    first = [looks.next() for _number in range(84)]

    assert [looks.next() for _number in range(84)] == first


def test_every_colour_can_be_written():
    assert len({hex_of(colour) for colour in range(1, COLOURS + 1)}) == COLOURS
