-- What is owed to each carrier for conversions is the coins of those it delivered.
WITH delivered AS (
    SELECT carrier_id AS carrier, sum(coins) AS coins
    FROM public.wallet_conversion WHERE state = 'delivered' GROUP BY carrier_id),
booked AS (
    SELECT split_part(a.address, '/', 2) AS carrier, sum(e.amount) AS coins
    FROM public.ledger_account a
    JOIN public.ledger_entry e ON e.account_id = a.id
    JOIN public.ledger_transaction t ON t.id = e.transaction_id
    WHERE a.address LIKE 'carrier/%/payable' AND t.kind = 'convert_delivered'
    GROUP BY 1),
compared AS (
    SELECT carrier, coalesce(d.coins, 0) AS delivered, coalesce(b.coins, 0) AS booked
    FROM delivered d FULL JOIN booked b USING (carrier))
SELECT count(*), count(*) FILTER (WHERE delivered <> booked),
       min(format('carrier/%s: %s coins delivered, %s booked', carrier, delivered, booked))
           FILTER (WHERE delivered <> booked)
FROM compared
