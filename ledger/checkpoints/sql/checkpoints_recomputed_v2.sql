-- Every checkpoint is what 512 entries in a row sum to, follows the one before it in its
-- account's month, and says between which instants its entries lie and in what order. The n-th
-- checkpoint of an account's month holds the n-th 512 entries: they are counted off, not looked up.
WITH chained AS (
    SELECT c.*, lag(c.last_id, 1, 0::bigint) OVER w AS last_before,
           lag(c.total, 1, 0::bigint) OVER w AS total_before,
           lag(c.total_came, 1, 0::bigint) OVER w AS total_came_before,
           max(c.last_at) OVER w AS latest, lag(c.max_at, 2) OVER w AS latest_behind
    FROM public.ledger_checkpoint c
    WINDOW w AS (PARTITION BY c.account_id, c.month ORDER BY c.last_id)),
-- Said so that the planner expects many, as there are: it would look each one's instant up.
counted AS (
    SELECT e.account_id, e.month, e.id, e.amount, t.at,
           row_number() OVER w - 1 AS number, lag(t.at) OVER w AS at_before
    FROM public.ledger_entry e
    LEFT JOIN public.ledger_transaction t ON t.id = e.transaction_id
    WHERE (e.account_id IN (SELECT c.account_id FROM public.ledger_checkpoint c)) IS TRUE
    WINDOW w AS (PARTITION BY e.account_id, e.month ORDER BY e.id)
    OFFSET 0),
summed AS (
    SELECT n.account_id, n.month, count(*) AS entries, max(n.id) AS last_id, sum(n.amount) AS amount,
           coalesce(sum(n.amount) FILTER (WHERE n.amount > 0), 0) AS came,
           min(n.at) AS first_at, max(n.at) AS last_at,
           NOT bool_or(n.number % 512 > 0 AND n.at < n.at_before) AS in_order
    FROM counted n GROUP BY n.account_id, n.month, n.number / 512),
judged AS (
    SELECT c.account_id, c.month, c.last_id,
           c.after_id <> c.last_before OR c.total <> c.total_before + c.amount
           OR c.total_came <> c.total_came_before + c.came
           OR c.max_at <> c.latest OR c.reaches_back <> coalesce(c.first_at < c.latest_behind, false)
           OR s.entries IS DISTINCT FROM 512
           OR s.account_id IS DISTINCT FROM c.account_id OR s.month IS DISTINCT FROM c.month
           OR s.amount IS DISTINCT FROM c.amount OR s.came IS DISTINCT FROM c.came
           OR s.first_at IS DISTINCT FROM c.first_at OR s.last_at IS DISTINCT FROM c.last_at
           OR s.in_order IS DISTINCT FROM c.in_order AS broken
    FROM chained c LEFT JOIN summed s ON s.last_id = c.last_id)
SELECT count(*), count(*) FILTER (WHERE j.broken),
       min('the checkpoint of ' || a.address || ' ' || a.asset || ' at entry ' || j.last_id
           || ' in ' || to_char(j.month, 'YYYY-MM') || ' is not what its entries sum to')
           FILTER (WHERE j.broken)
FROM judged j LEFT JOIN public.ledger_account a ON a.id = j.account_id
