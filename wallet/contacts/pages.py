"""My contacts: a list with a search, a form for one, a box for many."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wallet.contacts.operations import Import, add_contact, import_contacts, remove_contact
from wallet.contacts.queries import contacts_of
from wallet.contacts.rules import LIST_LENGTH_MAX, NAME_LENGTH_MAX
from wallet.holders.pages import form_refusals
from wallet.holders.queries import holder_of
from wallet.holders.rules import opaque_id, uuid_in

PAGE_ROWS = 50
UNREAD_SHOWN = 3

SENTENCES = {
    "too_many_contacts": _("通讯录最多放 %(most)s 个人。先删掉一些。"),
    "nobody_in_list": _("名单里没有看到手机号。一行一个人：名字和手机号。"),
    "list_too_long": _("一次最多粘贴 10 万个字。请分几次粘贴。"),
}


class ContactForm(forms.Form):
    """A friend's name and number."""

    name = forms.CharField(label=_("名字"), max_length=NAME_LENGTH_MAX)
    msisdn = forms.CharField(
        label=_("手机号"),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off"}),
    )


class PasteForm(forms.Form):
    """Names and numbers, a friend to a line."""

    text = forms.CharField(
        label=_("粘贴名单"),
        max_length=LIST_LENGTH_MAX,
        help_text=_("一行一个人：名字和手机号，先后都可以。"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@login_required
@require_GET
@never_cache
def contacts(request: HttpRequest) -> HttpResponse:
    """Show my contacts, a page at a time, or those a search finds."""
    return _shown(request, ContactForm(), PasteForm())


@login_required
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Keep a friend, or give one another name."""
    if request.method == "GET":
        return redirect("contacts")
    form = ContactForm(request.POST)
    if form.is_valid():
        with form_refusals(form):
            owner, now = holder_of(request.user), timezone.now()
            kept = add_contact(owner=owner, **form.cleaned_data, now=now)
            messages.success(request, gettext("%(name)s 在通讯录里了。") % {"name": kept.name})
            return redirect("contacts")
    return _shown(request, form, PasteForm(), status=422)


@login_required
@require_http_methods(["GET", "POST"])
def paste(request: HttpRequest) -> HttpResponse:
    """Keep every friend of a pasted list, and tell which lines could not be read."""
    if request.method == "GET":
        return redirect("contacts")
    form = PasteForm(request.POST)
    if form.is_valid():
        with form_refusals(form):
            owner, now = holder_of(request.user), timezone.now()
            done = import_contacts(owner=owner, text=form.cleaned_data["text"], now=now)
            _tell(request, done)
            return redirect("contacts")
    return _shown(request, ContactForm(), form, status=422)


@login_required
@require_POST
def remove(request: HttpRequest, name: str) -> HttpResponse:
    """Forget a friend."""
    gone = remove_contact(owner=holder_of(request.user), contact_id=uuid_in("ctc", name))
    messages.success(request, gettext("%(name)s 已经删掉。") % {"name": gone.name})
    return redirect("contacts")


def _shown(
    request: HttpRequest, one: ContactForm, many: PasteForm, *, status: int = 200
) -> HttpResponse:
    holder = holder_of(request.user)
    like = request.GET.get("q", "").strip()[:NAME_LENGTH_MAX].replace("\0", "")
    page = Paginator(contacts_of(holder, like=like), PAGE_ROWS).get_page(request.GET.get("page"))
    context = {
        "contacts": [(contact, opaque_id("ctc", contact.pk)) for contact in page],
        "page": page,
        "like": like,
        "form": one,
        "paste": many,
        "name_length_max": NAME_LENGTH_MAX,
    }
    return render(request, "contacts/contacts.html", context, status=status)


def _tell(request: HttpRequest, done: Import) -> None:
    added = ngettext("加了 %(count)s 个人。", "加了 %(count)s 个人。", done.added)
    messages.success(request, added % {"count": f"{done.added:,}"})
    if done.renamed:
        renamed = ngettext("改了 %(count)s 个名字。", "改了 %(count)s 个名字。", done.renamed)
        messages.success(request, renamed % {"count": f"{done.renamed:,}"})
    if done.unread:
        text = ngettext(
            "有 %(count)s 行没有看懂：%(lines)s",
            "有 %(count)s 行没有看懂：%(lines)s",
            len(done.unread),
        )
        lines = " / ".join(line[:40] for line in done.unread[:UNREAD_SHOWN])
        facts = {"count": f"{len(done.unread):,}", "lines": lines}
        messages.warning(request, text % facts)
