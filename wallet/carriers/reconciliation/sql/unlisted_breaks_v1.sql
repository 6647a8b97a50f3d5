-- What was answered as delivered, and stands in no statement that could list it: %(carrier)s,
-- %(since)s, %(now)s.
WITH final AS (
    SELECT day FROM public.wallet_statementday WHERE carrier_id = %(carrier)s AND final)
INSERT INTO public.wallet_break
    (id, carrier_id, kind, reference, facts, found_at, resolved_by, resolution,
     asked_outcome, asked_by, asked_reason)
SELECT gen_random_uuid(), %(carrier)s, 'not_listed', i.id::text,
       jsonb_build_object('kind', i.kind, 'mb', i.mb, 'month', i.month, 'day', f.day),
       %(now)s, '', '', '', '', ''
FROM public.wallet_instruction i
JOIN final f ON f.day = (i.submitted_at AT TIME ZONE 'Asia/Shanghai')::date
JOIN final n ON n.day = f.day + 1
WHERE i.carrier_id = %(carrier)s AND i.state = 'delivered' AND i.submitted_at >= %(since)s
  AND NOT EXISTS (
      SELECT FROM public.wallet_statementline l
      JOIN public.wallet_statementday d
        ON d.carrier_id = l.carrier_id AND d.day = l.day AND d.reading = l.reading
      WHERE l.instruction_id = i.id AND l.carrier_id = %(carrier)s)
ORDER BY i.id
ON CONFLICT DO NOTHING
