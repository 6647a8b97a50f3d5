-- What the end of the service takes back to the issuers stands in a list and a proof of its own.
-- What two persons adjusted or reversed stands beside the rows it corrects; a proof of its own holds it.
-- Each issuer's coins: what it owes is what was ordered from it and paid, and what it gave for data
-- that subscribers saved, less what carriers redeemed and was cleared, what merchants took and was
-- invoiced, and what closed wallets gave up.
-- All of an issuer's entries, less those of the few that amend: looking up the kind of each would
-- cost more than all else.
WITH owed AS (
    SELECT 'issuer/' || issuer_id AS address, coins FROM public.wallet_purchaseorder
    UNION ALL
    SELECT 'issuer/' || carrier_id, coins FROM public.wallet_saving
    UNION ALL
    SELECT 'issuer/' || issuer_id, -coins FROM public.wallet_givenup
    UNION ALL
    SELECT 'issuer/' || issuer_id, -coins FROM public.wallet_invoiceshare
    UNION ALL
    SELECT 'issuer/' || o.carrier_id, -l.coins
    FROM public.wallet_clearingline l
    JOIN public.wallet_clearingstatement o ON o.id = l.statement_id
    JOIN public.wallet_clearingstatement r
        ON r.clearing_id = o.clearing_id AND r.carrier_id = l.counterpart_id
    WHERE l.side = 'charge' AND r.retired_at IS NOT NULL
), issued AS (
    SELECT address, sum(coins) AS coins FROM owed GROUP BY address
), issuers AS MATERIALIZED (
    SELECT a.id, a.address FROM public.ledger_account a
    WHERE a.address LIKE 'issuer/%' AND a.address NOT LIKE '%/revenue' AND a.asset = 'COIN'
), amended AS (
    SELECT e.account_id, sum(e.amount) AS coins
    FROM public.ledger_transaction t
    CROSS JOIN LATERAL (
        SELECT x.account_id, x.amount FROM public.ledger_entry x
        WHERE x.transaction_id = t.id OFFSET 0) AS e
    JOIN issuers i ON i.id = e.account_id
    WHERE t.kind IN ('adjustment', 'reversal', 'wind_down_refund')
    GROUP BY e.account_id
), entered AS (
    SELECT e.account_id, sum(e.amount) AS coins
    FROM issuers i JOIN public.ledger_entry e ON e.account_id = i.id GROUP BY e.account_id
), booked AS (
    SELECT i.address, e.coins - coalesce(a.coins, 0) AS coins
    FROM issuers i JOIN entered e ON e.account_id = i.id LEFT JOIN amended a ON a.account_id = i.id
), compared AS (
    SELECT address, coalesce(i.coins, 0) AS issued, coalesce(b.coins, 0) AS booked
    FROM issued i FULL JOIN booked b USING (address)
)
SELECT count(*), count(*) FILTER (WHERE issued <> -booked),
       min(format('%s: %s coins ordered or saved and not cleared, %s booked', address, issued, booked))
           FILTER (WHERE issued <> -booked)
FROM compared
