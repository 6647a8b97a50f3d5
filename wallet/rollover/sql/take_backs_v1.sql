-- Each take-back on its way holds its MB; an ended one, and a delivery of nobody, holds nothing.
WITH promised AS (
    SELECT 'delivery/' || t.id AS address,
           'SURPLUS-' || i.carrier_id || '-' || to_char(t.month, 'YYYY-MM') AS asset,
           CASE WHEN t.state = 'asked' THEN t.mb ELSE 0 END AS mb
    FROM public.wallet_takeback t JOIN public.wallet_instruction i ON i.id = t.instruction_id
), held AS (
    SELECT a.address, a.asset, b.balance AS mb
    FROM public.ledger_account a JOIN public.ledger_balance b ON b.account_id = a.id
    WHERE a.kind = 'delivery' AND NOT EXISTS (
        SELECT FROM public.wallet_datadelivery d WHERE 'delivery/' || d.id = a.address)
), compared AS (
    SELECT address, asset, coalesce(p.mb, 0) AS promised, coalesce(h.mb, 0) AS held
    FROM promised p FULL JOIN held h USING (address, asset)
)
SELECT count(*), count(*) FILTER (WHERE promised <> held),
       min(format('%s: %s MB of %s promised, %s held', address, promised, asset, held))
           FILTER (WHERE promised <> held)
FROM compared
