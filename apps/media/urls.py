"""Routes of media: playback, downloads, files of a disk store, and the API."""

from django.urls import path

from apps.core.scopes import Area
from apps.events.doors.desk_calls import desk_routes
from apps.events.doors.desk_tables import table_routes
from apps.media import api, views

app_name = "media"
urlpatterns = [
    path("e/<slug:event>/media/<str:key>/master.m3u8", views.Master.as_view(), name="master"),
    path("e/<slug:event>/media/<str:key>/<slug:rung>.m3u8", views.Rung.as_view(), name="rung"),
    path("e/<slug:event>/media/<str:key>/captions/<int:number>.vtt", views.Captions.as_view(), name="captions"),
    path("e/<slug:event>/media/<str:key>/file", views.Download.as_view(), name="download"),
    path("files/part/<str:signed>", views.LocalPart.as_view(), name="part"),
    path("files/<str:signature>/<path:name>", views.LocalFile.as_view(), name="file"),
]

api_urlpatterns = [
    path("events/<slug:event>/uploads/", api.UploadsView.as_view(), name="uploads"),
    path("events/<slug:event>/uploads/<str:key>/", api.UploadView.as_view(), name="upload"),
    path("events/<slug:event>/uploads/<str:key>/parts/", api.UploadPartsView.as_view(), name="upload-parts"),
    path("events/<slug:event>/uploads/<str:key>/complete/", api.UploadCompleteView.as_view(), name="upload-complete"),
    path("events/<slug:event>/assets/", api.AssetsView.as_view({"get": "list"}), name="assets"),
    path("events/<slug:event>/assets/<str:key>/", api.AssetsView.as_view({"get": "retrieve"}), name="asset"),
    *desk_routes(
        ("assets/<str:key>/", api.DeskAssetView, "asset"),
        ("assets/<str:key>/again/", api.DeskAssetAgainView, "asset-again"),
    ),
    *table_routes(Area.FILES, assets="media.asset"),
]
