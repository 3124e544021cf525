"""The chapters of a film: written anew as a whole."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused
from apps.core.rows import hold_row
from apps.media.adapters import chapters as texts
from apps.media.models import Asset, Chapter


def read_chapters(text: str, *, field: str = "text") -> list[texts.Found]:
    """What was written or pasted, as chapters: WebVTT, or a line for each. Raises `Refused`."""
    if len(text) > texts.MOST_BYTES:
        raise Refused("chapters.too_long", _("This text is too long to be chapters."), field=field)
    try:
        return texts.read(text)
    except texts.Unread as error:
        words = _("Line %(line)s is no chapter. Write the time and then the title: 12:30 What the river does.")
        raise Refused("chapters.unread", words, values={"line": error.line}, field=field) from error


@transaction.atomic
def set_chapters(asset: Asset, chapters: Sequence[texts.Found], *, field: str = "chapters") -> list[Chapter]:
    """These and no others. Raises `Refused` where one has no title, lies beyond the film, or begins with another."""
    hold_row(asset, gone="media.none")
    wanted = sorted(texts.Found(round(one.begins, 3), " ".join(one.title.split())) for one in chapters)
    _judge(asset, wanted, field)
    there = {(one.begins, one.title): one for one in asset.chapters.all()}
    gone = [one.pk for key, one in there.items() if key not in set(wanted)]
    asset.chapters.filter(pk__in=gone).delete()
    new = [Chapter(asset=asset, begins=begins, title=title) for begins, title in wanted if (begins, title) not in there]
    Chapter.objects.bulk_create(new)
    return list(asset.chapters.all())


def _judge(asset: Asset, wanted: Sequence[texts.Found], field: str) -> None:
    if not asset.is_played:
        raise Refused("chapters.no_film", _("Only films and sound have chapters."), field=field)
    if len(wanted) > Chapter.MOST:
        words = _("A film has up to %(most)s chapters. These are more.")
        raise Refused("chapters.too_many", words, values={"most": Chapter.MOST}, field=field)
    beginnings = [one.begins for one in wanted]
    if len(set(beginnings)) < len(beginnings):
        raise Refused("chapters.twice", _("Two chapters begin at the same second. Move one of them."), field=field)
    for one in wanted:
        if not one.title or len(one.title) > 120:
            words = _("The chapter at %(time)s needs a title of at most 120 characters.")
            raise Refused("chapters.title", words, values={"time": texts.time(one.begins)}, field=field)
        if one.begins < 0 or (asset.seconds is not None and one.begins >= asset.seconds):
            words = _("The chapter “%(title)s” would begin after the end of the film.")
            raise Refused("chapters.beyond", words, values={"title": one.title}, field=field)
