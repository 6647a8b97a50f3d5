"""JSON for anybody: what a month was sealed with, the latest head, proofs that heads agree."""

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ledger.rules import month_named
from ledger.seals.queries import (
    consistency_path,
    head_fields,
    head_of_month,
    key_fields,
    latest_head,
    seal_keys,
    tree_size,
)


class Public(APIView):
    """Open to anybody, signed in or not; outside the versioned API."""

    authentication_classes = ()
    permission_classes = (AllowAny,)


@extend_schema(exclude=True)
class MonthHead(Public):
    """A closed month's head."""

    def get(self, request: Request, name: str) -> Response:
        """Return it.

        Raises:
            Http404: the month is not sealed.
        """
        head = head_of_month(month_named(name))
        if head is None:
            raise Http404
        return Response(head_fields(head))


@extend_schema(exclude=True)
class LatestHead(Public):
    """The largest tree's head."""

    def get(self, request: Request) -> Response:
        """Return it.

        Raises:
            Http404: nothing was sealed yet.
        """
        head = latest_head()
        if head is None:
            raise Http404
        return Response(head_fields(head))


@extend_schema(exclude=True)
class Keys(Public):
    """The keys that signed heads, from where to where, with what each says of the one before."""

    def get(self, request: Request) -> Response:
        """Return them."""
        return Response({"keys": key_fields(seal_keys())})


@extend_schema(exclude=True)
class Consistency(Public):
    """The proof that the tree of a size continues that of an earlier size (RFC 9162, 2.1.4)."""

    def get(self, request: Request, earlier: int, size: int) -> Response:
        """Return its hashes.

        Raises:
            Http404: the tree has no such sizes.
        """
        if not 0 < earlier <= size <= tree_size():
            raise Http404
        path = consistency_path(earlier=earlier, size=size)
        hashes = [hashed.hex() for hashed in path]
        return Response({"earlier": earlier, "size": size, "path": hashes})
