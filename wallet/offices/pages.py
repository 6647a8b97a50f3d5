"""HTML for those who speak for a carrier: its console, what it was asked, its usage files."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from ledger.proofs.queries import fault_in_words
from ledger.rules import count_said
from wallet.carriers.models import Break, Instruction
from wallet.carriers.rules import masked, masked_in
from wallet.carriers.usage.rules import HEADER
from wallet.holders.models import User
from wallet.holders.pages import KeyedForm, form_refusals, refusals_said
from wallet.holders.rules import opaque_id, uuid_in
from wallet.offices.models import CarrierOffice
from wallet.offices.operations import UsageFileTooLong, answer_break, upload_usage
from wallet.offices.queries import (
    MANAGING,
    break_of,
    instructions_of,
    managed_office,
    office_of,
    offices_of,
    open_breaks,
    upload_of,
    uploads_of,
    work_of,
)
from wallet.offices.rules import TEXT_LENGTH_MAX, UPLOAD_BYTES_MAX
from wallet.offices.sentences import BAD_LINES, BREAKS, KINDS_ASKED, STATES

PAGE_ROWS = 50
BREAKS_SHOWN = 20
UPLOADS_SHOWN = 5


class BreakAnswerForm(KeyedForm):
    """What the carrier says of a difference."""

    text = forms.CharField(
        label=_("答复"), max_length=TEXT_LENGTH_MAX, widget=forms.Textarea(attrs={"rows": 2})
    )


class UploadForm(KeyedForm):
    """A usage file."""

    file = forms.FileField(label=_("使用量文件（CSV）"))

    def content(self) -> bytes:
        """Return what is in the file.

        Raises:
            UsageFileTooLong: it is longer than a page takes.
        """
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > UPLOAD_BYTES_MAX:
            raise UsageFileTooLong("Hand in at most 8 MB at once; longer files come in parts.")
        content: bytes = file.read()
        return content


@login_required
@require_GET
def offices(request: HttpRequest) -> HttpResponse:
    """Show the carriers I speak for; the only one at once."""
    found = list(offices_of(user_of(request)))
    if len(found) == 1:
        return redirect("office", found[0].carrier_id)
    return render(request, "offices/offices.html", {"offices": found})


@login_required
@require_GET
def office(request: HttpRequest, carrier: str) -> HttpResponse:
    """Show how a carrier stands: its queue, its breaks, its usage files."""
    return _console(request, carrier)


def _console(request: HttpRequest, carrier: str, *, form: UploadForm | None = None) -> HttpResponse:
    found, role = office_of(user=user_of(request), carrier=carrier)
    now = timezone.now()
    work = work_of(found.carrier, now=now)
    context = {
        "office": found,
        "speaks": role in MANAGING,
        "work": work,
        "states": [(each, STATES[Instruction.State(each.state)]) for each in work.states],
        "is_resting": work.rests_until is not None and work.rests_until > now,
        "breaks": [_break(row) for row in open_breaks(found.carrier_id)[:BREAKS_SHOWN]],
        "uploads": [
            (row, opaque_id("upl", row.pk)) for row in uploads_of(found.carrier_id)[:UPLOADS_SHOWN]
        ],
        "form": form or UploadForm(),
        "columns": ",".join(HEADER),
    }
    return render(request, "offices/office.html", context, status=422 if form else 200)


def _break(row: Break) -> dict[str, Any]:
    return {
        "row": row,
        "id": opaque_id("brk", row.pk),
        "words": BREAKS[Break.Kind(row.kind)],
        "reference": masked_in(text=row.reference),
        "form": BreakAnswerForm(auto_id=f"id_{row.pk}_%s"),
    }


@login_required
@require_GET
def instructions(request: HttpRequest, carrier: str) -> HttpResponse:
    """Show what a carrier was asked, the newest first, by state."""
    found, _role = office_of(user=user_of(request), carrier=carrier)
    state = request.GET.get("state", "")
    rows = instructions_of(
        found.carrier_id, state=state if state in Instruction.State.values else ""
    )
    page = count_said(request.GET.get("page", ""))
    shown = list(rows[page * PAGE_ROWS : (page + 1) * PAGE_ROWS + 1])
    context = {
        "office": found,
        "state": state,
        "states": STATES.items(),
        "rows": [
            (
                row,
                KINDS_ASKED[Instruction.Kind(row.kind)],
                STATES[Instruction.State(row.state)],
                masked(msisdn=row.msisdn),
            )
            for row in shown[:PAGE_ROWS]
        ],
        "page": page,
        "older": page + 1 if len(shown) > PAGE_ROWS else None,
    }
    return render(request, "offices/instructions.html", context)


@login_required
@require_POST
def said_of_break(request: HttpRequest, carrier: str, found: str) -> HttpResponse:
    """Keep what a carrier says of a difference."""
    user = user_of(request)
    own = managed_office(user=user, carrier=carrier)
    row = break_of(carrier=own.carrier_id, break_id=uuid_in("brk", found))
    form = BreakAnswerForm(request.POST)
    if form.is_valid():
        with refusals_said(request):
            answer_break(
                found=row,
                text=form.cleaned_data["text"],
                by=user,
                key=form.asked_key,
                now=timezone.now(),
            )
            messages.success(request, gettext("答复已转给我们的人核对。"))
    else:
        messages.error(request, gettext("请用 1 到 500 个字答复。"))
    return redirect("office", carrier)


@login_required
@require_POST
def upload(request: HttpRequest, carrier: str) -> HttpResponse:
    """Load a usage file, and show what became of it."""
    user = user_of(request)
    own: CarrierOffice = managed_office(user=user, carrier=carrier)
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        with form_refusals(form):
            row = upload_usage(
                carrier=own.carrier,
                name=form.cleaned_data["file"].name,
                content=form.content(),
                by=user,
                key=form.asked_key,
                now=timezone.now(),
            )
            return redirect("usage_upload", carrier, opaque_id("upl", row.pk))
    return _console(request, carrier, form=form)


@login_required
@require_GET
def one_upload(request: HttpRequest, carrier: str, upload_id: str) -> HttpResponse:
    """Show what became of a usage file's lines, and the first that could not be read."""
    own, _role = office_of(user=user_of(request), carrier=carrier)
    row = upload_of(carrier=own.carrier_id, upload_id=uuid_in("upl", upload_id))
    bad_lines = [(line, fault_in_words(why, faults=BAD_LINES)) for line, why in row.errors]
    context = {"office": own, "upload": row, "bad_lines": bad_lines}
    return render(request, "offices/upload.html", context)


def user_of(request: HttpRequest) -> User:
    """Return who asks; the pages are for those who signed in."""
    assert isinstance(request.user, User)
    return request.user
