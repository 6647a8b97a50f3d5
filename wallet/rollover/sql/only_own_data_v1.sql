-- No deposit of a package that is attested as anything but national, and no roll of a top-up.
WITH moved AS (
    SELECT 'deposit' AS what, d.id, d.number_id, d.month, d.package, i.carrier_id
    FROM public.wallet_deposit d JOIN public.wallet_instruction i ON i.id = d.instruction_id
    WHERE d.state = 'done'
    UNION ALL
    SELECT 'roll', r.id, r.number_id, r.month, r.package, split_part(r.voucher_asset, '-', 2)
    FROM public.wallet_roll r
), compared AS (
    SELECT m.what, m.id, u.kind,
           CASE m.what WHEN 'deposit' THEN u.kind = 'national' ELSE u.kind <> 'topup' END AS is_own
    FROM moved m
    JOIN public.wallet_number n ON n.id = m.number_id
    JOIN public.wallet_usage u ON u.msisdn = n.msisdn AND u.month = m.month
        AND u.package = m.package AND u.carrier_id = m.carrier_id
)
SELECT count(*), count(*) FILTER (WHERE NOT is_own),
       min(format('%s %s is of a package of kind %s', what, id, kind)) FILTER (WHERE NOT is_own)
FROM compared
