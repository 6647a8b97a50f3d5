-- From the first month opened to the last, none is left out, and each has its partition of the
-- entries, which nothing empties. (Whether enough are open ahead of today is no matter of the
-- books: the months' alert asks the clock.)
WITH months AS (
    SELECT m.month::date AS month
    FROM (SELECT min(month) AS first, max(month) AS last FROM public.ledger_month) AS b
    CROSS JOIN LATERAL generate_series(b.first, b.last, interval '1 month') AS m (month)),
judged AS (
    SELECT m.month,
           CASE WHEN o.month IS NULL THEN 'was never opened'
                WHEN c.oid IS NULL THEN 'has no partition'
                WHEN t.oid IS NULL THEN 'has a partition that could be emptied' END AS fault
    FROM months m
    LEFT JOIN public.ledger_month o ON o.month = m.month
    LEFT JOIN (pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid)
           ON i.inhparent = 'public.ledger_entry'::regclass
          AND c.relname = 'ledger_entry_' || to_char(m.month, 'YYYY_MM')
    LEFT JOIN pg_trigger t ON t.tgrelid = c.oid AND t.tgname = 'no_truncate' AND t.tgenabled = 'O')
SELECT count(*), count(fault), min(to_char(month, 'YYYY-MM') || ' ' || fault) FROM judged
