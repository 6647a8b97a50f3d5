-- By number, month, carrier and package: deposited − taken back + rolled remainder is at most what is
-- attested as left. In MB.
WITH moved AS (
    SELECT d.number_id, d.month, d.package, i.carrier_id, d.mb
    FROM public.wallet_deposit d JOIN public.wallet_instruction i ON i.id = d.instruction_id
    WHERE d.state = 'done'
    UNION ALL
    SELECT t.number_id, t.month, t.package, i.carrier_id, -t.mb
    FROM public.wallet_takeback t JOIN public.wallet_instruction i ON i.id = t.instruction_id
    WHERE t.state = 'done'
    UNION ALL
    SELECT r.number_id, r.month, r.package, split_part(r.voucher_asset, '-', 2), r.remainder_mb
    FROM public.wallet_roll r
), summed AS (
    -- By the number itself: whoever held it in the month shares one package.
    SELECT n.msisdn, min(n.id::text) AS number_id, m.month, m.package, m.carrier_id, sum(m.mb) AS mb
    FROM moved m JOIN public.wallet_number n ON n.id = m.number_id
    GROUP BY n.msisdn, m.month, m.package, m.carrier_id
), compared AS (
    SELECT s.number_id, s.month, s.package, s.mb,
           greatest(coalesce(u.allowance_mb - u.used_mb, 0), 0) AS left_mb
    FROM summed s
    LEFT JOIN public.wallet_usage u ON u.msisdn = s.msisdn AND u.month = s.month
        AND u.package = s.package AND u.carrier_id = s.carrier_id
)
SELECT count(*), count(*) FILTER (WHERE mb > left_mb),
       min(format('number %s, %s, package %s: %s MB deposited or rolled, %s MB attested as left',
                  number_id, to_char(month, 'YYYY-MM'), package, mb, left_mb))
           FILTER (WHERE mb > left_mb)
FROM compared
