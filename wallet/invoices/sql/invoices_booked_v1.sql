-- Each invoice that settles something is booked once, as it was written, and nothing else is booked so:
-- a sponsor's paid orders leave what it owes, a merchant's coins go back to their issuers for fen.
WITH told AS (
    SELECT i.id, 'sponsor/' || i.holder_id || '/paid' AS address, -i.paid_fen AS amount
    FROM public.wallet_invoice i WHERE i.side = 'sponsor'
    UNION ALL
    SELECT i.id, 'sponsor/' || i.holder_id || '/receivable', i.paid_fen
    FROM public.wallet_invoice i WHERE i.side = 'sponsor'
    UNION ALL
    SELECT i.id, 'merchant/' || i.holder_id || '/payable', -i.coins
    FROM public.wallet_invoice i WHERE i.side = 'merchant'
    UNION ALL
    SELECT i.id, 'merchant/' || i.holder_id || '/earned', i.ordered_fen
    FROM public.wallet_invoice i WHERE i.side = 'merchant'
    UNION ALL
    SELECT s.invoice_id, 'issuer/' || s.issuer_id, s.coins FROM public.wallet_invoiceshare s
    UNION ALL
    SELECT s.invoice_id, 'issuer/' || s.issuer_id || '/revenue', -s.fen
    FROM public.wallet_invoiceshare s
), expected AS (
    SELECT id, address, amount FROM told WHERE amount <> 0
), booked AS (
    SELECT t.id, a.address, e.amount
    FROM public.ledger_transaction t
    JOIN public.ledger_entry e ON e.transaction_id = t.id AND e.month = t.month
    JOIN public.ledger_account a ON a.id = e.account_id
    WHERE t.kind IN ('sponsor_invoice', 'merchant_invoice')
), compared AS (
    SELECT id, address, coalesce(x.amount, 0) AS expected, coalesce(b.amount, 0) AS booked
    FROM expected x FULL JOIN booked b USING (id, address)
)
SELECT count(*), count(*) FILTER (WHERE expected <> booked),
       min(format('invoice %s, %s: %s to be booked, %s booked', id, address, expected, booked))
           FILTER (WHERE expected <> booked)
FROM compared
