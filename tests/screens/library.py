"""The library and the live streams as they are photographed: rows that the demo has none of, and pages of the desk."""

from tests.screens.shots import DEMO, PEOPLE, Shot

FOLDERS = ("Slides", "Films and openers", "Recordings of the panels")


def have_library() -> None:
    """Folders within each other with files in them, a file in the trash, and a live stream with its keys."""
    from apps.accounts.models import User
    from apps.events.models import Event
    from apps.media import services

    event = Event.objects.filter(slug=DEMO).first()
    if event is None or event.folders.exists():
        return
    by = User.objects.get(email=PEOPLE["organiser"])
    tops = [services.make_folder(event, name=name, parent=None) for name in FOLDERS]
    inside = services.make_folder(event, name="Day one", parent=tops[0])
    keys = list(event.assets.filter(kind="document").order_by("pk").values_list("key", flat=True)[:6])
    services.move_assets(event, keys[:2], folder=tops[0])
    services.move_assets(event, keys[2:4], folder=inside)
    services.add_tags(event, keys[:4], ["for download", "sponsor"])
    gone = services.ingest_file(event, b"%PDF-1.7\nA draft\n%%EOF\n", title="A draft of the programme", by=by)
    services.trash_assets(event, [gone.key])
    services.create_stream(event, title="The Weir, cameras", dvr_seconds=1800, records=True)


def library_pages(event):
    """Those that are no list and no form of a table."""
    from django.urls import reverse

    from apps.media.models import Asset

    files = reverse("admin:media_asset_changelist")
    found = {"desk-trash": Shot(reverse("admin:media_asset_trash"), "organiser")}
    folder = event.folders.filter(folders__isnull=False).first()
    if folder is not None:
        found["desk-folder"] = Shot(
            f"{files}?event__id__exact={event.pk}&library_folder__id__exact={folder.pk}", "organiser"
        )
    document = event.assets.filter(kind=Asset.Kind.DOCUMENT).order_by("-pk").first()
    if document is not None:
        found["desk-versions"] = Shot(reverse("admin:media_asset_versions", args=[document.pk]), "organiser")
    film = event.assets.filter(kind=Asset.Kind.VIDEO, encoding__isnull=False, state=Asset.State.READY).first()
    if film is not None:
        address = reverse("admin:media_asset_change", args=[film.pk])
        found["desk-film"] = Shot(address, "organiser")
        found["desk-film-arabic"] = Shot(address, "organiser", {"django_language": "ar"})
        found["desk-sounds"] = Shot(reverse("admin:media_asset_sounds", args=[film.pk]), "organiser")
        found["desk-cut"] = Shot(reverse("admin:media_asset_cut", args=[film.pk]), "organiser")
    stream = event.streams.first()
    if stream is not None:
        found["desk-stream"] = Shot(reverse("admin:media_stream_keys", args=[stream.pk]), "organiser")
    return found
