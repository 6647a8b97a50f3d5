-- The packages of a shard of numbers that a closing month rolls: what is attested as left, what of
-- it was deposited, and what of that is still on the line by entries up to the month, and whether
-- its holder lets it roll. In MB. What an earlier holder of the number deposited counts: the carrier
-- attests one package.
SELECT n.id, n.holder_id, u.carrier_id, u.province, u.package, u.kind,
       greatest(u.allowance_mb - u.used_mb, 0) AS left_mb,
       d.mb - t.mb AS deposited_mb,
       l.mb AS line_mb,
       coalesce(said.rolls, true) AS rolls
FROM public.wallet_usage u
JOIN public.wallet_number n ON n.msisdn = u.msisdn AND n.holder_id IS NOT NULL
CROSS JOIN LATERAL (
    SELECT coalesce(sum(d.mb), 0)::bigint AS mb
    FROM public.wallet_deposit d JOIN public.wallet_instruction i ON i.id = d.instruction_id
    WHERE d.number_id IN (SELECT s.id FROM public.wallet_number s WHERE s.msisdn = n.msisdn) AND d.month = u.month AND d.package = u.package
      AND d.state = 'done' AND i.carrier_id = u.carrier_id) AS d
CROSS JOIN LATERAL (
    SELECT coalesce(sum(t.mb), 0)::bigint AS mb
    FROM public.wallet_takeback t JOIN public.wallet_instruction i ON i.id = t.instruction_id
    WHERE t.number_id IN (SELECT s.id FROM public.wallet_number s WHERE s.msisdn = n.msisdn) AND t.month = u.month AND t.package = u.package
      AND t.state = 'done' AND i.carrier_id = u.carrier_id) AS t
CROSS JOIN LATERAL (
    SELECT coalesce(sum(e.amount), 0)::bigint AS mb
    FROM public.ledger_entry e
    WHERE e.month <= u.month
      AND e.account_id = public.ledger_account_id_v1(
          'line/' || n.id || '/' || u.package,
          'SURPLUS-' || u.carrier_id || '-' || to_char(u.month, 'YYYY-MM'))) AS l
LEFT JOIN public.wallet_rollanswer said ON said.number_id = n.id AND said.month = u.month
    AND said.answered_at < %(ends_at)s
WHERE u.month = %(month)s AND u.in_close AND n.id BETWEEN %(first)s AND %(last)s
ORDER BY n.id, u.carrier_id, u.package
