-- What accounts under an address prefix hold, by entries up to a month, of what expires with it.
-- An account whose balance is zero now was emptied by such entries or by later ones that may move
-- expired goods: either way nothing is left to expire, so it is not summed.
SELECT a.address, a.asset, sum(e.amount)
FROM public.ledger_account a
JOIN public.ledger_balance b ON b.account_id = a.id AND b.balance > 0
JOIN public.ledger_entry e ON e.account_id = a.id AND e.month <= %(month)s
WHERE a.address LIKE %(prefix)s || '%%' AND a.expires_month <= %(month)s
GROUP BY a.address, a.asset
HAVING sum(e.amount) > 0
ORDER BY a.address, a.asset
