-- Post many transactions of one month at one instant, all or nothing. Those posted before with
-- the same content are skipped. p_ordinals names the transaction (1-based) of each leg.
-- Returns the ids posted now.
CREATE OR REPLACE FUNCTION public.ledger_post_batch_v2(
    p_month date, p_at timestamptz, p_actor text,
    p_ids uuid[], p_kinds text[], p_metadata jsonb[], p_reverses uuid[],
    p_ordinals integer[], p_addresses text[], p_assets text[], p_amounts bigint[]
) RETURNS uuid[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_legs public.ledger_legs_v1 := public.ledger_legs_of_v1(
        cardinality(p_ids), p_ordinals, p_addresses, p_assets, p_amounts);
    v_new integer[];
    v_accounts record;
BEGIN
    IF NOT v_legs.sound THEN
        PERFORM public.ledger_check_batch_v1(
            p_ids, p_ordinals,
            ARRAY(SELECT public.ledger_account_id_v2(u.address, u.asset)
                  FROM unnest(p_addresses, p_assets) WITH ORDINALITY AS u (address, asset, place)
                  ORDER BY u.place),
            p_assets, p_amounts);
    END IF;
    IF (SELECT count(DISTINCT u.id) FROM unnest(p_ids) AS u (id)) < cardinality(p_ids) THEN
        RAISE EXCEPTION 'A batch names each transaction once.' USING ERRCODE = 'FC001';
    END IF;
    v_new := public.ledger_insert_transactions_v1(
        p_month, p_at, p_actor, NULL, p_ids, p_kinds, p_metadata, p_reverses, v_legs.hashes);
    IF cardinality(v_new) < cardinality(p_ids) THEN
        PERFORM public.ledger_refuse_other_content_v1(
            p_ids, p_kinds, p_metadata, p_reverses, v_legs.hashes);
        IF cardinality(v_new) = 0 THEN
            RETURN '{}';
        END IF;
        v_legs := public.ledger_legs_among_v1(v_legs, v_new);
    END IF;
    -- In a statement of its own, after the transactions' rows are in.
    PERFORM public.ledger_check_month_v1(p_month, ARRAY(
        SELECT DISTINCT k.kind FROM unnest(p_kinds) WITH ORDINALITY AS k (kind, ordinal)
        JOIN unnest(v_new) AS u (ordinal) USING (ordinal)));
    PERFORM public.ledger_check_reverses_v1(array_remove(p_reverses, NULL));
    v_accounts := public.ledger_accounts_of_v1(v_legs, p_addresses, p_assets, p_month, p_at);
    IF v_accounts.past THEN
        PERFORM public.ledger_check_past_v1(v_legs, p_kinds, p_month);
    END IF;
    PERFORM public.ledger_post_legs_v2(p_month, p_ids, v_legs, v_accounts.tracked);
    PERFORM public.ledger_post_stripes_v1(v_legs, v_accounts.striped);
    RETURN ARRAY(SELECT p_ids[u.ordinal] FROM unnest(v_new) AS u (ordinal));
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
