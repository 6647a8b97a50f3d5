"""Change policy: a new dated row, never an edit."""

from datetime import datetime
from typing import Any

from django.db import transaction

from ledger.refusals import Refusal
from wallet.policy.models import PolicyRow


class UnknownPolicy(Refusal):
    """No policy has this key."""

    code = "unknown_policy"
    status = 422


class PolicyInThePast(Refusal):
    """A policy may only change from now on, or what was decided before would be undone."""

    code = "policy_in_the_past"
    status = 422


class BadPolicyValue(Refusal):
    """The value is of another type than the policy's values so far, or below zero."""

    code = "bad_policy_value"
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
        BadPolicyValue: the value is of another type than before, or negative.
        PolicyAlreadySet: another value starts at that instant.
    """
    if not reason.strip():
        raise PolicyReasonMissing("Say why the policy changes.")
    if starts_at < now:
        raise PolicyInThePast("A policy changes from now on, not backwards.")
    _refuse_strange_value(key=key, value=value)
    row, made = PolicyRow.objects.get_or_create(
        key=key,
        scope=scope,
        starts_at=starts_at,
        defaults={"value": value, "set_at": now, "set_by": set_by, "reason": reason.strip()},
    )
    if not made and row.value != value:
        raise PolicyAlreadySet(f"Another value of {key} starts at that instant.")
    return row


def _refuse_strange_value(*, key: str, value: Any) -> None:
    before = PolicyRow.objects.filter(key=key).order_by("starts_at").first()
    if before is None:
        raise UnknownPolicy(f"No policy is called {key}.", key=key)
    if type(value) is not type(before.value):
        raise BadPolicyValue(f"{key} takes a value like {before.value!r}.", key=key)
    if isinstance(value, int) and value < 0:
        raise BadPolicyValue(f"{key} is not below zero.", key=key)
