-- What stands in no statement of its day and the next, both final, was not carried out:
-- %(carrier)s, %(now)s. What somebody asks about this minute waits for the answer.
WITH final AS (
    SELECT day FROM public.wallet_statementday WHERE carrier_id = %(carrier)s AND final),
absent AS (
    SELECT i.id
    FROM public.wallet_instruction i
    JOIN final f ON f.day = (i.submitted_at AT TIME ZONE 'Asia/Shanghai')::date
    JOIN final n ON n.day = f.day + 1
    WHERE i.carrier_id = %(carrier)s AND i.state IN ('submitted', 'processing', 'unknown')
      AND (i.lease_until IS NULL OR i.lease_until < %(now)s)
      AND NOT EXISTS (
          SELECT FROM public.wallet_statementline l
          JOIN public.wallet_statementday d
            ON d.carrier_id = l.carrier_id AND d.day = l.day AND d.reading = l.reading
          WHERE l.instruction_id = i.id AND l.carrier_id = %(carrier)s)
    ORDER BY i.id
    FOR NO KEY UPDATE OF i SKIP LOCKED)
UPDATE public.wallet_instruction i
SET state = 'failed', reason = 'not_listed', decided_at = %(now)s, lease_until = NULL
FROM absent
WHERE i.id = absent.id
