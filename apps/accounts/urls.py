"""Routes of people: the way in, devices, photos. Codes, passwords and signing out are under /accounts/ (allauth)."""

from django.urls import path, register_converter

from apps.accounts import views

app_name = "accounts"


class PhotoName:
    regex = r"[A-Za-z0-9_-]{20,60}\.webp"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(PhotoName, "photo")

urlpatterns = [
    path("signin/", views.SignIn.as_view(), name="signin"),
    path("devices/", views.Devices.as_view(), name="devices"),
    path("people/<photo:name>", views.Photo.as_view(), name="photo"),
]
