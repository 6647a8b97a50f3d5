-- Proposing and deciding adjustments and reversals, and the guards that hold both to two persons.
-- What is not granted at the end is called only by the ways in, which fix the search path.

-- The id of the transaction that reverses another: so it happens once.
CREATE FUNCTION public.ledger_reversal_id_v1(p_id uuid) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT encode(set_byte(set_byte(d, 6, (get_byte(d, 6) & 15) | 128),
                           8, (get_byte(d, 8) & 63) | 128), 'hex')::uuid
    FROM (SELECT substring(sha256(int4send(36) || convert_to(p_id::text, 'UTF8')
                                  || int4send(8) || convert_to('reversal', 'UTF8'))
                           FROM 1 FOR 16) AS d) AS digest
$$;

-- Refuse what passes a role's limits. p_used: what the same person did on the same day before.
CREATE FUNCTION public.ledger_check_adjustment_limit_v1(
    p_role text, p_act text, p_units bigint, p_escrows boolean, p_used numeric
) RETURNS public.ledger_adjustment_limit
LANGUAGE plpgsql AS $$
DECLARE
    v_limit public.ledger_adjustment_limit;
    v_passed text;
BEGIN
    SELECT * INTO v_limit FROM public.ledger_adjustment_limit
    WHERE role = p_role AND act = p_act ORDER BY id DESC LIMIT 1;
    IF NOT FOUND OR v_limit.units_each_max = 0 THEN
        RAISE EXCEPTION 'The role % may not % adjustments.', p_role, p_act
            USING ERRCODE = 'FC056',
                  DETAIL = jsonb_build_object('role', p_role, 'act', p_act)::text;
    END IF;
    v_passed := CASE WHEN p_units > v_limit.units_each_max THEN 'units_each_max'
                     WHEN p_used + p_units > v_limit.units_per_day_max THEN 'units_per_day_max' END;
    IF v_passed IS NOT NULL THEN
        RAISE EXCEPTION 'The role % may not % % units: % is %, and % were used today.',
            p_role, p_act, p_units, v_passed, to_jsonb(v_limit) ->> v_passed, p_used
            USING ERRCODE = 'FC055',
                  DETAIL = jsonb_build_object(
                      'role', p_role, 'act', p_act, 'limit', v_passed,
                      'max', to_jsonb(v_limit) -> v_passed, 'used', p_used)::text;
    END IF;
    IF p_escrows AND NOT v_limit.escrows THEN
        RAISE EXCEPTION 'The role % may not % what touches something set aside.', p_role, p_act
            USING ERRCODE = 'FC057',
                  DETAIL = jsonb_build_object('role', p_role, 'act', p_act)::text;
    END IF;
    RETURN v_limit;
END
$$;

-- One person's acts are counted one after the other, or two at once would both find room.
CREATE FUNCTION public.ledger_lock_adjuster_v1(p_person uuid) RETURNS void
LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock(hashtextextended('ledger adjustments of ' || p_person::text, 0))
$$;

