"""Many senders and one outbox: each message is claimed by one."""

import pytest

from tests import given
from tests.given_notices import a_notice
from tests.races.threads import at_once
from wallet.notify.models import Message
from wallet.notify.operations import claim_message, pass_on_notices

pytestmark = pytest.mark.own_database

MESSAGES, SENDERS = 6, 8


def test_each_message_is_made_once_and_claimed_by_one() -> None:
    for _ in range(MESSAGES):
        a_notice(given.a_holder())
    passed = at_once(lambda _: pass_on_notices(now=given.NOW), threads=SENDERS)
    assert sum(one for one in passed if isinstance(one, int)) == MESSAGES
    assert Message.objects.count() == MESSAGES
    claims = at_once(lambda _: claim_message(now=given.NOW), threads=SENDERS)
    taken = [claim.message.pk for claim in claims if claim is not None]  # type: ignore[union-attr]
    assert len(taken) == len(set(taken)) == MESSAGES
