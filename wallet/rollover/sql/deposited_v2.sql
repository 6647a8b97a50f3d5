-- By carrier and month: what went out of carrier/c/deposited is what is deposited and not back.
-- Corrections stand beside the rows they correct.
WITH asked AS (
    SELECT 'SURPLUS-' || i.carrier_id || '-' || to_char(m.month, 'YYYY-MM') AS asset, sum(m.mb) AS mb
    FROM (SELECT instruction_id, month, mb FROM public.wallet_deposit WHERE state = 'done'
          UNION ALL
          SELECT instruction_id, month, -mb FROM public.wallet_takeback WHERE state = 'done') AS m
    JOIN public.wallet_instruction i ON i.id = m.instruction_id
    GROUP BY 1
), posted AS (
    SELECT a.asset, -sum(e.amount) AS mb
    FROM public.ledger_account a
    JOIN public.ledger_entry e ON e.account_id = a.id
    JOIN public.ledger_transaction t ON t.id = e.transaction_id AND t.kind NOT IN ('correction', 'adjustment', 'reversal')
    WHERE a.address LIKE 'carrier/%/deposited'
    GROUP BY a.asset
), compared AS (
    SELECT asset, coalesce(asked.mb, 0) AS asked, coalesce(posted.mb, 0) AS posted
    FROM asked FULL JOIN posted USING (asset)
)
SELECT count(*), count(*) FILTER (WHERE asked <> posted),
       min(format('%s: %s MB by the deposits, %s MB in the books', asset, asked, posted))
           FILTER (WHERE asked <> posted)
FROM compared
