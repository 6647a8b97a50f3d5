-- What each kind of transactions moved in the budgets of sponsors (theirs and their campaigns') or of
-- merchants (theirs and what they took for goods) in a month. Parameters: side, month, and the first
-- and the last sponsor or merchant.
--
-- OFFSET 0 has budgets, and what moved in them, looked up one by one, however many accounts and
-- entries the month has.
WITH places AS (
    SELECT s.holder_id, 'sponsor/' || s.holder_id || '/budget' AS address
    FROM public.wallet_sponsor s WHERE %(side)s = 'sponsor'
    UNION ALL
    SELECT c.sponsor_id, 'campaign/' || c.id || '/budget'
    FROM public.wallet_campaign c WHERE %(side)s = 'sponsor'
    UNION ALL
    SELECT m.holder_id, 'merchant/' || m.holder_id || '/' || p.name
    FROM public.wallet_merchant m, (VALUES ('budget'), ('payable')) AS p(name)
    WHERE %(side)s = 'merchant'
), accounts AS MATERIALIZED (
    SELECT p.holder_id, a.id, a.address, a.asset
    FROM places p
    CROSS JOIN LATERAL (
        SELECT b.id, b.address, b.asset FROM public.ledger_account b WHERE b.address = p.address
        OFFSET 0) AS a
    WHERE p.holder_id BETWEEN %(first)s AND %(last)s
)
SELECT a.holder_id, a.address, a.asset, t.kind, sum(e.amount)::bigint,
       count(DISTINCT e.transaction_id), min(e.id), max(e.id)
FROM accounts a
CROSS JOIN LATERAL (
    SELECT x.id, x.transaction_id, x.amount FROM public.ledger_entry x
    WHERE x.account_id = a.id AND x.month = %(month)s
    OFFSET 0) AS e
CROSS JOIN LATERAL (
    SELECT y.kind FROM public.ledger_transaction y WHERE y.id = e.transaction_id
    OFFSET 0) AS t
WHERE t.kind <> 'merchant_invoice'
GROUP BY a.holder_id, a.address, a.asset, t.kind
ORDER BY a.holder_id, a.address, a.asset, min(e.id)
