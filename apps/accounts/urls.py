"""Routes of people: the way in, devices, photos, second steps. Codes, passwords and signing out are allauth's."""

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
    path("devices/code/", views.MailedCode.as_view(), name="mailed_code"),
    path("devices/", views.Devices.as_view(), name="devices"),
    path("data/", views.Data.as_view(), name="data"),
    path("data/file/", views.OwnData.as_view(), name="own_data"),
    path("data/delete/", views.Leave.as_view(), name="leave"),
    path("people/<photo:name>", views.Photo.as_view(), name="photo"),
]

# Under the names by which allauth knows them, in our own views (`events_platform.urls`).
step = views.second_factor
second_factor_urlpatterns = [
    path("", step.Index.as_view(), name="mfa_index"),
    path("authenticate/", step.Authenticate.as_view(), name="mfa_authenticate"),
    path("reauthenticate/", step.Reauthenticate.as_view(), name="mfa_reauthenticate"),
    path("app/", step.ActivateApp.as_view(), name="mfa_activate_totp"),
    path("app/replace/", step.ReplaceApp.as_view(), name="mfa_replace_totp"),
    path("app/remove/", step.DeactivateApp.as_view(), name="mfa_deactivate_totp"),
    path("passkeys/", step.Keys.as_view(), name="mfa_list_webauthn"),
    path("passkeys/add/", step.AddKey.as_view(), name="mfa_add_webauthn"),
    path("passkeys/login/", step.EnterWithKey.as_view(), name="mfa_login_webauthn"),
    path("passkeys/reauthenticate/", step.ReauthenticateWithKey.as_view(), name="mfa_reauthenticate_webauthn"),
    path("passkeys/<int:pk>/", step.RenameKey.as_view(), name="mfa_edit_webauthn"),
    path("passkeys/<int:pk>/remove/", step.RemoveKey.as_view(), name="mfa_remove_webauthn"),
    path("codes/", step.Codes.as_view(), name="mfa_view_recovery_codes"),
    path("codes/new/", step.NewCodes.as_view(), name="mfa_generate_recovery_codes"),
    path("codes/file/", step.CodesFile.as_view(), name="mfa_download_recovery_codes"),
]
