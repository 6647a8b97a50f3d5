-- Each issuer's coins outstanding at a month's end, without those that earlier statements charge
-- to it and that were not retired by then. Parameters: month, the month after.
SELECT c.code,
       greatest(0, -public.ledger_balance_before_v2(a.id, %(after)s)
           - coalesce((
               SELECT sum(l.coins)
               FROM public.wallet_clearingline l
               JOIN public.wallet_clearingstatement o
                   ON o.id = l.statement_id AND o.carrier_id = c.code
               JOIN public.wallet_clearingstatement r
                   ON r.clearing_id = o.clearing_id AND r.carrier_id = l.counterpart_id
               WHERE l.side = 'charge' AND o.clearing_id < %(month)s
                 AND (r.retired_at IS NULL
                      OR date_trunc('month', r.retired_at AT TIME ZONE 'Asia/Shanghai')::date
                         > %(month)s)), 0))::bigint
FROM public.wallet_carrier c
JOIN public.ledger_account a ON a.address = 'issuer/' || c.code AND a.asset = 'COIN'
ORDER BY c.code
