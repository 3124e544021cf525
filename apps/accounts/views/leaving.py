"""One's own data: to take away, and to have deleted."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from apps.accounts import services
from apps.accounts.doors import (
    OfOneself,
    ask_to_sign_in_again,
    limit_by_address,
    must_sign_in_again,
    where_to_prove_oneself,
)
from apps.core.errors import Refused


class _Own(OfOneself, View):
    def show(self, refused: Refused | None = None) -> HttpResponseBase:
        status = refused.status if refused else 200
        return render(self.request, "accounts/data.html", {"refused": refused, "person": self.person}, status=status)


class Data(_Own):
    def get(self, request: HttpRequest) -> HttpResponseBase:
        return self.show()


class OwnData(_Own):
    """Everything that is held of the person, as a file."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponseBase:
        try:
            limit_by_address(request, "own_data")
        except Refused as refused:
            return self.show(refused)
        name = f"plenary-{self.person.pk}.json"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        found = services.everything_of(self.person)
        return JsonResponse(found, headers=headers, json_dumps_params={"ensure_ascii": False, "indent": 1})


class Leave(_Own):
    """Deletes the account, for somebody who has just shown that it is theirs and has typed their address."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponseBase:
        if must_sign_in_again(request):
            return ask_to_sign_in_again(request)
        if asks := where_to_prove_oneself(request, reverse("accounts:data")):
            return redirect(asks)
        try:
            limit_by_address(request, "own_data")
            if request.POST.get("email", "").strip().lower() != self.person.email:
                raise Refused("account.address", _("Type your address as it stands above."), field="email", status=400)
            services.delete_account(self.person)
        except Refused as refused:
            return self.show(refused)
        logout(request)
        messages.success(request, _("Your account is deleted."))
        return redirect("events:front")
