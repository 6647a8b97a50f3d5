-- By carrier and month rolled into: vouchers out of system/vouchers = SURPLUS into system/rolled
-- + remainder rolled, by the rolls' own rows. Corrections stand beside the rows they correct.
WITH rows AS (
    SELECT r.voucher_asset AS asset, sum(r.surplus_mb + r.remainder_mb) AS mb
    FROM public.wallet_roll r GROUP BY 1
    UNION ALL
    SELECT 'SURPLUS-' || split_part(r.voucher_asset, '-', 2) || '-' || to_char(r.month, 'YYYY-MM'),
           -sum(r.surplus_mb)
    FROM public.wallet_roll r GROUP BY 1 HAVING sum(r.surplus_mb) > 0
), posted AS (
    SELECT a.asset, -sum(e.amount) AS mb
    FROM public.ledger_account a
    JOIN public.ledger_entry e ON e.account_id = a.id
    JOIN public.ledger_transaction t ON t.id = e.transaction_id AND t.kind NOT IN ('correction', 'adjustment', 'reversal')
    WHERE a.address IN ('system/vouchers', 'system/rolled')
    GROUP BY a.asset
), compared AS (
    SELECT asset, coalesce(rows.mb, 0) AS rolled, coalesce(posted.mb, 0) AS posted
    FROM rows FULL JOIN posted USING (asset)
)
SELECT count(*), count(*) FILTER (WHERE rolled <> posted),
       min(format('%s: %s MB by the rolls, %s MB in the books', asset, rolled, posted))
           FILTER (WHERE rolled <> posted)
FROM compared
