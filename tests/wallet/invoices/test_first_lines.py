"""Lines of the first databases with invoices, which named no transaction, get theirs."""

from importlib import import_module

import psycopg
import pytest
from psycopg import errors

from tests import servers
from tests.given_invoices import a_months_orders, invoiced
from wallet.invoices.models import InvoiceLine

MIGRATION = import_module("wallet.migrations.0032_charges_name_their_transaction")


def _lines() -> list[tuple[object, ...]]:
    return list(InvoiceLine.objects.order_by("pk").values_list("pk", "asset", "transaction"))


@pytest.mark.own_database
def test_every_charge_names_its_transaction_again_and_only_once(own_database: str) -> None:
    a_months_orders()
    invoiced()
    before = _lines()
    charged = [transaction for _, asset, transaction in before if asset == "CNY"]
    assert len({*charged}) == len(charged) == 2
    with psycopg.connect(servers.server_url(database=own_database), autocommit=True) as owner:
        owner.execute("ALTER TABLE public.wallet_invoiceline DROP COLUMN transaction")
        for _ in range(2):  # a database that has it already is left as it is
            owner.execute(MIGRATION.COLUMN)
            owner.execute(MIGRATION.ONCE)
        assert _lines() == before
        with pytest.raises(errors.UniqueViolation, match="invoice_charges_once"):
            owner.execute(
                "UPDATE public.wallet_invoiceline SET address = 'x', transaction = %s"
                " WHERE transaction IS NOT NULL",
                [charged[0]],
            )
