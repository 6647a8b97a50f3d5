-- No account is below its floor or above its ceiling, now or after any entry; the bounds are the chart's.
WITH judged AS (
    SELECT a.address, a.asset,
           b.floor IS DISTINCT FROM k.floor OR b.ceiling IS DISTINCT FROM k.ceiling
           OR b.balance < k.floor OR b.balance > k.ceiling
           OR EXISTS (SELECT FROM public.ledger_entry e
                      WHERE e.account_id = a.id
                        AND (e.balance_after < k.floor OR e.balance_after > k.ceiling)) AS broken
    FROM public.ledger_balance b
    JOIN public.ledger_account a ON a.id = b.account_id
    JOIN public.ledger_address_kind k ON k.name = a.kind)
SELECT count(*), count(*) FILTER (WHERE broken),
       min(address || ' ' || asset || ' has been outside its bounds') FILTER (WHERE broken)
FROM judged
