-- Give the next share of a packet to a person and pay it, in one call from a client: what others
-- wait for is then held for this function and the commit, and for no way back and forth. As v1,
-- and reads itself how much the wallet may hold: the call is all there is to an opening.
--
-- Returns the share, or nothing where there is something to look into: the person may move nothing,
-- has opened one, is short of room for the largest share, or none is free.
-- Runs as whoever calls it; the ledger's function checks what the ledger must.
CREATE FUNCTION public.wallet_open_packet_v2(
    p_packet uuid, p_claimer uuid, p_now timestamptz,
    p_posting uuid, p_month date, p_actor text, p_metadata jsonb, p_source text, p_target text
) RETURNS SETOF public.wallet_packetshare
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_tier smallint;
    v_has_wallet boolean;
    v_share public.wallet_packetshare;
BEGIN
    SELECT claimer.tier INTO v_tier FROM public.wallet_holder AS claimer
    WHERE claimer.id = p_claimer AND claimer.frozen_at IS NULL
    FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    -- The person is held: nobody opens another share for it meanwhile.
    SELECT wallet.account_id IS NOT NULL INTO v_has_wallet
    FROM public.wallet_packet AS packet
    CROSS JOIN public.wallet_policy_v1(
        'wallet.coins_max', ARRAY['', 'tier', 'tier.' || v_tier], p_now) AS most
    LEFT JOIN public.ledger_balance AS wallet
        ON wallet.account_id = public.ledger_account_id_v2(p_target, 'COIN')
    WHERE packet.id = p_packet
      AND coalesce(wallet.balance, 0) + packet.largest_share <= most.value::bigint
      AND NOT EXISTS (SELECT FROM public.wallet_packetshare AS mine
                      WHERE mine.packet_id = p_packet AND mine.claimer_id = p_claimer);
    IF NOT FOUND THEN
        RETURN;
    END IF;
    -- A first share opens the wallet's account, while nobody waits for it.
    IF NOT v_has_wallet THEN
        PERFORM public.ledger_open_account_v1(p_target, 'COIN', p_now);
    END IF;
    -- One after the other, in the order they came. A line for a row that each of them changes is
    -- none: each commit wakes all who wait, and they run for the changed row anew.
    PERFORM pg_catalog.pg_advisory_xact_lock(
        pg_catalog.hashtextextended('openings of packet ' || p_packet::text, 0));
    -- The statement's snapshot is older than its lock on a share: whoever passed this share
    -- meanwhile is not among those it saw booked.
    UPDATE public.wallet_packetshare AS taken
    SET claimer_id = p_claimer, claimed_at = p_now, began_after = seen.version - 1
    FROM public.ledger_balance AS seen
    WHERE seen.account_id = public.ledger_account_id_v2(p_source, 'COIN')
      AND taken.id = (
          SELECT free.id FROM public.wallet_packetshare AS free
          WHERE free.packet_id = p_packet AND free.claimer_id IS NULL
            AND free.returned_at IS NULL
          ORDER BY free.position
          LIMIT 1
          FOR NO KEY UPDATE SKIP LOCKED)
    RETURNING taken.* INTO v_share;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    PERFORM public.ledger_post_v2(
        p_posting, 'packet_claim', p_month, p_now, p_actor, p_metadata, NULL,
        ARRAY[p_source, p_target], ARRAY['COIN', 'COIN'], ARRAY[-v_share.coins, v_share.coins]);
    RETURN NEXT v_share;
END
$$;
REVOKE EXECUTE ON FUNCTION public.wallet_open_packet_v2(
    uuid, uuid, timestamptz, uuid, date, text, jsonb, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.wallet_open_packet_v2(
    uuid, uuid, timestamptz, uuid, date, text, jsonb, text, text) TO flowcoin_app;
DROP FUNCTION public.wallet_open_packet_v1(
    uuid, uuid, uuid, smallint, uuid, bigint, timestamptz, uuid, date, text, jsonb, text, text);
