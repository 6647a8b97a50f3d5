-- What accounts under an address prefix hold, by entries up to a month, of what expires with it.
-- An account whose balance is zero now was emptied by such entries or by later ones that may move
-- expired goods: either way nothing is left to expire, so it is not summed. Account by account,
-- whatever the planner expects: a part must not read the whole month.
WITH due AS MATERIALIZED (
    SELECT a.id, a.address, a.asset FROM public.ledger_account a
    WHERE a.address LIKE %(prefix)s || '%%' AND a.expires_month <= %(month)s)
SELECT d.address, d.asset, s.amount
FROM due d
CROSS JOIN LATERAL (
    SELECT FROM public.ledger_balance b
    WHERE b.account_id = d.id AND b.balance > 0 OFFSET 0) AS held
CROSS JOIN LATERAL (
    SELECT sum(e.amount) AS amount FROM public.ledger_entry e
    WHERE e.account_id = d.id AND e.month <= %(month)s) AS s
WHERE s.amount > 0
ORDER BY d.address, d.asset
