-- Every checkpoint is what 512 entries in a row sum to, follows the one before it in its
-- account's month, and says between which instants its entries lie.
WITH chained AS (
    SELECT c.*, lag(c.last_id, 1, 0::bigint) OVER w AS last_before,
           lag(c.total, 1, 0::bigint) OVER w AS total_before,
           lag(c.total_came, 1, 0::bigint) OVER w AS total_came_before
    FROM public.ledger_checkpoint c
    WINDOW w AS (PARTITION BY c.account_id, c.month ORDER BY c.last_id)),
judged AS (
    SELECT c.account_id, c.month, c.last_id,
           c.after_id <> c.last_before OR c.total <> c.total_before + c.amount
           OR c.total_came <> c.total_came_before + c.came
           OR s.entries <> 512 OR s.last_id IS DISTINCT FROM c.last_id
           OR s.amount IS DISTINCT FROM c.amount OR s.came IS DISTINCT FROM c.came
           OR s.first_at IS DISTINCT FROM c.first_at OR s.last_at IS DISTINCT FROM c.last_at
               AS broken
    FROM chained c
    CROSS JOIN LATERAL (
        SELECT count(*) AS entries, max(e.id) AS last_id, sum(e.amount) AS amount,
               coalesce(sum(e.amount) FILTER (WHERE e.amount > 0), 0) AS came,
               min(t.at) AS first_at, max(t.at) AS last_at
        FROM public.ledger_entry e
        LEFT JOIN public.ledger_transaction t ON t.id = e.transaction_id
        WHERE e.month = c.month AND e.account_id = c.account_id
          AND e.id > c.after_id AND e.id <= c.last_id) AS s)
SELECT count(*), count(*) FILTER (WHERE j.broken),
       min('the checkpoint of ' || a.address || ' ' || a.asset || ' at entry ' || j.last_id
           || ' in ' || to_char(j.month, 'YYYY-MM') || ' is not what its entries sum to')
           FILTER (WHERE j.broken)
FROM judged j LEFT JOIN public.ledger_account a ON a.id = j.account_id
