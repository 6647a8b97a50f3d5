-- Where a day's statement differs from what we asked for: %(carrier)s, %(day)s, %(now)s.
-- Each difference once; one that was found before stays as it is, settled or not.
WITH lines AS (
    SELECT l.*
    FROM public.wallet_statementline l
    JOIN public.wallet_statementday d
      ON d.carrier_id = l.carrier_id AND d.day = l.day AND d.reading = l.reading
    WHERE l.carrier_id = %(carrier)s AND l.day = %(day)s),
compared AS (
    SELECT l.*, i.id AS asked, i.state, i.reason,
           (i.kind, i.msisdn, i.mb) = (l.kind, l.msisdn, l.mb)
           AND coalesce(l.month, i.month) = i.month AND l.product IN ('', i.product) AS agrees
    FROM lines l
    LEFT JOIN public.wallet_instruction i
      ON i.id = l.instruction_id AND i.carrier_id = %(carrier)s),
twice AS (
    SELECT l.instruction_id, count(*) AS times
    FROM public.wallet_statementline l
    JOIN public.wallet_statementday d
      ON d.carrier_id = l.carrier_id AND d.day = l.day AND d.reading = l.reading
    WHERE l.carrier_id = %(carrier)s
      AND l.instruction_id IN (SELECT c.asked FROM compared c WHERE c.asked IS NOT NULL)
    GROUP BY 1 HAVING count(*) > 1),
found AS (
    SELECT c.*, 'unknown_reference' AS break, 1 AS times FROM compared c WHERE c.asked IS NULL
    UNION ALL
    SELECT c.*, 'amount_differs', 1 FROM compared c WHERE c.asked IS NOT NULL AND NOT c.agrees
    UNION ALL
    SELECT c.*, 'delivered_after_refund', 1 FROM compared c WHERE c.agrees AND c.state = 'failed'
    UNION ALL
    SELECT c.*, 'listed_twice', t.times
    FROM compared c JOIN twice t ON t.instruction_id = c.asked)
INSERT INTO public.wallet_break
    (id, carrier_id, kind, reference, facts, found_at, resolved_by, resolution,
     asked_outcome, asked_by, asked_reason)
SELECT DISTINCT ON (f.break, f.reference)
       gen_random_uuid(), %(carrier)s, f.break, f.reference,
       jsonb_strip_nulls(jsonb_build_object(
           'line', f.line_id, 'kind', f.kind, 'mb', f.mb, 'month', f.month, 'day', f.day,
           'product', nullif(f.product, ''),
           'times', nullif(f.times, 1), 'failed_because', nullif(f.reason, ''))),
       %(now)s, '', '', '', '', ''
FROM found f
ORDER BY f.break, f.reference, f.id DESC
ON CONFLICT DO NOTHING
