-- The accounts a month knows: what each held when it began and when it ended, by address and asset.
-- A closed month's balances are those its close kept; else they are summed from the entries.
-- Parameters: month, month before, whether each of the two is closed.
WITH opening AS (
    SELECT account_id, balance FROM public.ledger_closingbalance
    WHERE %(before_is_closed)s AND month = %(before)s
    UNION ALL
    SELECT account_id, sum(amount) FROM public.ledger_entry
    WHERE NOT %(before_is_closed)s AND month < %(month)s
    GROUP BY account_id HAVING sum(amount) <> 0),
moved AS (
    SELECT account_id, sum(amount) AS total FROM public.ledger_entry
    WHERE month = %(month)s GROUP BY account_id),
closing AS (
    SELECT account_id, balance FROM public.ledger_closingbalance
    WHERE %(is_closed)s AND month = %(month)s)
SELECT a.address, a.asset, k.floor IS NOT NULL, k.ceiling IS NOT NULL,
       coalesce(o.balance, 0)::bigint,
       CASE WHEN %(is_closed)s THEN coalesce(c.balance, 0)
            ELSE coalesce(o.balance, 0) + coalesce(m.total, 0) END::bigint
FROM opening o
FULL JOIN moved m USING (account_id)
FULL JOIN closing c USING (account_id)
JOIN public.ledger_account a ON a.id = account_id
JOIN public.ledger_address_kind k ON k.name = a.kind
ORDER BY a.address, a.asset
