"""Make messages of what stands in inboxes, for whoever wants it by a way beside."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from wallet.holders.models import Holder, Notice, User
from wallet.notify.models import Channel, Message, Reach
from wallet.notify.queries import (
    Terms,
    address_of,
    choices_of,
    open_channels,
    people_of,
    phone_of,
    terms_at,
)
from wallet.notify.rules import is_wanted, night_ends


@transaction.atomic
def pass_on_notices(*, now: datetime, limit: int = 500) -> int:
    """Make the messages of notices that nobody has looked at yet, and return how many notices.

    What was read meanwhile, or is too old to be news, makes none. Who holds some is not waited
    for; a notice and its messages commit together, so none is passed on twice or lost.
    """
    fresh = Notice.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
    fresh = fresh.filter(passed_on_at=None).select_related("holder__user").order_by("id")
    notices = list(fresh[:limit])
    if notices:
        Message.objects.bulk_create(_messages(notices, now=now), ignore_conflicts=True)
        ids = [notice.pk for notice in notices]
        Notice.objects.filter(pk__in=ids).update(passed_on_at=now)
    return len(notices)


def _messages(notices: Sequence[Notice], *, now: datetime) -> Iterator[Message]:
    terms = terms_at(now)
    news = [
        notice
        for notice in notices
        if notice.read_at is None and notice.at > now - timedelta(hours=terms.late_hours)
    ]
    people = people_of({notice.holder_id: notice.holder for notice in news}.values())
    told = {person.pk for each in people.values() for person in each}
    reaches = Reach.objects.in_bulk(told)
    chosen = choices_of(told)
    for notice in news:
        for person in people[notice.holder_id]:
            yield from _ways(notice, person, reaches, chosen, terms=terms, now=now)


def _ways(
    notice: Notice,
    person: Holder,
    reaches: Mapping[UUID, Reach],
    chosen: Mapping[tuple[UUID, str], Mapping[str, bool]],
    *,
    terms: Terms,
    now: datetime,
) -> Iterator[Message]:
    """Yield a message for each way by which a person can be reached and wants to be."""
    reach = reaches.get(person.pk) or Reach(holder=person)
    for channel in open_channels():
        wanted = is_wanted(
            kind=notice.kind,
            chosen=chosen.get((person.pk, channel), {}),
            by_default=terms.by_default(channel=channel, kind=notice.kind),
        )
        if wanted and address_of(holder=person, reach=reach, channel=channel, kind=notice.kind):
            yield Message(
                holder=person,
                channel=channel,
                kind=notice.kind,
                subject_id=notice.subject_id,
                facts=notice.facts,
                made_at=now,
                next_at=night_ends(now, from_hour=terms.from_hour, until_hour=terms.until_hour),
            )


def text_owners(
    organisation: UUID,
    *,
    owners: Iterable[User],
    kind: str,
    subject_id: UUID,
    facts: Mapping[str, str | int | None],
    now: datetime,
) -> int:
    """Text what an organisation is told to those owners who have no inbox; return to how many.

    Once per owner, kind and subject; in the morning, if it is night.
    """
    if Channel.TEXT not in open_channels():
        return 0
    terms = terms_at(now)
    morning = night_ends(now, from_hour=terms.from_hour, until_hour=terms.until_hour)
    made = [
        Message(
            holder_id=organisation,
            user=owner,
            channel=Channel.TEXT,
            kind=kind,
            subject_id=subject_id,
            facts=dict(facts),
            made_at=now,
            next_at=morning,
        )
        for owner in owners
        if phone_of(owner)
    ]
    Message.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)
