"""The end of a game for somebody who is not among the ten best."""

import re

from apps.quizzes import services
from tests.factories.events import RegistrationFactory


def final(html):
    return re.search(r"<p [^>]*data-final[^>]*>(.*?)</p>", html, re.S)[1].strip()


def test_podium_tells_everybody_their_own_place(event, quiz, table, enter, drain):
    people = [RegistrationFactory(event=event).user for _ in range(12)]
    for number, person in enumerate(people):
        table.join(person, f"Player {number}")
    table.ask()
    for person in people[:11]:
        table.answer(person, [2])
    table.reveal()
    drain()
    services.score_if_complete(table.turn)
    client = enter(people[11])
    assert final(client.get(quiz.get_absolute_url()).content.decode()) == ""

    services.end(table.fresh)

    html = client.get(quiz.get_absolute_url()).content.decode()
    assert "Player 11</span><b" not in html  # not among the ten
    assert final(html) == "You came in at place 12, with 0 points."
