"""Second steps: an app's codes, passkeys, and codes for emergencies. The rules of the forms are allauth's."""

from typing import Any, ClassVar

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.decorators import reauthentication_required
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.views import AuthenticateView, IndexView, ReauthenticateView
from allauth.mfa.recovery_codes.views import (
    DownloadRecoveryCodesView,
    GenerateRecoveryCodesView,
    ViewRecoveryCodesView,
)
from allauth.mfa.totp.internal.auth import clear_totp_secret
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    EditWebAuthnView,
    LoginWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.generic import FormView

from apps.accounts import doors, selectors, services
from apps.core.access import Access

MOST_KEYS = 10


class Own(doors.OfOneself):
    """Pages on which a person changes their own second steps."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return found | {"steps": selectors.second_steps(self.person)}

    def render_to_response(self, context: Any, **kwargs: Any) -> HttpResponseBase:
        """Some of these pages show secrets; no browser keeps any of them."""
        answer: HttpResponseBase = super().render_to_response(context, **kwargs)  # type: ignore[misc]
        add_never_cache_headers(answer)
        return answer


class Adding(Own):
    """What must not be done with a session that somebody else got hold of: they would lock its owner out."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and doors.must_sign_in_again(request):
            return doors.ask_to_sign_in_again(request)
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return answer

    def form_valid(self, form: Any) -> HttpResponseBase:
        answer: HttpResponseBase = super().form_valid(form)  # type: ignore[misc]
        doors.keep_this_session(self.request)
        return answer


class Removing(Own):
    def form_valid(self, form: Any) -> HttpResponseBase:
        answer: HttpResponseBase = super().form_valid(form)  # type: ignore[misc]
        doors.keep_this_session(self.request)
        return answer


class Index(Own, IndexView):  # type: ignore[misc]
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = super().get_context_data(**kwargs)
        return found | {"onward": doors.onward(self.request) if self.person.has_second_factor else ""}


class Authenticate(AuthenticateView):  # type: ignore[misc]
    """The second step of signing in, whichever the first one was."""

    access: ClassVar[Access] = Access.ANYONE

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)
        user = self.stage.login.user
        return found | {"steps": selectors.second_steps(user), "trial_code": selectors.trial_code(user)}


class Reauthenticate(Own, ReauthenticateView):  # type: ignore[misc]
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"trial_code": selectors.trial_code(self.person)}


class ActivateApp(Adding, ActivateTOTPView):  # type: ignore[misc]
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = super().get_context_data(**kwargs)
        return found | {"trial_code": selectors.trial_code(None, found["form"].secret)}


class ReplaceApp(ActivateApp):
    """Another telephone. Who has had no app until now sets one up."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        if selectors.second_steps(self.person).app is None:
            return redirect("mfa_activate_totp")
        return self._replace(request, *args, **kwargs)

    @method_decorator(reauthentication_required(app="allauth.mfa"))
    def _replace(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Past the library's page, which leads whoever has an app to where it is taken away."""
        return FormView.dispatch(self, request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponseBase:
        if services.replace_app(self.person, secret=form.secret):
            get_account_adapter().send_notification_mail("mfa/email/totp_replaced", self.person)
            messages.success(self.request, _("From now on the new app has your codes."))
        clear_totp_secret(self.request)
        return redirect("mfa_index")


class DeactivateApp(Removing, DeactivateTOTPView):  # type: ignore[misc]
    pass


class AddKey(Adding, AddWebAuthnView):  # type: ignore[misc]
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and len(selectors.second_steps(self.person).keys) >= MOST_KEYS:
            messages.error(request, _("You have as many passkeys as one can keep apart. Take one away first."))
            return redirect("mfa_index")
        return super().dispatch(request, *args, **kwargs)


class Keys(doors.OfOneself, View):
    """They stand on the page of all second steps."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return redirect("mfa_index")


class RenameKey(Own, EditWebAuthnView):  # type: ignore[misc]
    pass


class RemoveKey(Removing, RemoveWebAuthnView):  # type: ignore[misc]
    def form_valid(self, form: Any) -> HttpResponseBase:
        if not get_adapter().can_delete_authenticator(self.get_object()):
            return self.get(self.request, *self.args, **self.kwargs)  # type: ignore[no-any-return]
        return super().form_valid(form)


class EnterWithKey(LoginWebAuthnView):  # type: ignore[misc]
    access: ClassVar[Access] = Access.ANYONE


class ReauthenticateWithKey(Own, ReauthenticateWebAuthnView):  # type: ignore[misc]
    pass


class Codes(Own, ViewRecoveryCodesView):  # type: ignore[misc]
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"onward": doors.onward(self.request)}


class NewCodes(Own, GenerateRecoveryCodesView):  # type: ignore[misc]
    pass


class CodesFile(Own, DownloadRecoveryCodesView):  # type: ignore[misc]
    pass
