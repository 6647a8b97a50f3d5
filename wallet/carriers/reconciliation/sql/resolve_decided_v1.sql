-- What nobody could decide, and its carrier decided since, is settled: %(actor)s, %(now)s.
UPDATE public.wallet_break k
SET resolved_at = %(now)s, resolved_by = %(actor)s, asked_outcome = '',
    resolution = format('Its carrier decided it: %%s.', i.state)
FROM public.wallet_instruction i
WHERE k.kind = 'undecided' AND k.resolved_at IS NULL AND i.state IN ('delivered', 'failed')
  AND i.id = CASE k.kind WHEN 'undecided' THEN k.reference::uuid END
