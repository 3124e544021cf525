"""The questions of a session: none yet, one on stage that is as long as one may be, some that wait, and a form with one
that was asked before."""

from typing import TYPE_CHECKING, Any

from tests.screens.shots import ON_SCREEN, ONE_EACH, Shot
from tests.screens.stages.scene import LONG, Scene

if TYPE_CHECKING:
    from apps.questions.models import Question
    from apps.tracks.models import Session

ATTENDEE = frozenset({"attendee"})
MOST_CHARS = 500
ON_STAGE = (
    "When the eleven towns signed page nine, each of them promised to open its meadow an hour before it thought it"
    " must. Who tells the twelfth town, which signed nothing, that the water will arrive at night, and who pays for"
    " its cellar?"
)
ASKED = [
    ON_STAGE,
    "Who reads the gauge at Marl, and do all eleven towns believe it?",
    "متى يُفتح الهويس، ومن يملك المفتاح؟",
    f"Was sagt die {LONG} zu alledem?",
    "Does a meadow that floods every second winter still feed anybody?",
    "Could our town sign page nine without an election?",
]


def shots(scene: Scene) -> dict[str, Shot]:
    from apps.questions import services

    asked = [_ask(scene, scene.session, text, number) for number, text in enumerate(ASKED)]
    services.reply_to_question(asked[1], text=f"The school does, each morning at six. {LONG}.", by=scene.speaker)
    services.tag_question(asked[1], tags=["gauges", LONG[:30]])
    services.move_question(asked[0], to="stage")
    services.move_question(asked[5], to="answered")
    services.set_rules(scene.session, holds=True)
    _ask(scene, scene.session, "Is there a map of who would be flooded first?", 7)
    _ask(scene, scene.session, f"Why does the {LONG} never answer its telephone?", 8)
    at = {"slug": scene.session.slug}
    empty = {"slug": scene.empty.slug}
    return {
        "questions": scene.shot("questions:list", **at),
        "questions-none": scene.shot("questions:list", **empty, views=ONE_EACH),
        "questions-beside-none": scene.shot("venue:session", **empty, at="#questions", views=ONE_EACH, whole=False),
        "questions-similar": scene.shot("questions:list", **at, views=ONE_EACH, act=_type),
        "questions-staged": scene.shot("venue:session", **at, at="#questions", views=ONE_EACH, whole=False),
        "questions-desk": scene.shot("questions:desk", "moderator", **at, views=ONE_EACH),
        "questions-desk-none": scene.shot("questions:desk", "moderator", **empty, views=ONE_EACH),
        "questions-lectern": scene.shot("questions:lectern", "speaker", **at),
        "questions-lectern-none": scene.shot("questions:lectern", "speaker", **empty, views=ONE_EACH),
        "questions-screen": scene.shot("questions:screen", "speaker", **at, views=ON_SCREEN),
        "questions-screen-none": scene.shot("questions:screen", "speaker", **empty, views=ON_SCREEN),
    }


def _ask(scene: Scene, session: "Session", text: str, number: int) -> "Question":
    from apps.core.errors import Refused
    from apps.questions import services
    from apps.questions.models import Question

    services.set_rules(session, wait_seconds=0, most_chars=MOST_CHARS)
    author = scene.reader if number == 2 else scene.crowd[number]
    asking = services.Asking(scene.event.pk, session.pk, author.pk, ATTENDEE, text, is_anonymous=number == 4)
    [answer] = services.ask_questions([asking])
    if isinstance(answer, Refused):
        raise answer
    question = Question.objects.get(pk=answer.question.id)
    wishes = [services.Wish(scene.event.pk, question.pk, user.pk) for user in scene.crowd[: 30 - 4 * number]]
    if number < len(ASKED):
        services.cast_votes(wishes)
    return question


def _type(page: Any) -> None:
    """Begins to ask what somebody has asked before, and waits until that is shown."""
    page.locator("textarea[name=text]").first.fill("Who reads the gauge at Marl?")
    page.locator("[data-similar-box]:not([hidden])").first.wait_for(timeout=5_000)
