-- What stands in a carrier's statement as redeemed and was not left out is what issuers are charged
-- for it; a line that was left out stands in at most one later statement, with the same coins.
WITH credited AS (
    SELECT s.clearing_id AS month, s.carrier_id AS code, sum(l.coins) AS coins
    FROM public.wallet_clearingline l
    JOIN public.wallet_clearingstatement s ON s.id = l.statement_id
    WHERE l.side = 'credit' AND l.state <> 'left_out'
    GROUP BY 1, 2),
charged AS (
    SELECT s.clearing_id AS month, l.counterpart_id AS code, sum(l.coins) AS coins
    FROM public.wallet_clearingline l
    JOIN public.wallet_clearingstatement s ON s.id = l.statement_id
    WHERE l.side = 'charge'
    GROUP BY 1, 2),
compared AS (
    SELECT format('%s %s: %s coins redeemed, %s charged', to_char(month, 'YYYY-MM'), code,
                  coalesce(c.coins, 0), coalesce(d.coins, 0)) AS words,
           coalesce(c.coins, 0) <> coalesce(d.coins, 0) AS is_broken
    FROM credited c FULL JOIN charged d USING (month, code)
    UNION ALL
    SELECT format('line %s: %s coins left out, %s brought', o.id, o.coins, l.coins),
           o.state <> 'left_out' OR o.coins <> l.coins
    FROM public.wallet_clearingline l
    JOIN public.wallet_clearingline o ON o.id = l.origin_id)
SELECT count(*), count(*) FILTER (WHERE is_broken), min(words) FILTER (WHERE is_broken)
FROM compared
