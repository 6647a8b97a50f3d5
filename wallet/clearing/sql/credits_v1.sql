-- What was moved into a carrier's two purses in a month, by account, kind and day (Asia/Shanghai):
-- what it redeemed and is to be cleared. Retirements of earlier statements are no redemptions.
-- Parameters: carrier, month.
SELECT CASE a.address WHEN 'fees/' || %(carrier)s THEN 'fees' ELSE 'payable' END AS account,
       t.kind, (t.at AT TIME ZONE 'Asia/Shanghai')::date AS day,
       sum(e.amount)::bigint AS coins, count(*) AS transactions, min(e.id), max(e.id)
FROM public.ledger_account a
JOIN public.ledger_entry e ON e.account_id = a.id AND e.month = %(month)s
JOIN public.ledger_transaction t ON t.id = e.transaction_id AND t.kind <> 'clearing'
WHERE a.asset = 'COIN'
  AND a.address IN ('fees/' || %(carrier)s, 'carrier/' || %(carrier)s || '/payable')
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
