-- Each invoice is its lines, and each line is the entries it names. Of every month whose invoices are
-- written: what sponsors were charged is in exactly one invoice, to the fen, and what moved in the
-- budgets is in the month's, to the coin. What two months later changed is that month's.
WITH written AS MATERIALIZED (
    SELECT p.close_id AS month FROM public.ledger_closepart p
    WHERE p.stage = 'invoices' GROUP BY p.close_id HAVING bool_and(p.done_at IS NOT NULL)
), places AS MATERIALIZED (
    SELECT a.id, a.address, a.asset, 'receivable' AS place FROM public.ledger_account a
    WHERE a.address LIKE 'sponsor/%/receivable' AND a.asset = 'CNY'
    UNION ALL
    SELECT a.id, a.address, a.asset, 'budget' FROM public.ledger_account a
    WHERE a.address LIKE 'sponsor/%/budget' OR a.address LIKE 'campaign/%/budget'
       OR a.address LIKE 'merchant/%/budget' OR a.address LIKE 'merchant/%/payable'
), booked AS (
    SELECT p.address, p.asset, e.month, t.kind,
           sum(CASE p.place WHEN 'receivable' THEN -e.amount ELSE e.amount END) AS amount,
           count(DISTINCT e.transaction_id) AS transactions
    FROM places p
    JOIN public.ledger_entry e ON e.account_id = p.id
    JOIN public.ledger_transaction t ON t.id = e.transaction_id
        AND t.kind NOT IN ('sponsor_invoice', 'merchant_invoice')
    WHERE CASE p.place WHEN 'receivable' THEN e.month <= (SELECT max(w.month) FROM written w)
          ELSE e.month IN (SELECT w.month FROM written w) END
    GROUP BY p.address, p.asset, e.month, t.kind
), told AS (
    SELECT l.address, l.asset, l.month, l.kind, sum(l.amount) AS amount,
           sum(l.transactions) AS transactions
    FROM public.wallet_invoiceline l
    JOIN public.wallet_invoice i ON i.id = l.invoice_id
    JOIN written w ON w.month = i.month
    GROUP BY l.address, l.asset, l.month, l.kind
), lines AS (
    SELECT coalesce(b.address, o.address) || ' ' || coalesce(b.kind, o.kind)
               || to_char(coalesce(b.month, o.month), ' YYYY-MM') AS name,
           coalesce(b.amount, 0) AS booked, coalesce(o.amount, 0) AS told,
           coalesce(b.amount = o.amount AND b.transactions = o.transactions, false) AS is_right
    FROM booked b
    FULL JOIN told o ON o.address = b.address AND o.asset = b.asset AND o.month = b.month
        AND o.kind = b.kind
), sums AS (
    SELECT 'invoice ' || i.id AS name, i.ordered_fen + i.corrected_fen AS booked,
           coalesce(l.ordered + l.corrected, s.fen, 0) AS told,
           CASE i.side
               WHEN 'sponsor' THEN coalesce(l.ordered, 0) = i.ordered_fen
                   AND coalesce(l.corrected, 0) = i.corrected_fen AND i.paid_fen = i.ordered_fen
               ELSE coalesce(s.fen, 0) = i.ordered_fen AND coalesce(s.coins, 0) = i.coins END
               AS is_right
    FROM public.wallet_invoice i
    LEFT JOIN LATERAL (
        SELECT sum(x.amount) FILTER (WHERE x.kind = 'purchase_order') AS ordered,
               coalesce(sum(x.amount) FILTER (WHERE x.kind <> 'purchase_order'), 0) AS corrected
        FROM public.wallet_invoiceline x
        WHERE x.invoice_id = i.id AND x.asset = 'CNY') AS l ON true
    LEFT JOIN LATERAL (
        SELECT sum(x.fen) AS fen, sum(x.coins) AS coins FROM public.wallet_invoiceshare x
        WHERE x.invoice_id = i.id) AS s ON true
), compared AS (
    SELECT * FROM lines UNION ALL SELECT * FROM sums
)
SELECT count(*), count(*) FILTER (WHERE NOT is_right),
       min(format('%s: %s booked, %s invoiced', name, booked, told)) FILTER (WHERE NOT is_right)
FROM compared
