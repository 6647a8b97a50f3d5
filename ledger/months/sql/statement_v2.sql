-- A month's statement of an address, by asset: what was there, came and went; what never was is
-- left out. Parameters: address, month.
SELECT a.asset, o.opening, m.came, m.came - m.amount AS went
FROM public.ledger_account a
CROSS JOIN LATERAL public.ledger_sum_of_ids_v1(
    a.id, %(month)s::date, '{(,)}') AS m
CROSS JOIN LATERAL (
    SELECT public.ledger_balance_before_v2(a.id, %(month)s::date) AS opening OFFSET 0) AS o
WHERE a.address = %(address)s AND (o.opening <> 0 OR m.came <> 0 OR m.amount <> 0)
ORDER BY a.asset
