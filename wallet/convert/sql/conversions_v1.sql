-- Each conversion on its way holds its coins, each delivery on its way its MB; ended ones nothing.
WITH promised AS (
    SELECT 'conversion/' || id AS address, 'COIN' AS asset,
           CASE WHEN state = 'on_its_way' THEN coins ELSE 0 END AS amount
    FROM public.wallet_conversion
    UNION ALL
    SELECT 'delivery/' || id, asset, CASE WHEN state = 'on_its_way' THEN mb ELSE 0 END
    FROM public.wallet_datadelivery),
held AS (
    SELECT a.address, a.asset, b.balance AS amount
    FROM public.ledger_account a JOIN public.ledger_balance b ON b.account_id = a.id
    WHERE a.kind = 'conversion'
       OR (a.kind = 'delivery' AND EXISTS (SELECT FROM public.wallet_datadelivery d
                                           WHERE 'delivery/' || d.id = a.address))),
compared AS (
    SELECT address, asset, coalesce(p.amount, 0) AS promised, coalesce(h.amount, 0) AS held
    FROM promised p FULL JOIN held h USING (address, asset))
SELECT count(*), count(*) FILTER (WHERE promised <> held),
       min(format('%s: %s %s promised, %s held', address, promised, asset, held))
           FILTER (WHERE promised <> held)
FROM compared
