-- What accounts named alike held when a month began, by their owner. Parameters: owners (ids), the
-- address before and after the owner's id, asset, month.
SELECT o.id, public.ledger_balance_before_v2(a.id, %(month)s)
FROM unnest(%(owners)s::uuid[]) AS o(id)
JOIN public.ledger_account a
    ON a.id = public.ledger_account_id_v1(%(before)s || o.id || %(behind)s, %(asset)s)
ORDER BY o.id
