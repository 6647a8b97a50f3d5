-- Each purchase on its way holds its coins, an ended one nothing.
WITH promised AS (
    SELECT 'purchase/' || id AS address,
           CASE WHEN state = 'on_its_way' THEN coins ELSE 0 END AS coins
    FROM public.wallet_purchase),
held AS (
    SELECT a.address, b.balance AS coins
    FROM public.ledger_account a JOIN public.ledger_balance b ON b.account_id = a.id
    WHERE a.kind = 'purchase'),
compared AS (
    SELECT address, coalesce(p.coins, 0) AS promised, coalesce(h.coins, 0) AS held
    FROM promised p FULL JOIN held h USING (address))
SELECT count(*), count(*) FILTER (WHERE promised <> held),
       min(format('%s: %s coins promised, %s held', address, promised, held))
           FILTER (WHERE promised <> held)
FROM compared
