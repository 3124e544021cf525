"""What people of the demo attach to their messages: a chart that somebody drew at home, and a page typed out."""

import io

from apps.venue.demo import drawing
from apps.venue.demo.film_drawing import Canvas

PAGE_NINE = (
    "The sentence on page nine, typed out because somebody asked. The water is the valley’s, the field is the"
    " farmer’s, the decision is the gauge’s. Paid is each day on which the gauge at Marl stands over 2.6 metres at"
    " noon, at the wheat price of the last harvest, to whoever farms the field on that day. Who disagrees calls the"
    " keeper of the gauge, not the keeper of the sluice."
)
LEVELS = (1.6, 1.9, 1.5, 2.2, 1.8, 1.7, 2.6, 1.9, 2.3, 3.1)
PAPER, WATER, FLOOD, INK, SOFT = "#f4f1e8", "#7fa7b5", "#c2502a", "#20303a", "#6d7a80"
FLOODED = 2.2


def paper(name: str) -> tuple[str, bytes]:
    """By its name in the words: what the file is called, and its bytes."""
    return {"pallas-gauge": _gauge, "page-nine": _page_nine}[name]()


def _page_nine() -> tuple[str, bytes]:
    return "Page nine, typed out.pdf", drawing.pdf("Page nine, typed out", "Marit Aldersey", [PAGE_NINE])


def _gauge() -> tuple[str, bytes]:
    """A bar for each year's highest level."""
    page = Canvas(960, 600, PAPER)
    page.text((48, 70), "Highest level of the year, Pallas bridge", 30, weight="Bold", fill=INK)
    page.text((48, 104), "Metres; our own reading, by lamp", 19, fill=SOFT)
    base, metre, step = 530, 122, 87
    for number, level in enumerate(LEVELS):
        x, top, is_flood = 60 + number * step, base - level * metre, level > FLOODED
        page.rect((x, top, x + 58, base), fill=FLOOD if is_flood else WATER, round_by=4)
        page.text((x + 29, top - 12), f"{level:.1f}", 19, weight="Bold", fill=FLOOD if is_flood else SOFT, anchor="ms")
        page.text((x + 29, base + 32), str(2007 + number), 18, fill=SOFT, anchor="ms")
    data = io.BytesIO()
    page.done().save(data, "PNG")
    return "pallas-bridge.png", data.getvalue()
