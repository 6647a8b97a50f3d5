-- A retired statement was proposed and approved by two persons, and its one transaction gives each
-- issuer the coins and takes from it the fen that its charge line says; nothing else is a clearing.
WITH booked AS (
    SELECT t.metadata ->> 'statement' AS statement, split_part(a.address, '/', 2) AS issuer,
           sum(e.amount) FILTER (WHERE a.asset = 'COIN') AS coins,
           -sum(e.amount) FILTER (WHERE a.asset = 'CNY') AS fen
    FROM public.ledger_transaction t
    -- From the few clearings, not from all that issuers ever gave.
    CROSS JOIN LATERAL (
        SELECT x.account_id, x.amount FROM public.ledger_entry x
        WHERE x.transaction_id = t.id OFFSET 0) AS e
    JOIN public.ledger_account a ON a.id = e.account_id AND a.address LIKE 'issuer/%'
    WHERE t.kind = 'clearing'
    GROUP BY 1, 2),
said AS (
    SELECT s.id::text AS statement, o.carrier_id AS issuer, l.coins, l.fen
    FROM public.wallet_clearingstatement s
    JOIN public.wallet_clearingline l ON l.side = 'charge' AND l.counterpart_id = s.carrier_id
    JOIN public.wallet_clearingstatement o
        ON o.id = l.statement_id AND o.clearing_id = s.clearing_id
    WHERE s.retired_at IS NOT NULL AND l.coins <> 0),
compared AS (
    SELECT format('statement %s, issuer %s: %s coins and %s fen said, %s and %s booked', statement,
                  issuer, s.coins, s.fen, b.coins, b.fen) AS words,
           (coalesce(s.coins, 0), coalesce(s.fen, 0))
               <> (coalesce(b.coins, 0), coalesce(b.fen, 0)) AS is_broken
    FROM said s FULL JOIN booked b USING (statement, issuer)
    UNION ALL
    SELECT format('statement %s: retired without two persons', s.id),
           NOT EXISTS (SELECT FROM public.wallet_clearingstep p
                       WHERE p.statement_id = s.id AND p.kind = 'retire'
                         AND p.outcome = 'approved' AND p.decided_by_id <> p.proposed_by_id)
    FROM public.wallet_clearingstatement s WHERE s.retired_at IS NOT NULL)
SELECT count(*), count(*) FILTER (WHERE is_broken), min(words) FILTER (WHERE is_broken)
FROM compared
