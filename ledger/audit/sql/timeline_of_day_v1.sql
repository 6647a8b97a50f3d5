-- The same for the entries of one day. Instants stand in transactions, so all that the accounts
-- have in the month is looked at: as much as somebody does in a month.
SELECT n.month, n.id, n.account_id, a.address, a.asset, n.transaction_id, t.kind, t.at,
       n.amount, n.balance_after
FROM public.ledger_entry AS n
JOIN public.ledger_transaction AS t ON t.id = n.transaction_id
JOIN public.ledger_account AS a ON a.id = n.account_id
WHERE n.month = %(month)s
  AND n.account_id = ANY(%(accounts)s::uuid[])
  AND n.id < %(below)s
  AND (%(amount)s::bigint IS NULL OR abs(n.amount) = %(amount)s::bigint)
  AND t.month = %(month)s
  AND t.at >= %(from)s
  AND t.at < %(until)s
ORDER BY n.id DESC
LIMIT %(rows)s
