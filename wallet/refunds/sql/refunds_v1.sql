-- Each line of a refund list took its coins from its address back to its issuer; of each issuer,
-- its list holds the fen that are not paid, and its cash those that are.
WITH said AS (
    SELECT posting, 'issuer/' || issuer_id AS address, coins AS amount FROM public.wallet_cashrefund
    UNION ALL
    SELECT posting, address, -coins FROM public.wallet_cashrefund
    UNION ALL
    SELECT posting, 'issuer/' || issuer_id || '/revenue', -fen FROM public.wallet_cashrefund
    UNION ALL
    SELECT posting, coalesce('carrier/' || carrier_id || '/cost', 'issuer/' || issuer_id || '/refunds'), fen
    FROM public.wallet_cashrefund
), expected AS (
    SELECT posting, address, sum(amount) AS amount FROM said GROUP BY 1, 2 HAVING sum(amount) <> 0
), booked AS (
    SELECT t.id AS posting, a.address, sum(e.amount) AS amount
    FROM public.ledger_transaction t
    JOIN public.ledger_entry e ON e.transaction_id = t.id
    JOIN public.ledger_account a ON a.id = e.account_id
    WHERE t.kind = 'wind_down_refund'
    GROUP BY 1, 2
), paid AS (
    SELECT 'issuer/' || issuer_id || '/cash' AS address, sum(fen) AS amount
    FROM public.wallet_cashrefund WHERE paid_at IS NOT NULL AND holder_id IS NOT NULL GROUP BY 1
), cash AS (
    SELECT a.address, sum(e.amount) AS amount
    FROM public.ledger_account a JOIN public.ledger_entry e ON e.account_id = a.id
    JOIN public.ledger_transaction t ON t.id = e.transaction_id
        AND t.kind NOT IN ('adjustment', 'reversal')
    WHERE a.address LIKE 'issuer/%/cash'
    GROUP BY 1
), compared AS (
    SELECT format('%s in %s: %s by the list, %s booked', address, posting, coalesce(x.amount, 0),
                  coalesce(b.amount, 0)) AS line,
           coalesce(x.amount, 0) <> coalesce(b.amount, 0) AS broken
    FROM expected x FULL JOIN booked b USING (posting, address)
    UNION ALL
    SELECT format('%s: %s fen paid by the list, %s booked', address, coalesce(p.amount, 0),
                  coalesce(c.amount, 0)),
           coalesce(p.amount, 0) <> coalesce(c.amount, 0)
    FROM paid p FULL JOIN cash c USING (address)
)
SELECT count(*), count(*) FILTER (WHERE broken), min(line) FILTER (WHERE broken) FROM compared
