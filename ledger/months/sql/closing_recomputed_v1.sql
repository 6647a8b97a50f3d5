-- The balances a month closed with are those of the month closed before it and its entries. Of a
-- month that is closing, they are judged once all of them are written.
WITH written AS (
    SELECT m.month, (SELECT max(b.month) FROM public.ledger_month b
                     WHERE b.state = 'closed' AND b.month < m.month) AS before
    FROM public.ledger_month m
    WHERE m.state = 'closed'
       OR (EXISTS (SELECT FROM public.ledger_close c WHERE c.month_id = m.month)
           AND NOT EXISTS (SELECT FROM public.ledger_closepart p
                           WHERE p.close_id = m.month AND p.done_at IS NULL))),
owed AS (
    SELECT moved.month, moved.account_id, sum(moved.amount) AS balance
    FROM (SELECT w.month, e.account_id, e.amount
          FROM written w JOIN public.ledger_entry e ON e.month = w.month
          UNION ALL
          SELECT w.month, b.account_id, b.balance
          FROM written w JOIN public.ledger_closingbalance b ON b.month = w.before) AS moved
    GROUP BY moved.month, moved.account_id),
kept AS (
    SELECT b.month, b.account_id, b.balance
    FROM written w JOIN public.ledger_closingbalance b ON b.month = w.month),
judged AS (
    SELECT coalesce(k.month, o.month) AS month, coalesce(k.account_id, o.account_id) AS account_id,
           coalesce(k.balance, 0) AS kept, coalesce(o.balance, 0) AS owed
    FROM kept k FULL JOIN owed o ON o.account_id = k.account_id AND o.month = k.month)
SELECT count(*), count(*) FILTER (WHERE j.kept <> j.owed),
       min(format('%s %s closed %s with %s, its entries sum to %s', a.address, a.asset,
                  to_char(j.month, 'YYYY-MM'), j.kept, j.owed)) FILTER (WHERE j.kept <> j.owed)
FROM judged j LEFT JOIN public.ledger_account a ON a.id = j.account_id
