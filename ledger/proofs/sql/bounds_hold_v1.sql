-- No account is below its floor or above its ceiling, now or after any entry; the bounds are the chart's.
WITH extremes AS (
    SELECT e.account_id, min(e.balance_after) AS lowest, max(e.balance_after) AS highest
    FROM public.ledger_entry e GROUP BY e.account_id),
judged AS (
    SELECT a.address, a.asset,
           b.floor IS DISTINCT FROM k.floor OR b.ceiling IS DISTINCT FROM k.ceiling
           OR least(b.balance, x.lowest) < k.floor
           OR greatest(b.balance, x.highest) > k.ceiling AS broken
    FROM public.ledger_balance b
    JOIN public.ledger_account a ON a.id = b.account_id
    JOIN public.ledger_address_kind k ON k.name = a.kind
    LEFT JOIN extremes x ON x.account_id = a.id)
SELECT count(*), count(*) FILTER (WHERE broken),
       min(address || ' ' || asset || ' has been outside its bounds') FILTER (WHERE broken)
FROM judged
