-- Own data saved as coins: by carrier and month, what carrier/c/bought holds is what was saved;
-- by holder and carrier, the coins are all MB at their rates, rounded down once.
WITH saved AS (
    SELECT 'SURPLUS-' || s.carrier_id || '-' || to_char(s.month, 'YYYY-MM') AS asset, sum(s.mb) AS mb
    FROM public.wallet_saving s GROUP BY 1
), bought AS (
    SELECT a.asset, sum(e.amount) AS mb
    FROM public.ledger_account a
    JOIN public.ledger_entry e ON e.account_id = a.id
    JOIN public.ledger_transaction t ON t.id = e.transaction_id AND t.kind NOT IN ('correction', 'adjustment', 'reversal')
    WHERE a.address LIKE 'carrier/%/bought'
    GROUP BY a.asset
), compared AS (
    SELECT format('%s: %s MB saved, %s in the books', asset, coalesce(s.mb, 0), coalesce(b.mb, 0))
               AS line, coalesce(s.mb, 0) <> coalesce(b.mb, 0) AS broken
    FROM saved s FULL JOIN bought b USING (asset)
    UNION ALL
    SELECT format('holder %s with %s: %s coins paid, %s due', holder_id, carrier_id, sum(coins),
                  div(sum(mb * rate_coins_per_100mb), 100)),
           sum(coins) <> div(sum(mb * rate_coins_per_100mb), 100)
    FROM public.wallet_saving GROUP BY holder_id, carrier_id
)
SELECT count(*), count(*) FILTER (WHERE broken), min(line) FILTER (WHERE broken) FROM compared
