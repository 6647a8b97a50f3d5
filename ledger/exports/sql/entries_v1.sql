-- A month's entries in the order of their transactions. Parameter: month.
SELECT t.id::text, t.kind, t.at, t.actor, coalesce(t.reverses::text, ''),
       a.address, a.asset, k.floor IS NOT NULL, k.ceiling IS NOT NULL, e.amount
FROM public.ledger_transaction t
JOIN public.ledger_entry e ON e.transaction_id = t.id AND e.month = t.month
JOIN public.ledger_account a ON a.id = e.account_id
JOIN public.ledger_address_kind k ON k.name = a.kind
WHERE t.month = %(month)s
ORDER BY t.at, t.id, e.id
