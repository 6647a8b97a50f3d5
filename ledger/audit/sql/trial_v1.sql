-- A month's trial balance: by asset and kind of account what was there, came, went.
-- It starts from the closing balances of the last closed month before, so that a ledger of many
-- months costs no more than its newest entries.
WITH base AS (
    SELECT max(month) AS month FROM public.ledger_month
    WHERE state = 'closed' AND month < %(month)s
), moved AS (
    SELECT account_id,
           sum(amount) FILTER (WHERE month < %(month)s) AS opening,
           sum(amount) FILTER (WHERE month = %(month)s AND amount > 0) AS came,
           sum(amount) FILTER (WHERE month = %(month)s AND amount < 0) AS went
    FROM public.ledger_entry
    WHERE month <= %(month)s
      AND month > coalesce((SELECT month FROM base), '-infinity'::date)
    GROUP BY account_id
    UNION ALL
    SELECT account_id, balance, NULL, NULL
    FROM public.ledger_closingbalance
    WHERE month = (SELECT month FROM base)
)
SELECT a.asset, a.kind, coalesce(sum(m.opening), 0)::bigint, coalesce(sum(m.came), 0)::bigint,
       coalesce(sum(m.went), 0)::bigint
FROM moved AS m
JOIN public.ledger_account AS a ON a.id = m.account_id
GROUP BY a.asset, a.kind
HAVING count(*) FILTER (WHERE coalesce(m.came, m.went) IS NOT NULL) > 0
    OR sum(m.opening) <> 0
ORDER BY a.asset, a.kind
