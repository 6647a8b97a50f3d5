-- What a carrier's statement lists as we asked for it was carried out: %(carrier)s, %(day)s, %(now)s.
WITH stated AS (
    SELECT DISTINCT ON (l.instruction_id) l.instruction_id, l.kind, l.msisdn, l.mb,
           l.month, l.product
    FROM public.wallet_statementline l
    JOIN public.wallet_statementday d
      ON d.carrier_id = l.carrier_id AND d.day = l.day AND d.reading = l.reading
    WHERE l.carrier_id = %(carrier)s AND l.day = %(day)s AND l.instruction_id IS NOT NULL
    ORDER BY l.instruction_id, l.id),
proved AS (
    SELECT i.id
    FROM public.wallet_instruction i JOIN stated s ON s.instruction_id = i.id
    WHERE i.carrier_id = %(carrier)s AND i.state NOT IN ('delivered', 'failed')
      AND (i.kind, i.msisdn, i.mb) = (s.kind, s.msisdn, s.mb)
      AND coalesce(s.month, i.month) = i.month AND s.product IN ('', i.product)
    ORDER BY i.id
    FOR NO KEY UPDATE OF i)
UPDATE public.wallet_instruction i
SET state = 'delivered', reason = '', decided_at = %(now)s, lease_until = NULL,
    submitted_at = coalesce(i.submitted_at, %(now)s)
FROM proved
WHERE i.id = proved.id AND i.state NOT IN ('delivered', 'failed')
