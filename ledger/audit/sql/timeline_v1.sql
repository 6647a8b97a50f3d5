-- The newest entries of many accounts in a window of months, below a place in the order, merged.
-- Of each account as many as one page holds: one with millions of entries costs no more.
-- The order is month by month, within a month as posted: what a close posts late stands in its month.
SELECT e.month, e.id, e.account_id, a.address, a.asset, e.transaction_id, e.kind, e.at,
       e.amount, e.balance_after
FROM unnest(%(accounts)s::uuid[]) AS owned (account_id)
CROSS JOIN LATERAL (
    SELECT n.month, n.id, n.account_id, n.transaction_id, t.kind, t.at, n.amount, n.balance_after
    FROM public.ledger_entry AS n
    JOIN public.ledger_transaction AS t ON t.id = n.transaction_id
    WHERE n.account_id = owned.account_id
      AND n.month BETWEEN %(first)s AND %(last)s
      AND (n.month, n.id) < (%(below_month)s, %(below_id)s)
      AND (%(amount)s::bigint IS NULL OR abs(n.amount) = %(amount)s::bigint)
      AND (%(from)s::timestamptz IS NULL OR t.at >= %(from)s::timestamptz)
      AND (%(until)s::timestamptz IS NULL OR t.at < %(until)s::timestamptz)
    ORDER BY n.month DESC, n.id DESC
    LIMIT %(rows)s
) AS e
JOIN public.ledger_account AS a ON a.id = e.account_id
ORDER BY e.month DESC, e.id DESC
LIMIT %(rows)s
