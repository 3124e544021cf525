"""What counts as a web address where links are off."""

import pytest

from apps.chat.services import addresses

SEEN = """ai eu ch at nl it us de fr pl rs me io gg ly tv to cc co ws shop club live xyz top site online store app dev
blog zone news world berlin wien рф укр 中国"""


@pytest.mark.parametrize(
    "text",
    [
        "https://x.example",
        "HTTP://EVIL",
        "tg://join?invite=1",
        "www.evil",
        "evil.com",
        "Look at evil.com.",
        "evil.com, now",
        "(evil.com)",
        "evil.com.Bis morgen",
        "a.b.evil.co.uk",
        *(f"evil.{ending}" for ending in SEEN.split()),
        "EVIL.AI",
        "Evil.Com",
        "evil.Ai",
        "xn--e1afmkfd.xn--p1ai",
        "t.me/evil",
        "x.com",
        "163.com",
        "evil.zip/slides",
        "evil.py?x=1",
        "get.evil.sh",
        "evil.it:8080",
        "Great.Live/tonight",
        "evil。ai",
        "ev\u00adil.a\u200bi",
        "me@evil.ai",
        "пример.рф",
        "ok-evil.de!",
    ],
)  # fmt: skip
def test_address_is_seen(text):
    assert addresses.holds_one(text)


@pytest.mark.parametrize(
    "text",
    [
        "At 2.10 m, e.g. at noon. And so on.",
        "Das ist z.B. gut, d.h. u.a. hier, i.d.R. um 9.30 Uhr.",
        "At 10 a.m. or 3 p.m., i.e. later; cf. p.3",
        "We meet at 10.am or 9.pm.",
        "Node.js, Next.js, Vue.js and D3.js",
        "ASP.NET, VB.NET and ML.NET",
        "readme.md, setup.py, install.sh, slides.zip, clip.mov",
        "plan.pdf, picture.jpeg, table.xlsx, index.html, main.tar.gz, evil.com.pdf",
        "It works.It was easy.So we left.",
        "Danke.Bis morgen. Fertig.Es geht los. Hier.Im Saal. Gut.Das passt.",
        "Great.Live music follows. Hello.World",
        "GmbH & Co.KG, Smith et.al, B.Sc. and M.Sc., Ph.D.",
        "Dr.No, bzw.in Wien, ca.am Montag, usw.so weiter",
        "v1.2.3, 192.168.0.1, 3.12.2026, 1.000,50 €",
        "U.S.A., J.R.R. Tolkien, St.Gallen, Mr.Smith",
        "Wait... what? Well...so be it",
        "@Nadia Okello, see you at 5.",
        "…and then.",
        "",
    ],
)
def test_what_only_looks_like_one_is_let_through(text):
    assert not addresses.holds_one(text)


def test_long_text_is_looked_through_quickly():
    assert not addresses.holds_one("a." * 1000)
    assert not addresses.holds_one("a-" * 1000)
    assert not addresses.holds_one("aa.q" * 400)
