-- Each invoice is its lines, and each line is the entries it names. Of every month whose invoices are
-- written: each transaction that charged a sponsor is one line of one of its invoices, to the fen, and
-- what moved in the budgets is in the month's, to the coin, in the owner's own. What was due before
-- and what is due is what the books held then; a merchant is paid the frozen price, rounded half up
-- for each issuer. What two months later changed is that month's.
WITH written AS MATERIALIZED (
    SELECT p.close_id AS month FROM public.ledger_closepart p
    WHERE p.stage = 'invoices' GROUP BY p.close_id HAVING bool_and(p.done_at IS NOT NULL)
), places AS MATERIALIZED (
    SELECT a.id, a.address, a.asset, split_part(a.address, '/', 2)::uuid AS holder_id,
           split_part(a.address, '/', 1) AS side
    FROM public.ledger_account a
    WHERE a.address LIKE 'sponsor/%/budget' OR a.address LIKE 'merchant/%/budget'
       OR a.address LIKE 'merchant/%/payable'
    UNION ALL
    SELECT a.id, a.address, a.asset, c.sponsor_id, 'sponsor'
    FROM public.ledger_account a
    LEFT JOIN public.wallet_campaign c ON c.id = split_part(a.address, '/', 2)::uuid
    WHERE a.address LIKE 'campaign/%/budget'
), receivables AS MATERIALIZED (
    SELECT a.id, a.address, split_part(a.address, '/', 2)::uuid AS holder_id,
           public.ledger_account_id_v1(
               'sponsor/' || split_part(a.address, '/', 2) || '/budget', 'COIN') AS budget_id
    FROM public.ledger_account a
    WHERE a.address LIKE 'sponsor/%/receivable' AND a.asset = 'CNY'
), receivable AS MATERIALIZED (
    SELECT r.address, r.holder_id, r.budget_id, e.month, e.transaction_id, -sum(e.amount) AS fen,
           count(DISTINCT e.transaction_id) AS transactions,
           min(e.id) AS first_entry, max(e.id) AS last_entry
    FROM receivables r JOIN public.ledger_entry e ON e.account_id = r.id
    GROUP BY r.address, r.holder_id, r.budget_id, e.month, e.transaction_id
), booked AS (
    SELECT r.address, 'CNY' AS asset, r.month, t.kind, r.transaction_id, r.fen AS amount,
           r.transactions, r.first_entry, r.last_entry, r.holder_id, 'sponsor' AS side,
           t.at, coalesce(b.coins, 0) AS coins, b.issuer
    FROM receivable r
    JOIN public.ledger_transaction t
        ON t.id = r.transaction_id AND t.kind <> 'sponsor_invoice'
    CROSS JOIN LATERAL (
        SELECT sum(x.amount) FILTER (WHERE x.account_id = r.budget_id) AS coins,
               CASE WHEN count(DISTINCT a.address) = 1
                    THEN split_part(min(a.address), '/', 2) END AS issuer
        FROM public.ledger_entry x
        LEFT JOIN public.ledger_account a
            ON a.id = x.account_id AND a.address LIKE 'issuer/%/revenue'
        WHERE x.transaction_id = r.transaction_id AND x.month = r.month) AS b
    WHERE r.month <= (SELECT max(w.month) FROM written w)
    UNION ALL
    SELECT p.address, p.asset, e.month, t.kind, NULL, sum(e.amount),
           count(DISTINCT e.transaction_id), min(e.id), max(e.id), p.holder_id, p.side, NULL, 0, NULL
    FROM places p
    JOIN public.ledger_entry e ON e.account_id = p.id
    JOIN public.ledger_transaction t ON t.id = e.transaction_id AND t.kind <> 'merchant_invoice'
    WHERE e.month IN (SELECT w.month FROM written w)
    GROUP BY p.address, p.asset, e.month, t.kind, p.holder_id, p.side
), invoices AS MATERIALIZED (
    SELECT i.*, coalesce(lag(i.month) OVER (PARTITION BY i.holder_id, i.side ORDER BY i.month),
                         '-infinity') AS since
    FROM public.wallet_invoice i
), told AS (
    SELECT l.*, i.holder_id, i.side,
           CASE l.asset WHEN 'CNY' THEN l.month > i.since AND l.month <= i.month
                ELSE l.month = i.month END AS is_in_its_month,
           count(*) OVER (PARTITION BY l.address, l.asset, l.month, l.kind, l.transaction_id) AS told
    FROM (SELECT x.invoice_id, x.address, x.asset, x.month, x.kind, x.transaction AS transaction_id,
                 x.amount, x.transactions, x.first_entry, x.last_entry, x.at, x.coins, x.issuer_id
          FROM public.wallet_invoiceline x) AS l
    JOIN invoices i ON i.id = l.invoice_id
    JOIN written w ON w.month = i.month
), lines AS (
    SELECT coalesce(b.address, o.address) || ' ' || coalesce(b.kind, o.kind)
               || to_char(coalesce(b.month, o.month), ' YYYY-MM') AS name,
           coalesce(b.amount, 0) AS booked, coalesce(o.amount, 0) AS told,
           o.told = 1 AND o.is_in_its_month
               AND (b.amount, b.transactions, b.first_entry, b.last_entry, b.holder_id, b.side,
                    b.at, b.coins, b.issuer)
               IS NOT DISTINCT FROM
                   (o.amount, o.transactions, o.first_entry, o.last_entry, o.holder_id, o.side,
                    o.at, o.coins, o.issuer_id) AS is_right
    FROM booked b
    FULL JOIN told o ON o.address = b.address AND o.asset = b.asset AND o.month = b.month
        AND o.kind = b.kind
        AND coalesce(o.transaction_id, '00000000-0000-0000-0000-000000000000')
            = coalesce(b.transaction_id, '00000000-0000-0000-0000-000000000000')
), owed_in AS (
    SELECT holder_id, month, sum(fen) AS fen FROM receivable GROUP BY holder_id, month
), owed AS (
    SELECT i.id, o.holder_id, o.month,
           sum(o.fen) OVER (PARTITION BY o.holder_id ORDER BY o.month) AS due_fen
    FROM (SELECT holder_id, month, fen FROM owed_in
          UNION ALL
          SELECT holder_id, month, 0 FROM invoices WHERE side = 'sponsor') AS o
    LEFT JOIN invoices i ON i.holder_id = o.holder_id AND i.month = o.month AND i.side = 'sponsor'
), dues AS (
    SELECT o.id, o.due_fen,
           lag(o.due_fen, 1, 0::numeric) OVER (PARTITION BY o.holder_id ORDER BY o.month)
               AS opening_fen
    FROM (SELECT DISTINCT id, holder_id, month, due_fen FROM owed WHERE id IS NOT NULL) AS o
), paid AS (
    SELECT s.invoice_id, sum(s.fen) AS fen, sum(s.coins) AS coins,
           bool_and(s.fen = sign(s.coins)
                    * div(2 * abs(s.coins::numeric) * i.fen_per_1000 + 1000, 2000)) AS is_priced
    FROM public.wallet_invoiceshare s JOIN invoices i ON i.id = s.invoice_id
    GROUP BY s.invoice_id
), sums AS (
    SELECT 'invoice ' || i.id AS name,
           coalesce(d.due_fen, s.fen, 0) AS booked, i.due_fen AS told,
           CASE i.side
               WHEN 'sponsor' THEN coalesce(l.ordered, 0) = i.ordered_fen
                   AND coalesce(l.corrected, 0) = i.corrected_fen AND i.paid_fen = i.ordered_fen
                   AND d.opening_fen = i.opening_fen AND d.due_fen = i.due_fen
                   AND i.coins = 0 AND i.fen_per_1000 = 0 AND s.invoice_id IS NULL
               ELSE coalesce(s.fen, 0) = i.ordered_fen AND coalesce(s.coins, 0) = i.coins
                   AND (i.opening_fen, i.corrected_fen, i.paid_fen) = (0, 0, 0)
                   AND coalesce(s.is_priced, true)
                   AND i.fen_per_1000 = CASE WHEN s.invoice_id IS NULL THEN 0
                       ELSE coalesce(c.inputs->'invoices'->'prices'->>(i.holder_id::text),
                                     c.inputs->'invoices'->>'price')::bigint END
               END AS is_right
    FROM invoices i
    LEFT JOIN dues d ON d.id = i.id
    LEFT JOIN paid s ON s.invoice_id = i.id
    LEFT JOIN public.ledger_close c ON c.month_id = i.month
    LEFT JOIN LATERAL (
        SELECT sum(x.amount) FILTER (WHERE x.kind = 'purchase_order') AS ordered,
               sum(x.amount) FILTER (WHERE x.kind <> 'purchase_order') AS corrected
        FROM public.wallet_invoiceline x
        WHERE x.invoice_id = i.id AND x.asset = 'CNY') AS l ON true
), compared AS (
    SELECT name, booked, told, coalesce(is_right, false) AS is_right FROM lines
    UNION ALL
    SELECT name, booked, told, coalesce(is_right, false) FROM sums
)
SELECT count(*), count(*) FILTER (WHERE NOT is_right),
       min(format('%s: %s booked, %s invoiced', name, booked, told)) FILTER (WHERE NOT is_right)
FROM compared
