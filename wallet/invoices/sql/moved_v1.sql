-- What each kind of transactions moved in the budgets of sponsors (theirs and their campaigns') or of
-- merchants (theirs and what they took for goods) in a month. Parameters: side, month, and the first
-- and the last sponsor or merchant.
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
    JOIN public.ledger_account a ON a.address = p.address
    WHERE p.holder_id BETWEEN %(first)s AND %(last)s
)
SELECT a.holder_id, a.address, a.asset, t.kind, sum(e.amount)::bigint,
       count(DISTINCT e.transaction_id), min(e.id), max(e.id)
FROM accounts a
JOIN public.ledger_entry e ON e.account_id = a.id AND e.month = %(month)s
JOIN public.ledger_transaction t ON t.id = e.transaction_id
WHERE t.kind <> 'merchant_invoice'
GROUP BY a.holder_id, a.address, a.asset, t.kind
ORDER BY a.holder_id, a.address, a.asset, min(e.id)
