"""The two pages between a link and what lies behind it, for whoever has no session yet.

领取 → 获取验证码 → 确认: the phone that claims, then the code sent to it, which signs in and
claims in one tap. A family says what lies behind its links, and how it is claimed.
"""

from typing import Any

from allauth.account.views import ConfirmLoginCodeView, RequestLoginCodeView
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from wallet.holders.pages import form_refusals
from wallet.holders.rules import COUNTRY


class _BehindLink:
    """Pages `<kind>_link`, `<kind>_phone` and `<kind>_code`; `kind` names the thing in templates.

    `promise` is the template that says what waits behind the link.
    """

    kind = ""
    promise = ""

    def found(self, request: HttpRequest, token: str) -> Any:
        """Return what lies behind a link.

        Raises:
            Refusal: nothing does.
        """
        raise NotImplementedError

    def page(self, name: str) -> str:
        """Return the address of one of the link's pages."""
        return reverse(f"{self.kind}_{name}", args=[self.token])

    def dispatch(self, request: HttpRequest, *args: Any, token: str, **more: Any) -> Any:
        """Find the thing first; whoever is signed in needs no code."""
        self.thing = self.found(request, token)
        self.token = token
        if request.user.is_authenticated:
            return redirect(self.page("link"))
        return super().dispatch(request, *args, token=token, **more)  # type: ignore[misc]

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        """Add the thing, what is said of it, and where another number is given."""
        context = super().get_context_data(**more)  # type: ignore[misc]
        about = {"promise": self.promise, "phone_page": self.page("phone")}
        return {**context, **about, self.kind: self.thing}


class PhonePage(_BehindLink, RequestLoginCodeView):  # type: ignore[misc]  # the package has no types
    """Ask for the phone that claims."""

    def keep(self, *, msisdn: str) -> None:
        """Keep the thing for a number while its code is on the way, where a family does so.

        Raises:
            Refusal: it cannot be kept; no code is sent then.
        """

    def form_valid(self, form: Form) -> HttpResponse:
        """Keep the thing for the number and send the code."""
        with form_refusals(form):
            self.keep(msisdn=form.cleaned_data["phone"].removeprefix(COUNTRY))
        answered = super().form_valid(form) if form.is_valid() else self.form_invalid(form)
        assert isinstance(answered, HttpResponse)
        return answered

    def get_success_url(self) -> str:
        """Ask for the code next."""
        return self.page("code")


class CodePage(_BehindLink, ConfirmLoginCodeView):  # type: ignore[misc]  # the package has no types
    """Take the code: sign in and claim in one tap."""

    template_name = "links/code.html"

    def claim(self) -> None:
        """Claim the thing for whoever has just signed in."""
        raise NotImplementedError

    def dispatch(self, request: HttpRequest, *args: Any, token: str, **more: Any) -> Any:
        """Lead a code that is lost or spent back to the number."""
        response = super().dispatch(request, *args, token=token, **more)
        if response.status_code == 302 and response["Location"] == reverse("account_login"):
            return redirect(self.page("phone"))
        return response

    def _verify_form_valid(self, form: Form) -> Any:
        response = self._process.finish(self.page("link"))
        if self.request.user.is_authenticated:
            self.claim()
        return response

    def _resend_form_valid(self, form: Form) -> HttpResponse:
        super()._resend_form_valid(form)
        return redirect(self.page("code"))
