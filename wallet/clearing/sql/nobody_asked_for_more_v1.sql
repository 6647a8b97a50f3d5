-- A clearing asks no issuer for more than it owed: what it took the issuer to owe is no more than
-- the books say (without what earlier statements charge and had not retired by then), and others
-- charge it within that and what it gives back itself: coins it gave back are out again, and others
-- may have redeemed them. Only what nobody owed is beyond it, and its carrier bears that itself.
WITH owed AS (
    SELECT k.month, c.code, coalesce((k.outstanding ->> c.code)::bigint, 0) AS said,
           greatest(0, -public.ledger_balance_before_v2(
                   public.ledger_account_id_v2('issuer/' || c.code, 'COIN'),
                   (k.month + interval '1 month')::date)
               - coalesce((
                   SELECT sum(l.coins)
                   FROM public.wallet_clearingline l
                   JOIN public.wallet_clearingstatement o
                       ON o.id = l.statement_id AND o.carrier_id = c.code
                   JOIN public.wallet_clearingstatement r
                       ON r.clearing_id = o.clearing_id AND r.carrier_id = l.counterpart_id
                   WHERE l.side = 'charge' AND o.clearing_id < k.month
                     AND (r.retired_at IS NULL
                          OR date_trunc('month', r.retired_at AT TIME ZONE 'Asia/Shanghai')::date
                             > k.month)), 0)) AS booked
    FROM public.wallet_clearing k CROSS JOIN public.wallet_carrier c),
charged AS (
    SELECT s.clearing_id AS month, s.carrier_id AS code, sum(l.coins) AS coins,
           coalesce(sum(l.coins) FILTER (WHERE l.counterpart_id <> s.carrier_id), 0) AS by_others
    FROM public.wallet_clearingline l
    JOIN public.wallet_clearingstatement s ON s.id = l.statement_id
    WHERE l.side = 'charge'
    GROUP BY 1, 2),
asked AS (
    SELECT month, code, said, booked, coalesce(c.by_others, 0) AS by_others,
           said + greatest(0, c.by_others - c.coins) AS owes,
           greatest(0, coalesce(c.coins, 0) - said) AS beyond
    FROM owed LEFT JOIN charged c USING (month, code)),
-- What was left out since is among what was redeemed when it was shared. What a carrier gave back
-- is no less for another to bear: that one may have had its turn before.
redeemed AS (
    SELECT s.clearing_id AS month, sum(greatest(0, l.coins)) AS coins
    FROM public.wallet_clearingline l
    JOIN public.wallet_clearingstatement s ON s.id = l.statement_id
    WHERE l.side = 'credit'
    GROUP BY 1),
whole AS (
    SELECT month, sum(a.beyond) AS beyond,
           greatest(0, coalesce(min(r.coins), 0) - sum(a.said)) AS borne
    FROM asked a LEFT JOIN redeemed r USING (month)
    GROUP BY month),
compared AS (
    SELECT format('issuer %s, %s: %s coins taken to be owed, the books say %s', code,
                  to_char(month, 'YYYY-MM'), said, booked) AS words,
           said > booked AS is_broken
    FROM asked
    UNION ALL
    SELECT format('issuer %s, %s: others charge %s coins, it owes %s', code,
                  to_char(month, 'YYYY-MM'), by_others, owes),
           by_others > owes
    FROM asked
    UNION ALL
    SELECT format('%s: %s coins charged beyond what is owed, nobody owes %s',
                  to_char(month, 'YYYY-MM'), beyond, borne),
           beyond > borne
    FROM whole)
SELECT count(*), count(*) FILTER (WHERE is_broken), min(words) FILTER (WHERE is_broken)
FROM compared
