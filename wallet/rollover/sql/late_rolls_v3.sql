-- What an earlier holder of a number deposited counts: the carrier attests one package.
-- Packages of closed months that the close left out and that may roll now, or lines of such months
-- that still hold something: what is attested as left, what of it was deposited, what is on the
-- line, whether it was rolled or closed before, what its holder said. Numbers with an open deduct or restore wait on.
WITH packages AS (
    SELECT u.msisdn, u.carrier_id, u.month, u.package
    FROM public.wallet_usage u JOIN public.ledger_month m ON m.month = u.month
    WHERE m.state = 'closed' AND u.final AND NOT u.in_close AND u.month >= %(late_from)s
    UNION
    SELECT n.msisdn, substring(a.asset FROM '^SURPLUS-([A-Z]{2,4})-'), a.expires_month,
           split_part(a.address, '/', 3)
    FROM public.ledger_balance b JOIN public.ledger_account a ON a.id = b.account_id
    JOIN public.ledger_month m ON m.month = a.expires_month
    JOIN public.wallet_number n ON n.id = split_part(a.address, '/', 2)::uuid
    WHERE b.balance > 0 AND a.address LIKE 'line/%%' AND m.state = 'closed')
SELECT n.id, n.holder_id, p.carrier_id, p.month, p.package, coalesce(u.province, ''),
       coalesce(u.kind, 'national'), coalesce(u.final, false),
       greatest(coalesce(u.allowance_mb - u.used_mb, 0), 0), d.mb - t.mb, coalesce(b.balance, 0),
       coalesce(b.version, 0),
       coalesce(u.in_close, false) OR EXISTS (
           SELECT FROM public.wallet_roll r
           WHERE r.number_id = n.id AND r.month = p.month AND r.package = p.package
             AND r.voucher_asset LIKE 'VOUCHER-' || p.carrier_id || '-%%'),
       coalesce(w.asks, false), said.rolls
FROM packages p
JOIN public.wallet_number n ON n.msisdn = p.msisdn AND n.holder_id IS NOT NULL
LEFT JOIN public.wallet_usage u ON u.msisdn = p.msisdn AND u.carrier_id = p.carrier_id
    AND u.month = p.month AND u.package = p.package
LEFT JOIN public.ledger_balance b ON b.account_id = public.ledger_account_id_v1(
    'line/' || n.id || '/' || p.package,
    'SURPLUS-' || p.carrier_id || '-' || to_char(p.month, 'YYYY-MM'))
LEFT JOIN public.wallet_rollwish w ON w.number_id = n.id
LEFT JOIN public.wallet_rollanswer said ON said.number_id = n.id AND said.month = p.month
CROSS JOIN LATERAL (
    SELECT coalesce(sum(d.mb), 0)::bigint AS mb
    FROM public.wallet_deposit d JOIN public.wallet_instruction i ON i.id = d.instruction_id
    WHERE d.number_id IN (SELECT s.id FROM public.wallet_number s WHERE s.msisdn = n.msisdn) AND d.month = p.month AND d.package = p.package
      AND d.state = 'done' AND i.carrier_id = p.carrier_id) AS d
CROSS JOIN LATERAL (
    SELECT coalesce(sum(t.mb), 0)::bigint AS mb
    FROM public.wallet_takeback t JOIN public.wallet_instruction i ON i.id = t.instruction_id
    WHERE t.number_id IN (SELECT s.id FROM public.wallet_number s WHERE s.msisdn = n.msisdn) AND t.month = p.month AND t.package = p.package
      AND t.state = 'done' AND i.carrier_id = p.carrier_id) AS t
WHERE (%(number)s::uuid IS NULL OR n.id = %(number)s::uuid)
  AND NOT EXISTS (SELECT FROM public.wallet_deposit d
                  WHERE d.number_id = n.id AND d.month = p.month AND d.state = 'asked')
  AND NOT EXISTS (SELECT FROM public.wallet_takeback t
                  WHERE t.number_id = n.id AND t.month = p.month AND t.state = 'asked')
ORDER BY n.id, p.month, p.carrier_id, p.package
