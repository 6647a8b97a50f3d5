-- What this database transaction posted to a month after an entry, in the order it was posted.
SELECT e.id, e.transaction_id, a.address, a.asset, e.amount, e.balance_after
FROM public.ledger_transaction t
JOIN public.ledger_entry e ON e.transaction_id = t.id AND e.month = t.month
JOIN public.ledger_account a ON a.id = e.account_id
WHERE t.epoch = (SELECT c.epoch FROM public.ledger_copy_epoch c)
  AND t.xid = pg_current_xact_id() AND t.month = %(month)s AND e.id > %(after)s
ORDER BY e.id
