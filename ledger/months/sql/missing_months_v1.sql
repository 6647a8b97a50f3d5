-- The months from one to another that cannot be posted to: never opened, or without their
-- partition of the entries, or with one that nothing keeps from being emptied.
-- Parameters: first month, last month.
SELECT m.month::date
FROM generate_series(%(first)s::date, %(last)s::date, interval '1 month') AS m (month)
WHERE NOT EXISTS (SELECT FROM public.ledger_month o WHERE o.month = m.month)
   OR NOT EXISTS (
       SELECT FROM pg_inherits i
       JOIN pg_class c ON c.oid = i.inhrelid
       JOIN pg_trigger t ON t.tgrelid = c.oid AND t.tgname = 'no_truncate' AND t.tgenabled = 'O'
       WHERE i.inhparent = 'public.ledger_entry'::regclass
         AND c.relname = 'ledger_entry_' || to_char(m.month, 'YYYY_MM'))
ORDER BY 1
