-- Every transaction of kind adjustment or reversal was approved by a second person before its
-- proposal expired, and moves what was proposed; every approval was posted.
WITH planned AS (
    SELECT p.id AS proposal, p.kind, p.proposed_by, p.proposed_at, p.expires_at,
           x.id AS posting, x.transaction_id, x.reverses,
           d.outcome, d.decided_by, d.decided_at
    FROM public.ledger_proposal p
    JOIN public.ledger_proposal_posting x ON x.proposal_id = p.id
    LEFT JOIN public.ledger_proposal_decision d
      ON d.proposal_id = p.id AND d.proposed_by = p.proposed_by),
posted AS (
    SELECT t.id, t.kind, t.at, t.actor, t.reverses, t.metadata
    FROM public.ledger_transaction t WHERE t.kind IN ('adjustment', 'reversal')),
paired AS (
    SELECT coalesce(t.id, p.transaction_id) AS id, t.id AS posted,
           t.kind, t.at, t.actor, t.reverses, p.proposal, p.posting, p.kind AS planned_kind,
           p.reverses AS planned_reverses, p.outcome, p.decided_by, p.proposed_by, p.decided_at,
           p.proposed_at, p.expires_at
    FROM posted t
    FULL JOIN (SELECT * FROM planned WHERE outcome = 'approved') AS p
      ON p.transaction_id = t.id AND t.metadata = jsonb_build_object('proposal', p.proposal)),
judged AS (
    SELECT id, CASE
        WHEN posted IS NULL THEN 'was approved and not posted'
        WHEN proposal IS NULL THEN 'has no approved proposal'
        WHEN decided_by IS NULL OR decided_by = proposed_by THEN 'was approved by one person alone'
        WHEN decided_at < proposed_at OR decided_at >= expires_at THEN 'was approved out of time'
        WHEN kind <> planned_kind OR reverses IS DISTINCT FROM planned_reverses
             OR at <> decided_at OR actor <> 'admin/' || decided_by THEN 'is not what was approved'
        WHEN EXISTS (
            SELECT FROM (SELECT a.address, a.asset, e.amount FROM public.ledger_entry e
                         JOIN public.ledger_account a ON a.id = e.account_id
                         WHERE e.transaction_id = paired.id) AS booked
            FULL JOIN (SELECT l.address, l.asset, l.amount FROM public.ledger_proposal_leg l
                       WHERE l.posting_id = paired.posting) AS agreed
              ON agreed.address = booked.address AND agreed.asset = booked.asset
             AND agreed.amount = booked.amount
            WHERE agreed.amount IS NULL OR booked.amount IS NULL)
        THEN 'moves something else than was approved' END AS fault
    FROM paired)
SELECT count(*), count(fault), min('transaction ' || id || ' ' || fault) FROM judged