-- Propose legs, or the reversal of transactions. False: this id was proposed before.
CREATE FUNCTION public.ledger_propose_v1(
    p_id uuid, p_kind text, p_action text, p_subject text, p_reason text, p_attachment text,
    p_by uuid, p_role text, p_from text, p_at timestamptz,
    p_reverses uuid[], p_addresses text[], p_assets text[], p_amounts bigint[]
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_limit public.ledger_adjustment_limit;
    v_units bigint;
    v_escrows boolean;
    v_places integer[] := array_fill(1, ARRAY[coalesce(cardinality(p_addresses), 0)]);
    v_addresses text[] := p_addresses;
    v_assets text[] := p_assets;
    v_amounts bigint[] := p_amounts;
BEGIN
    PERFORM public.ledger_lock_adjuster_v1(p_by);
    IF EXISTS (SELECT FROM public.ledger_proposal WHERE id = p_id) THEN
        RETURN false;
    END IF;
    IF p_kind = 'reversal' THEN
        PERFORM public.ledger_check_reversible_v1(p_reverses);
        SELECT array_agg(r.place ORDER BY r.place, e.id), array_agg(a.address ORDER BY r.place, e.id),
               array_agg(a.asset ORDER BY r.place, e.id), array_agg(-e.amount ORDER BY r.place, e.id)
        INTO v_places, v_addresses, v_assets, v_amounts
        FROM unnest(p_reverses) WITH ORDINALITY AS r (id, place)
        JOIN public.ledger_entry e ON e.transaction_id = r.id
        JOIN public.ledger_account a ON a.id = e.account_id;
    ELSE
        PERFORM public.ledger_check_proposed_legs_v1(p_addresses, p_assets, p_amounts);
    END IF;
    IF cardinality(v_addresses) > 1000 THEN
        RAISE EXCEPTION 'A proposal has at most 1,000 legs.' USING ERRCODE = 'FC001';
    END IF;
    SELECT sum(u.amount) FILTER (WHERE u.amount > 0), bool_or(u.address ~ '^[a-z]+/[0-9a-f-]{36}$')
    INTO v_units, v_escrows
    FROM unnest(v_addresses, v_amounts) AS u (address, amount);
    v_limit := public.ledger_check_adjustment_limit_v1(
        p_role, 'propose', v_units, v_escrows,
        (SELECT coalesce(sum(p.units), 0)
         FROM public.ledger_proposal p
         LEFT JOIN public.ledger_proposal_decision d ON d.proposal_id = p.id
         WHERE p.proposed_by = p_by AND coalesce(d.outcome, 'approved') = 'approved'
           AND (p.proposed_at AT TIME ZONE 'Asia/Shanghai')::date
               = (p_at AT TIME ZONE 'Asia/Shanghai')::date));

    INSERT INTO public.ledger_proposal
        (id, kind, action, subject, reason, attachment, units, escrows, role,
         proposed_by, proposed_at, proposed_from, expires_at)
    VALUES (p_id, p_kind, p_action, p_subject, btrim(p_reason), p_attachment, v_units, v_escrows,
            p_role, p_by, p_at, p_from, p_at + make_interval(days => v_limit.open_days));
    PERFORM public.ledger_write_proposed_v1(
        p_id, p_kind, p_reverses, v_places, v_addresses, v_assets, v_amounts);
    RETURN true;
END
$$;

-- Refuse to reverse nothing, one thing twice, what is not there, or what was reversed before.
CREATE FUNCTION public.ledger_check_reversible_v1(p_reverses uuid[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_before uuid;
BEGIN
    IF coalesce(cardinality(p_reverses), 0) NOT BETWEEN 1 AND 100
       OR array_position(p_reverses, NULL) IS NOT NULL
       OR (SELECT count(DISTINCT id) FROM unnest(p_reverses) AS u (id)) <> cardinality(p_reverses) THEN
        RAISE EXCEPTION 'A reversal names 1 to 100 transactions, each once.' USING ERRCODE = 'FC001';
    END IF;
    PERFORM public.ledger_check_reverses_v1(p_reverses);
    SELECT t.reverses INTO v_before FROM public.ledger_transaction t
    WHERE t.reverses = ANY (p_reverses) ORDER BY 1 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Transaction % was reversed before.', v_before
            USING ERRCODE = 'FC060',
                  DETAIL = jsonb_build_object('transaction', v_before)::text;
    END IF;
END
$$;

-- Refuse legs that could never be posted: sums, twice an account, an address of no kind.
CREATE FUNCTION public.ledger_check_proposed_legs_v1(
    p_addresses text[], p_assets text[], p_amounts bigint[]
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_unknown text;
BEGIN
    PERFORM public.ledger_check_legs_v1(
        array_agg(public.ledger_account_id_v1(u.address, u.asset)), p_assets, p_amounts)
    FROM unnest(p_addresses, p_assets) AS u (address, asset);
    SELECT u.address INTO v_unknown FROM unnest(p_addresses) AS u (address)
    WHERE NOT EXISTS (SELECT FROM public.ledger_address_kind k WHERE u.address ~ k.pattern)
    ORDER BY 1 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'No kind of account has the address %.', v_unknown
            USING ERRCODE = 'FC004', DETAIL = jsonb_build_object('address', v_unknown)::text;
    END IF;
END
$$;

-- Write down the transactions that are proposed, with the hash their legs will have.
CREATE FUNCTION public.ledger_write_proposed_v1(
    p_id uuid, p_kind text, p_reverses uuid[],
    p_places integer[], p_addresses text[], p_assets text[], p_amounts bigint[]
) RETURNS void
LANGUAGE sql AS $$
    WITH legs AS (
        SELECT u.place, u.address, u.asset, u.amount, u.ordinal,
               public.ledger_account_id_v1(u.address, u.asset) AS account
        FROM unnest(p_places, p_addresses, p_assets, p_amounts) WITH ORDINALITY
                 AS u (place, address, asset, amount, ordinal)),
    postings AS (
        INSERT INTO public.ledger_proposal_posting
            (proposal_id, place, transaction_id, reverses, legs_hash)
        SELECT p_id, l.place,
               CASE p_kind WHEN 'reversal' THEN public.ledger_reversal_id_v1(p_reverses[l.place])
                           ELSE p_id END,
               CASE p_kind WHEN 'reversal' THEN p_reverses[l.place] END,
               sha256(string_agg(uuid_send(l.account) || int8send(l.amount), ''::bytea
                                 ORDER BY l.account))
        FROM legs l GROUP BY l.place ORDER BY l.place
        RETURNING id, place)
    INSERT INTO public.ledger_proposal_leg (posting_id, address, asset, amount)
    SELECT p.id, l.address, l.asset, l.amount
    FROM legs l JOIN postings p ON p.place = l.place ORDER BY l.ordinal
$$;

-- Approve, decline or withdraw. False: the same person decided the same before.
-- An approval must be followed by its postings in the same transaction, or it does not commit.
CREATE FUNCTION public.ledger_decide_v1(
    p_proposal uuid, p_outcome text, p_by uuid, p_role text, p_from text, p_reason text,
    p_at timestamptz
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_proposal public.ledger_proposal;
    v_decision public.ledger_proposal_decision;
BEGIN
    SELECT * INTO v_proposal FROM public.ledger_proposal
    WHERE id = p_proposal FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'No proposal %.', p_proposal USING ERRCODE = 'FC051';
    END IF;
    -- In a statement of its own, after the row is locked: so what another decided is seen.
    SELECT * INTO v_decision FROM public.ledger_proposal_decision WHERE proposal_id = p_proposal;
    IF FOUND THEN
        IF v_decision.outcome = p_outcome AND v_decision.decided_by = p_by THEN
            RETURN false;
        END IF;
        RAISE EXCEPTION 'The proposal was % before.', v_decision.outcome
            USING ERRCODE = 'FC052',
                  DETAIL = jsonb_build_object('outcome', v_decision.outcome)::text;
    END IF;
    PERFORM public.ledger_check_decider_v1(v_proposal, p_outcome, p_by, p_role, p_at);
    INSERT INTO public.ledger_proposal_decision
        (proposal_id, proposed_by, outcome, decided_by, role, decided_at, decided_from, reason)
    VALUES (p_proposal, v_proposal.proposed_by, p_outcome, p_by, p_role, p_at, p_from,
            btrim(p_reason));
    RETURN true;
END
$$;

CREATE FUNCTION public.ledger_check_decider_v1(
    p public.ledger_proposal, p_outcome text, p_by uuid, p_role text, p_at timestamptz
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_before uuid;
BEGIN
    IF p_outcome = 'withdrawn' AND p_by <> p.proposed_by THEN
        RAISE EXCEPTION 'Only who proposed it withdraws it.' USING ERRCODE = 'FC058';
    ELSIF p_outcome <> 'withdrawn' AND p_by = p.proposed_by THEN
        RAISE EXCEPTION 'Who proposed it may not decide it: that takes a second person.'
            USING ERRCODE = 'FC053';
    ELSIF p_at >= p.expires_at THEN
        RAISE EXCEPTION 'The proposal was open until %.', p.expires_at
            USING ERRCODE = 'FC054',
                  DETAIL = jsonb_build_object('expires_at', p.expires_at)::text;
    ELSIF p_outcome = 'declined' THEN
        PERFORM public.ledger_check_adjustment_limit_v1(p_role, 'approve', 0, false, 0);
    ELSIF p_outcome = 'approved' THEN
        PERFORM public.ledger_lock_adjuster_v1(p_by);
        PERFORM public.ledger_check_adjustment_limit_v1(
            p_role, 'approve', p.units, p.escrows,
            (SELECT coalesce(sum(o.units), 0)
             FROM public.ledger_proposal_decision d
             JOIN public.ledger_proposal o ON o.id = d.proposal_id
             WHERE d.decided_by = p_by AND d.outcome = 'approved'
               AND (d.decided_at AT TIME ZONE 'Asia/Shanghai')::date
                   = (p_at AT TIME ZONE 'Asia/Shanghai')::date));
        -- Two proposals may name one transaction: the second waits here and then sees the first.
        PERFORM FROM public.ledger_transaction t
        WHERE t.id IN (SELECT x.reverses FROM public.ledger_proposal_posting x
                       WHERE x.proposal_id = p.id)
        ORDER BY t.id FOR NO KEY UPDATE;
        SELECT t.reverses INTO v_before
        FROM public.ledger_proposal_posting x
        JOIN public.ledger_transaction t ON t.reverses = x.reverses
        WHERE x.proposal_id = p.id ORDER BY 1 LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'Transaction % was reversed before.', v_before
                USING ERRCODE = 'FC060',
                      DETAIL = jsonb_build_object('transaction', v_before)::text;
        END IF;
    END IF;
END
$$;

-- End what stood open too long; returns how many. What somebody is deciding now is left to him.
CREATE FUNCTION public.ledger_expire_proposals_v1(p_at timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_ids uuid[];
    v_count integer;
BEGIN
    SELECT array_agg(o.id) INTO v_ids FROM (
        SELECT p.id FROM public.ledger_proposal p
        WHERE p.expires_at <= p_at
          AND NOT EXISTS (SELECT FROM public.ledger_proposal_decision d WHERE d.proposal_id = p.id)
        ORDER BY p.id LIMIT 1000 FOR NO KEY UPDATE SKIP LOCKED) AS o;
    INSERT INTO public.ledger_proposal_decision
        (proposal_id, proposed_by, outcome, role, decided_at, decided_from, reason)
    SELECT p.id, p.proposed_by, 'expired', '', p_at, '', ''
    FROM public.ledger_proposal p WHERE p.id = ANY (v_ids) ORDER BY p.id
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END
$$;

CREATE FUNCTION public.ledger_set_adjustment_limit_v1(
    p_role text, p_act text, p_units_each_max bigint, p_units_per_day_max bigint,
    p_escrows boolean, p_open_days smallint, p_by text, p_at timestamptz, p_reason text
) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO public.ledger_adjustment_limit
        (role, act, units_each_max, units_per_day_max, escrows, open_days, set_by, set_at, reason)
    VALUES (p_role, p_act, p_units_each_max, p_units_per_day_max, p_escrows, p_open_days, p_by,
            p_at, btrim(p_reason))
    RETURNING id
$$;

-- The guard: whatever way it comes, an adjustment or a reversal is what a second person approved.
CREATE FUNCTION public.ledger_two_persons_v1() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM public.ledger_proposal_posting x
        JOIN public.ledger_proposal p ON p.id = x.proposal_id
        JOIN public.ledger_proposal_decision d ON d.proposal_id = p.id
        WHERE x.transaction_id = NEW.id AND x.reverses IS NOT DISTINCT FROM NEW.reverses
          AND x.legs_hash = NEW.legs_hash AND p.kind = NEW.kind
          AND NEW.metadata = jsonb_build_object('proposal', p.id)
          AND d.outcome = 'approved' AND NEW.actor = 'admin/' || d.decided_by
          AND NEW.at = d.decided_at) THEN
        RAISE EXCEPTION 'No second person approved this %.', NEW.kind USING ERRCODE = 'FC059';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER two_persons BEFORE INSERT ON public.ledger_transaction
    FOR EACH ROW WHEN (NEW.kind IN ('adjustment', 'reversal'))
    EXECUTE FUNCTION public.ledger_two_persons_v1();

-- And the other way: an approval commits only together with all it approves.
CREATE FUNCTION public.ledger_approved_is_posted_v1() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM public.ledger_proposal_posting x
               LEFT JOIN public.ledger_transaction t
                 ON t.id = x.transaction_id
                    AND t.metadata = jsonb_build_object('proposal', NEW.proposal_id)
               WHERE x.proposal_id = NEW.proposal_id AND t.id IS NULL) THEN
        RAISE EXCEPTION 'An approval is posted where it is given.' USING ERRCODE = 'FC059';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER approved_is_posted AFTER INSERT ON public.ledger_proposal_decision
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.outcome = 'approved')
    EXECUTE FUNCTION public.ledger_approved_is_posted_v1();

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.ledger_propose_v1(
    uuid, text, text, text, text, text, uuid, text, text, timestamptz,
    uuid[], text[], text[], bigint[]) TO flowcoin_app;
GRANT EXECUTE ON FUNCTION public.ledger_decide_v1(
    uuid, text, uuid, text, text, text, timestamptz) TO flowcoin_app;
GRANT EXECUTE ON FUNCTION public.ledger_expire_proposals_v1(timestamptz) TO flowcoin_app;
GRANT EXECUTE ON FUNCTION public.ledger_set_adjustment_limit_v1(
    text, text, bigint, bigint, boolean, smallint, text, timestamptz, text) TO flowcoin_app;
GRANT SELECT ON public.ledger_adjustment_limit, public.ledger_proposal,
    public.ledger_proposal_posting, public.ledger_proposal_leg, public.ledger_proposal_decision
    TO flowcoin_app;
