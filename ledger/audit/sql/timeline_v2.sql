-- The newest entries of many accounts in one month, below an id, merged: as they were posted.
-- Of each account as many as a page holds, from the month's own key: an account with millions of
-- entries costs no more. Transactions are looked up for the page alone.
SELECT e.month, e.id, e.account_id, a.address, a.asset, e.transaction_id, t.kind, t.at,
       e.amount, e.balance_after
FROM (
    SELECT n.month, n.id, n.account_id, n.transaction_id, n.amount, n.balance_after
    FROM unnest(%(accounts)s::uuid[]) AS owned (account_id)
    CROSS JOIN LATERAL (
        SELECT m.month, m.id, m.account_id, m.transaction_id, m.amount, m.balance_after
        FROM public.ledger_entry AS m
        WHERE m.month = %(month)s
          AND m.account_id = owned.account_id
          AND m.id < %(below)s
          AND (%(amount)s::bigint IS NULL OR abs(m.amount) = %(amount)s::bigint)
        ORDER BY m.id DESC
        LIMIT %(rows)s
    ) AS n
    ORDER BY n.id DESC
    LIMIT %(rows)s
) AS e
JOIN public.ledger_transaction AS t ON t.id = e.transaction_id
JOIN public.ledger_account AS a ON a.id = e.account_id
ORDER BY e.id DESC
