-- What deliveries moved to a carrier is what it delivered, by asset; what came back in the current
-- month replaces as many MB of an ended one.
WITH delivered AS (
    SELECT 'carrier/' || substring(asset FROM '-([A-Z]{2,4})-[0-9]{4}-[0-9]{2}$') || '/delivered'
               AS address, asset, sum(mb) AS mb
    FROM public.wallet_datadelivery WHERE state = 'delivered' GROUP BY 1, 2),
booked AS (
    SELECT a.address, CASE WHEN t.kind = 'data_delivery_done' THEN a.asset ELSE 'MB' END AS asset,
           sum(e.amount) AS mb
    FROM public.ledger_account a
    JOIN public.ledger_entry e ON e.account_id = a.id
    JOIN public.ledger_transaction t ON t.id = e.transaction_id
    WHERE a.address LIKE 'carrier/%'
      AND t.kind IN ('data_delivery_done', 'data_delivery_failed')
    GROUP BY 1, 2),
compared AS (
    SELECT address, asset, coalesce(d.mb, 0) AS delivered, coalesce(b.mb, 0) AS booked
    FROM delivered d FULL JOIN booked b USING (address, asset))
SELECT count(*), count(*) FILTER (WHERE delivered <> booked),
       min(format('%s: %s %s delivered, %s booked', address, delivered, asset, booked))
           FILTER (WHERE delivered <> booked)
FROM compared
