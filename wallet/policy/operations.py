"""Change policy: a new dated row, never an edit."""

from datetime import datetime
from typing import Any

from django.db import transaction

from ledger.refusals import Refusal
from wallet.policy.models import PolicyRow
from wallet.policy.queries import policy_int
from wallet.policy.rules import TERMS


class UnknownPolicy(Refusal):
    """No policy has this key."""

    code = "unknown_policy"
    status = 422


class PolicyInThePast(Refusal):
    """A policy may only change from now on, or what was decided before would be undone."""

    code = "policy_in_the_past"
    status = 422


class BadPolicyValue(Refusal):
    """The value is none that the policy takes."""

    code = "bad_policy_value"
    status = 422


class BadPolicyScope(Refusal):
    """The policy is the same there as elsewhere: nothing asks it by such a scope."""

    code = "bad_policy_scope"
    status = 422


class PolicyReasonMissing(Refusal):
    """A change without a reason would tell an auditor nothing."""

    code = "policy_reason_missing"
    status = 422


class PolicyAlreadySet(Refusal):
    """Another value starts at the same instant."""

    code = "policy_already_set"


@transaction.atomic
def set_policy(
    *,
    key: str,
    value: Any,
    scope: str = "",
    starts_at: datetime,
    set_by: str,
    reason: str,
    now: datetime,
) -> PolicyRow:
    """Give a policy another value from an instant on, and return the row that says so.

    Raises:
        PolicyReasonMissing: no reason was given.
        PolicyInThePast: it would start before now.
        UnknownPolicy: no policy has this key.
        BadPolicyScope: the policy has no such scope.
        BadPolicyValue: the policy takes no such value.
        PolicyAlreadySet: another value starts at that instant.
    """
    if not reason.strip():
        raise PolicyReasonMissing("Say why the policy changes.")
    if starts_at < now:
        raise PolicyInThePast("A policy changes from now on, not backwards.")
    _refuse_strange(key=key, value=value, scope=scope, starts_at=starts_at)
    row, made = PolicyRow.objects.get_or_create(
        key=key,
        scope=scope,
        starts_at=starts_at,
        defaults={"value": value, "set_at": now, "set_by": set_by, "reason": reason.strip()},
    )
    if not made and row.value != value:
        raise PolicyAlreadySet(f"Another value of {key} starts at that instant.")
    return row


def _refuse_strange(*, key: str, value: Any, scope: str, starts_at: datetime) -> None:
    term = TERMS.get(key)
    if term is None:
        raise UnknownPolicy(f"No policy is called {key[:64]}.", key=key[:64])
    if not term.has_scope(scope):
        raise BadPolicyScope(f"{key} is not set by {scope[:64]}.", key=key, scope=scope[:64])
    if not term.takes(value):
        raise BadPolicyValue(f"{key} takes no such value.", key=key)
    if term.at_most:
        most = policy_int(term.at_most, now=starts_at, scope=scope)
        if value > most:
            raise BadPolicyValue(f"{key} is at most {most}, as {term.at_most} says.", key=key)
