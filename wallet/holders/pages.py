"""The subscriber's own pages, and what every page's forms share."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from uuid import UUID, uuid4

from django.contrib import messages
from django.forms import Form, HiddenInput, UUIDField
from django.http import HttpRequest

from ledger.refusals import Refusal
from wallet.holders.sentences import sentence_of


class KeyedForm(Form):
    """A form of something that happens once: its key is made when it is shown."""

    key = UUIDField(widget=HiddenInput, initial=uuid4)

    @property
    def asked_key(self) -> UUID:
        """Return the key of a valid form."""
        key: UUID = self.cleaned_data["key"]
        return key


class form_refusals:  # noqa: N801  reads as a statement: with form_refusals(form)
    """Show a refusal raised inside the block above the form, instead of on a page of its own.

    After the block, `form.is_valid()` is false when something was refused.
    """

    def __init__(self, form: Form) -> None:
        self.form = form

    def __enter__(self) -> Form:
        return self.form

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        if not isinstance(raised, Refusal):
            return False
        self.form.add_error(None, sentence_of(raised))
        return True


@contextmanager
def refusals_said(request: HttpRequest) -> Iterator[None]:
    """Say a refusal raised inside on the next page, instead of on one of its own."""
    try:
        yield
    except Refusal as refusal:
        messages.error(request, sentence_of(refusal))
