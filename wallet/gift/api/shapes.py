"""What gifts look like as JSON: to their sender, to whoever claimed one, to whoever has a link."""

from typing import Any

from rest_framework import serializers

from ledger.rules import COIN
from wallet.contacts.queries import names_by_number
from wallet.gift.models import Gift
from wallet.gift.queries import Friend, claimer_words, link_of, meant_words, sender_words
from wallet.gift.rules import received_of
from wallet.holders.api import AmountField, TextField
from wallet.holders.models import Holder
from wallet.holders.rules import GREETING_LENGTH_MAX, opaque_id


class NewGiftSerializer(serializers.Serializer[Any]):
    """What to give: coins by default; own data names its number and package.

    `locked_to` is who alone may claim it: a number, one of my contacts (`ctc_…`), or the other
    side of a gift I made or claimed (`gft_…`); a gift that I claimed is given back for (回赠).
    """

    asset = TextField(max_length=48, default=COIN)
    amount = AmountField()
    greeting = TextField(max_length=GREETING_LENGTH_MAX, allow_blank=True, default="")
    locked_to = TextField(max_length=40, allow_blank=True, default="")
    number = TextField(max_length=40, required=False)
    package = TextField(max_length=32, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse half a line.

        Raises:
            ValidationError: a number without its package, or the other way round.
        """
        if ("number" in attrs) != ("package" in attrs):
            raise serializers.ValidationError("Own data names both its number and its package.")
        return attrs


class LinkedGiftSerializer(serializers.Serializer[Gift]):
    """A gift as whoever has its link sees it."""

    asset = serializers.CharField()
    receives = serializers.SerializerMethodField()
    sent_by = serializers.SerializerMethodField()
    amount = serializers.IntegerField()
    greeting = serializers.CharField()
    state = serializers.CharField()
    locked = serializers.SerializerMethodField()
    expires_at = serializers.DateTimeField()

    def get_receives(self, gift: Gift) -> str:
        """Return the asset the claimer gets."""
        return received_of(gift.asset)

    def get_sent_by(self, gift: Gift) -> str:
        """Return the sender: my contact's name, or the number with its middle hidden."""
        return sender_words(gift, kept=self.context.get("kept"))

    def get_locked(self, gift: Gift) -> bool:
        """Tell whether only one number or person may claim it."""
        return bool(meant_words(gift))


class ClaimedGiftSerializer(LinkedGiftSerializer):
    """A gift as whoever claimed it sees it."""

    id = serializers.SerializerMethodField()
    made_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    thanked_at = serializers.DateTimeField(allow_null=True)

    def get_id(self, gift: Gift) -> str:
        """Return the opaque id."""
        return opaque_id("gft", gift.pk)


class SentGiftSerializer(ClaimedGiftSerializer):
    """A gift as its sender sees it."""

    locked_to = serializers.SerializerMethodField()
    in_return_for = serializers.SerializerMethodField()
    claimed_by = serializers.SerializerMethodField()
    link = serializers.SerializerMethodField()

    def get_locked_to(self, gift: Gift) -> str:
        """Return the number that alone may claim it, or who it is by a name or a hidden number."""
        return gift.locked_to or meant_words(gift, kept=self.context.get("kept"))

    def get_in_return_for(self, gift: Gift) -> str:
        """Return the gift it gives back for, or nothing."""
        return opaque_id("gft", gift.in_return_for_id) if gift.in_return_for_id else ""

    def get_claimed_by(self, gift: Gift) -> str:
        """Return the claimer: my contact's name, the number with its middle hidden, or nothing."""
        return claimer_words(gift, kept=self.context.get("kept"))

    def get_link(self, gift: Gift) -> str:
        """Return the link to send to a friend."""
        return link_of(gift)


class RelationSerializer(serializers.Serializer[Friend]):
    """Somebody I have given to or received from; `gift` names them where a gift is locked."""

    name = serializers.CharField()
    given = serializers.IntegerField()
    received = serializers.IntegerField()
    last_at = serializers.DateTimeField()
    gift = serializers.CharField()


class RelationsSerializer(serializers.Serializer[Any]):
    """Whom I gave to and received from, those I gave to most often first; at most 50."""

    results = RelationSerializer(many=True)


def shown(gift: Gift, *, holder: Holder) -> Any:
    """Return a gift as its sender, or as its claimer, sees it."""
    mine = gift.sender_id == holder.pk
    serializer = SentGiftSerializer if mine else ClaimedGiftSerializer
    return serializer(gift, context={"kept": names_by_number(holder)}).data
