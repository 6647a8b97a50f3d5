-- Coins that nobody delivers any more: what is left in wallets and budgets, and what carriers and
-- partners are owed for what they delivered. Escrows end before, and give back to these.
SELECT a.address, coalesce(b.balance, public.ledger_amount_v2(a.id)) AS coins
FROM public.ledger_account a
LEFT JOIN public.ledger_balance b ON b.account_id = a.id
WHERE a.asset = 'COIN'
  AND a.address ~ '^((holder/[^/]+/main)|((sponsor|campaign)/[^/]+/budget)|(merchant/[^/]+/(budget|payable))|(carrier/[^/]+/payable)|(fees/[^/]+))$'
  AND coalesce(b.balance, public.ledger_amount_v2(a.id)) > 0
ORDER BY a.address
LIMIT %(limit)s
