-- What this database transaction has posted: how many transactions of each kind, and what moved.
WITH ours AS (
    SELECT id, kind FROM public.ledger_transaction WHERE xid = pg_current_xact_id()
)
SELECT o.kind, a.asset, count(DISTINCT o.id), sum(e.amount) FILTER (WHERE e.amount > 0)
FROM ours o
JOIN public.ledger_entry e ON e.transaction_id = o.id
JOIN public.ledger_account a ON a.id = e.account_id
GROUP BY o.kind, a.asset
ORDER BY o.kind, a.asset
