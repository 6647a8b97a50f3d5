"""Runs of the proofs, the tree's heads and the keys that signed them: read, never changed."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from ledger.audit.admin.base import ReadOnlyAdmin
from ledger.models import Head, ProofRun
from ledger.proofs.queries import fault_in_words
from ledger.registry import proofs
from ledger.seals.queries import head_fields, is_head_signed, sealing

SHOWN_DIGITS = 16


def verdict(*, is_good: bool, good: object, bad: object) -> SafeString:
    """Return a judgement in words, a sign and a colour."""
    if is_good:
        return format_html('<span class="audit-good">✓ {}</span>', good)
    return format_html('<span class="audit-bad">✗ {}</span>', bad)


@admin.register(ProofRun)
class ProofRunAdmin(ReadOnlyAdmin):
    """Runs of the proofs, the newest first, and what each proof found."""

    list_display = ("started_at", "result", "took", "asked_by")
    fields = ("started_at", "result", "took", "asked_by")
    readonly_fields = ("result", "took")
    ordering = ("-id",)
    change_form_template = "audit/proof_run.html"

    @admin.display(description=_("结果"))
    def result(self, run: ProofRun) -> SafeString:
        """Say whether all was clean, how many proofs were not, or that the run has no end."""
        bad = (
            _("没有做完")
            if run.ended_at is None and not run.broken
            else _("%s 项不符") % run.broken
        )
        return verdict(is_good=run.is_clean, good=_("全部相符"), bad=bad)

    @admin.display(description=_("用时（秒）"))
    def took(self, run: ProofRun) -> str:
        """Return how long the run took, in seconds."""
        return f"{(run.ended_at - run.started_at).total_seconds():,.1f}" if run.ended_at else "–"

    def context_of(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        known = {proof.name: proof for proof in proofs()}
        found = sorted(row.found.all(), key=lambda found: found.broken == 0)
        for each in found:  # in the reader's language; one that is proved no more, as it was kept
            proof = known.get(each.name)
            if proof is not None:
                each.title = str(proof.title)
                each.first_broken = fault_in_words(each.first_broken, faults=proof.faults)
        return {"found": found}


@admin.register(Head)
class HeadAdmin(ReadOnlyAdmin):
    """The tree's signed heads, the newest first; what is not sealed yet stands above them."""

    list_display = ("at", "size", "month", "short_root", "signed")
    fields = ("at", "size", "month", "root_hex", "key_hex", "signature_hex", "signed")
    readonly_fields = ("root_hex", "key_hex", "signature_hex", "signed", "short_root")
    ordering = ("-id",)
    list_before_template = "audit/sealing_card.html"

    @admin.display(description=_("根"))
    def short_root(self, head: Head) -> str:
        """Return the beginning of the root."""
        return f"{bytes(head.root).hex()[:SHOWN_DIGITS]}…"

    @admin.display(description=_("根"))
    def root_hex(self, head: Head) -> object:
        """Return the root."""
        return head_fields(head)["root"]

    @admin.display(description=_("公钥"))
    def key_hex(self, head: Head) -> object:
        """Return the public key."""
        return head_fields(head)["public_key"]

    @admin.display(description=_("签名"))
    def signature_hex(self, head: Head) -> object:
        """Return the signature."""
        return head_fields(head)["signature"]

    @admin.display(description=_("签名核对"))
    def signed(self, head: Head) -> SafeString:
        """Say whether the signature is that of the key of its time."""
        return verdict(is_good=is_head_signed(head), good=_("有效"), bad=_("无效"))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        context = {**(extra_context or {}), "sealing": sealing()}
        return super().changelist_view(request, context)
