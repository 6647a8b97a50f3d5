-- Every account that still holds coins or owes some. The system's own are nobody's.
SELECT a.address, coalesce(b.balance, public.ledger_amount_v2(a.id)) AS coins
FROM public.ledger_account a
LEFT JOIN public.ledger_balance b ON b.account_id = a.id
WHERE a.asset = 'COIN' AND a.address NOT LIKE 'system/%%'
  AND coalesce(b.balance, public.ledger_amount_v2(a.id)) <> 0
ORDER BY a.address
LIMIT %(limit)s
