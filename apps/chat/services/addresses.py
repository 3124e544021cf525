"""Web addresses in what people write, where links are off: what a reader would take for one, link or not.

The endings are the top-level domains of countries and those that are much used besides (the IANA root zone holds some
1,400, most of which nobody has met). Where an ending is also how files are called, or a word with which a sentence
begins that follows a full stop without a space, it counts where nothing speaks against it.
"""

import re


def _all(words: str) -> frozenset[str]:
    return frozenset(words.split())


COUNTRIES = _all(
    """ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca cc cd
    cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gd ge gf
    gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km
    kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz
    na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg
    sh si sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc
    ve vg vi vn vu wf ws ye yt za zm zw
    бел бг ею каз мкд мон рф срб укр السعودية امارات مصر قطر المغرب تونس الاردن عمان فلسطين الجزائر سورية ایران
    中国 中國 台湾 台灣 香港 澳門 新加坡 한국 ไทย भारत"""
)
GENERIC = _all(
    """academy accountants adult aero agency amsterdam app art arpa asia auction audio band bar bargains bayern beer
    berlin best bet bid bike bingo bio biz blog boutique build builders business buzz cafe cam camp capital cards care
    career casa cash casino cat center chat cheap church city claims click clinic clothing cloud club coach codes coffee
    college com community company computer consulting contact cool coop credit cyou dance date dating deals delivery
    dental design dev diet digital direct directory doctor dog domains download earth edu education email energy
    engineer equipment estate events exchange expert express fail faith family fan farm fashion finance financial fish
    fit fitness flights florist football forsale foundation fun fund fyi gallery game games garden gay gifts gives gmbh
    golf gov graphics gratis green group guide guru hair hamburg haus health help host hosting house icu immo ink
    institute insure international investments jetzt jobs kaufen kim kitchen koeln land law legal lgbt life lighting
    limited limo link live loan loans lol london love ltd lotto luxury market marketing mba media men menu miami mil
    mobi moda moe mom monster museum name net network news ngo ninja nyc observer one ong onl online org paris partners
    parts party pet photo photography photos pics pictures pink pizza place plumbing plus poker porn post press pro
    productions promo properties property pub quest racing realty recipes red reisen rent repair report rest review
    reviews rich rip rocks rodeo run sale salon school science services sex sexy shoes shop show singles site skin ski
    soccer social software solar solutions space store stream studio study style sucks support surf surgery swiss
    systems tax taxi team tech technology tel tennis theater tickets tienda tips tirol today tokyo tools top tours town
    toys trade training travel tube university vegas ventures vet video villas vin vip vision vote voyage wang watch
    webcam website wedding whoswho wien wiki win wine work works world wtf xin xxx xyz yachts yoga zip zone
    онлайн сайт орг ком москва موقع شبكة 公司 网络 网址 在线 中文网 商城"""
)
KNOWN = COUNTRIES | GENERIC
FILES = _all("md mov ps py sh zip")
"""Endings of files, too: `slides.zip` is none where nothing follows it."""
OTHER_FILES = _all(
    """css csv doc docx eml epub gif gz heic htm html ics ini jpeg jpg js json key log mkv mp3 mp4 odp ods odt pages pdf
    png po ppt pptx rar rtf svg tar toml ts tsv txt wav webm webp xls xlsx xml yaml yml"""
)
AFTER_A_STOP = GENERIC - _all("com net org biz edu gov xyz app icu") | _all(
    """ad al am an as at au be by ca da de do er es et ge im in is it la li ma me mi mo mu my na ne ni no nu om pa pe re
    sa se si so st su to tu us va vi ye za"""
)
"""Words: written with a capital letter, they begin a sentence, and the space before them is missing."""
SHORT = _all("""approx bzw ca dr etc evtl exkl ggf incl inkl mr mrs nr prof resp sog usw vgl vs zzgl""")
"""Abbreviations: what follows their full stop is a word."""
KEPT = _all("ado.net asp.net b.sc co.kg d.sc et.al m.sc ml.net vb.net")
INVISIBLE = dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
DOTS = str.maketrans(dict.fromkeys("。．｡", "."))
PLAIN = re.compile(r"\b[a-z][a-z0-9+-]{1,14}://|\bwww\.\w", re.IGNORECASE)
# Labels with dots between them, and whether a path or a port follows.
CHAIN = re.compile(r"(?<![\w.-])((?:[\w-]{1,63}\.)+[\w-]{2,63})(?![\w-])([/?#]|:\d)?")
SURELY = _all("com net org")


def holds_one(text: str) -> bool:
    """Whether something in this text reads as a web address."""
    text = text.translate(INVISIBLE).translate(DOTS)
    return PLAIN.search(text) is not None or any(_is_one(*match.groups()) for match in CHAIN.finditer(text))


def _is_one(chain: str, path: str | None) -> bool:
    labels = chain.strip("-").split(".")
    name, ending = labels[-2], labels[-1]
    folded = ending.lower()
    if folded.startswith("xn--") or (path and folded in KNOWN):
        return True
    if chain.lower() in KEPT:
        return False
    if folded not in KNOWN:
        # A sentence that goes on right behind an address.
        return folded not in OTHER_FILES and any(label.lower() in SURELY for label in labels[1:-1])
    if folded in FILES and len(labels) == 2:
        return False
    if name.lower() in SHORT:
        return False
    if ending[0].isupper() and ending[1:].islower() and folded in AFTER_A_STOP:
        return False
    # Times, numbers and dates: 10.am, 3.in.
    return not name.isdecimal() or folded in SURELY or folded == "cn"
