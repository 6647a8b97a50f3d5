-- Post many transactions of one month at one instant, each for itself: what would be posted one
-- by one in this order is posted, and each that would be refused is said to be, in the words of
-- a single posting. A refusal is of the moment at which it was found.

-- state: posted, repeated or refused; the rest says why it was refused.
CREATE TYPE public.ledger_result_v1 AS (
    ordinal integer, state text, code text, of_constraint text, message text, detail text
);

CREATE FUNCTION public.ledger_post_each_v1(
    p_month date, p_at timestamptz, p_actor text,
    p_ids uuid[], p_kinds text[], p_metadata jsonb[], p_reverses uuid[],
    p_ordinals integer[], p_addresses text[], p_assets text[], p_amounts bigint[]
) RETURNS SETOF public.ledger_result_v1
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_legs public.ledger_legs_v1 := public.ledger_legs_of_v1(
        cardinality(p_ids), p_ordinals, p_addresses, p_assets, p_amounts);
    v_results public.ledger_result_v1[] := '{}';
    v_found public.ledger_result_v1[];
    v_live integer[] := ARRAY(SELECT generate_series(1, cardinality(p_ids)));
    v_rounds integer := 0;
    v_new integer[];
    v_accounts record;
BEGIN
    IF (SELECT count(DISTINCT u.id) FROM unnest(p_ids) AS u (id)) < cardinality(p_ids) THEN
        RAISE EXCEPTION 'A batch names each transaction once.' USING ERRCODE = 'FC001';
    ELSIF EXISTS (SELECT FROM unnest(p_ordinals) AS u (ordinal)
                  WHERE (u.ordinal BETWEEN 1 AND cardinality(p_ids)) IS NOT TRUE) THEN
        RAISE EXCEPTION 'A leg is of none of these transactions.' USING ERRCODE = 'FC001';
    ELSIF NOT v_legs.sound THEN
        v_legs.hashes := public.ledger_hashes_by_ordinal_v1(v_legs, cardinality(p_ids));
    END IF;
    LOOP
        -- What is refused whatever the balances are is found while nothing is held.
        v_found := public.ledger_trials_v1(
            v_live, v_legs.sound, v_rounds > 0, p_month, p_at, p_ids, p_kinds,
            p_metadata, p_reverses, p_ordinals, p_addresses, p_assets, p_amounts);
        v_results := v_results || v_found;
        v_live := public.ledger_without_v1(v_live, v_found);
        v_found := public.ledger_reversed_twice_v1(v_live, p_reverses);
        v_results := v_results || v_found;
        v_live := public.ledger_without_v1(v_live, v_found);
        EXIT WHEN cardinality(v_live) = 0;
        BEGIN
            v_new := public.ledger_insert_transactions_v1(
                p_month, p_at, p_actor, v_live,
                p_ids, p_kinds, p_metadata, p_reverses, v_legs.hashes);
            PERFORM public.ledger_refuse_other_content_v1(
                array_agg(p_ids[u.live]), array_agg(p_kinds[u.live]), array_agg(p_metadata[u.live]),
                array_agg(p_reverses[u.live]), array_agg(v_legs.hashes[u.live]))
            FROM unnest(v_live) AS u (live) WHERE u.live <> ALL (v_new);
            v_results := v_results || ARRAY(
                SELECT ROW(u.live, 'repeated', NULL, NULL, NULL, NULL)::public.ledger_result_v1
                FROM unnest(v_live) AS u (live) WHERE u.live <> ALL (v_new));
            v_live := v_new;
            EXIT WHEN cardinality(v_live) = 0;
            v_legs := public.ledger_legs_among_v1(v_legs, v_live);
            -- In a statement of its own, after the transactions' rows are in.
            PERFORM public.ledger_check_month_v1(
                p_month, ARRAY(SELECT DISTINCT p_kinds[u.live] FROM unnest(v_live) AS u (live)));
            PERFORM public.ledger_check_reverses_v1(ARRAY(
                SELECT p_reverses[u.live] FROM unnest(v_live) AS u (live)
                WHERE p_reverses[u.live] IS NOT NULL));
            v_accounts := public.ledger_accounts_of_v1(v_legs, p_addresses, p_assets, p_month, p_at);
            v_found := public.ledger_short_v1(v_legs, v_accounts.striped);
            IF cardinality(v_found) > 0 THEN
                RAISE EXCEPTION 'Some of these are refused.' USING ERRCODE = 'FC0EA';
            END IF;
            PERFORM public.ledger_post_legs_v2(p_month, p_ids, v_legs, v_accounts.tracked);
            PERFORM public.ledger_post_stripes_v1(v_legs, v_accounts.striped);
            v_results := v_results || ARRAY(
                SELECT ROW(u.live, 'posted', NULL, NULL, NULL, NULL)::public.ledger_result_v1
                FROM unnest(v_live) AS u (live));
            EXIT;
        EXCEPTION
            -- The block is undone and its locks let go: once more, without those refused.
            WHEN SQLSTATE 'FC0EA' THEN
                v_results := v_results || v_found;
                v_live := public.ledger_without_v1(v_live, v_found);
            -- One of them cannot be posted, or came in between: trials of all say which.
            WHEN SQLSTATE 'FC002' OR SQLSTATE 'FC004' OR SQLSTATE 'FC006' OR SQLSTATE 'FC007'
                 OR SQLSTATE 'FC010' OR unique_violation OR check_violation THEN
                v_rounds := v_rounds + 1;
                IF v_rounds > 5 THEN
                    RAISE;
                END IF;
        END;
    END LOOP;
    RETURN QUERY SELECT * FROM unnest(v_results) AS r ORDER BY r.ordinal;
END
$$;

CREATE FUNCTION public.ledger_without_v1(p_live integer[], p_found public.ledger_result_v1[])
RETURNS integer[]
LANGUAGE sql AS $$
    SELECT ARRAY(SELECT u.live FROM unnest(p_live) WITH ORDINALITY AS u (live, place)
                 WHERE u.live NOT IN (SELECT f.ordinal FROM unnest(p_found) AS f) ORDER BY u.place)
$$;

-- Where transactions without legs are among them, the hashes stand closer: give each its place.
CREATE FUNCTION public.ledger_hashes_by_ordinal_v1(p_legs public.ledger_legs_v1, p_transactions integer)
RETURNS bytea[]
LANGUAGE sql AS $$
    SELECT array_agg(p_legs.hashes[d.nth] ORDER BY g.ordinal)
    FROM generate_series(1, p_transactions) AS g (ordinal)
    LEFT JOIN (SELECT u.ordinal, row_number() OVER (ORDER BY u.ordinal) AS nth
               FROM (SELECT DISTINCT o FROM unnest(p_legs.ordinals) AS x (o)) AS u (ordinal)) AS d
        USING (ordinal)
$$;

-- All but the first of those that reverse the same, in the words of the index that forbids it.
CREATE FUNCTION public.ledger_reversed_twice_v1(p_live integer[], p_reverses uuid[])
RETURNS public.ledger_result_v1[]
LANGUAGE sql AS $$
    SELECT ARRAY(
        SELECT ROW(r.live, 'refused', '23505', 'ledger_transaction_reverses',
                   'duplicate key value violates unique constraint "ledger_transaction_reverses"',
                   '')::public.ledger_result_v1
        FROM (SELECT u.live, row_number() OVER (PARTITION BY p_reverses[u.live] ORDER BY u.live) AS nth
              FROM unnest(p_live) AS u (live) WHERE p_reverses[u.live] IS NOT NULL) AS r
        WHERE r.nth > 1)
$$;

-- Try, one by one and undone each time, those that look as if a single posting of them would be
-- refused (p_all: each), and return the refusals. Balances are not touched: whether they are
-- short depends on what is posted before.
CREATE FUNCTION public.ledger_trials_v1(
    p_live integer[], p_sound boolean, p_all boolean, p_month date, p_at timestamptz,
    p_ids uuid[], p_kinds text[], p_metadata jsonb[], p_reverses uuid[],
    p_ordinals integer[], p_addresses text[], p_assets text[], p_amounts bigint[]
) RETURNS public.ledger_result_v1[]
LANGUAGE plpgsql AS $$
DECLARE
    v_found public.ledger_result_v1[] := '{}';
    v_ids uuid[] := ARRAY(SELECT p_ids[u.live] FROM unnest(p_live) AS u (live));
    v_one record;
    v_code text;
    v_constraint text;
    v_message text;
    v_detail text;
BEGIN
    FOR v_one IN
        WITH legs AS MATERIALIZED (
            SELECT l.ordinal, l.address, l.asset, l.amount, l.place
            FROM unnest(p_ordinals, p_addresses, p_assets, p_amounts) WITH ORDINALITY
                     AS l (ordinal, address, asset, amount, place)),
        whole AS (
            SELECT l.ordinal, array_agg(l.address ORDER BY l.place) AS addresses,
                   array_agg(l.asset ORDER BY l.place) AS assets,
                   array_agg(l.amount ORDER BY l.place) AS amounts
            FROM legs l GROUP BY l.ordinal),
        strange AS (
            SELECT l.ordinal FROM legs l
            LEFT JOIN public.ledger_account a
                ON a.id = public.ledger_account_id_v2(l.address, l.asset)
            WHERE (a.id IS NULL AND NOT EXISTS (
                      SELECT FROM public.ledger_address_kind k WHERE l.address ~ k.pattern))
               OR right(l.asset, 7) COLLATE "C" < to_char(p_month, 'YYYY-MM')
               OR (NOT p_sound AND (l.amount = 0 OR l.amount IS NULL OR l.asset IS NULL))
            UNION
            SELECT l.ordinal FROM legs l WHERE NOT p_sound GROUP BY l.ordinal, l.asset
            HAVING sum(l.amount) <> 0 OR count(*) > count(DISTINCT l.address))
        SELECT u.ordinal::integer, u.id, u.kind, u.metadata, u.reverses,
               w.addresses, w.assets, w.amounts
        FROM unnest(p_ids, p_kinds, p_metadata, p_reverses) WITH ORDINALITY
                 AS u (id, kind, metadata, reverses, ordinal)
        LEFT JOIN whole w ON w.ordinal = u.ordinal
        LEFT JOIN public.ledger_transaction_kind k ON k.name = u.kind
        LEFT JOIN public.ledger_month m ON m.month = p_month
        WHERE u.ordinal = ANY (p_live)
          AND (p_all OR u.reverses IS NOT NULL OR w.ordinal IS NULL
               OR (m.state = CASE WHEN k.closes THEN 'closing' ELSE 'open' END) IS NOT TRUE
               OR u.ordinal IN (SELECT s.ordinal FROM strange s))
        ORDER BY u.ordinal
    LOOP
        BEGIN
            PERFORM public.ledger_try_v1(
                v_one.id, v_one.kind, p_month, p_at, v_one.metadata, v_one.reverses,
                v_one.addresses, v_one.assets, v_one.amounts);
            -- Undoes the block, and so the accounts it may have opened.
            RAISE EXCEPTION 'Nothing refuses it.' USING ERRCODE = 'FC0UN';
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS
                v_code = RETURNED_SQLSTATE, v_constraint = CONSTRAINT_NAME,
                v_message = MESSAGE_TEXT, v_detail = PG_EXCEPTION_DETAIL;
            IF v_code NOT LIKE 'FC0%' AND v_code NOT IN ('22003', '23505', '23514') THEN
                RAISE;
            ELSIF v_code <> 'FC0UN' AND NOT (v_code = 'FC010' AND v_one.reverses = ANY (v_ids)) THEN
                v_found := v_found || ROW(v_one.ordinal, 'refused', v_code, v_constraint,
                                          v_message, v_detail)::public.ledger_result_v1;
            END IF;
        END;
    END LOOP;
    RETURN v_found;
END
$$;

-- Refuse what a single posting of this would refuse before it comes to balances, in its order.
-- Nothing in here may be a block with handlers: who waits for what such a block did waits for the
-- whole transaction, though this one try is undone.
CREATE FUNCTION public.ledger_try_v1(
    p_id uuid, p_kind text, p_month date, p_at timestamptz, p_metadata jsonb,
    p_reverses uuid, p_addresses text[], p_assets text[], p_amounts bigint[]
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_ids uuid[];
    v_addresses text[];
    v_assets text[];
    v_amounts bigint[];
    v_legs_hash bytea;
    v_expired text;
BEGIN
    SELECT array_agg(l.id ORDER BY l.id), array_agg(l.address ORDER BY l.id),
           array_agg(l.asset ORDER BY l.id), array_agg(l.amount ORDER BY l.id),
           sha256(string_agg(uuid_send(l.id) || int8send(l.amount), ''::bytea ORDER BY l.id))
    INTO v_ids, v_addresses, v_assets, v_amounts, v_legs_hash
    FROM (SELECT public.ledger_account_id_v2(u.address, u.asset) AS id, u.address, u.asset, u.amount
          FROM unnest(p_addresses, p_assets, p_amounts) AS u (address, asset, amount)) AS l;
    PERFORM public.ledger_check_legs_v1(v_ids, v_assets, v_amounts);
    IF EXISTS (SELECT FROM public.ledger_transaction t WHERE t.id = p_id) THEN
        PERFORM public.ledger_refuse_other_content_v1(
            ARRAY[p_id], ARRAY[p_kind], ARRAY[p_metadata], ARRAY[p_reverses], ARRAY[v_legs_hash]);
        RETURN;
    END IF;
    IF EXISTS (SELECT FROM public.ledger_transaction t WHERE t.reverses = p_reverses) THEN
        RAISE EXCEPTION 'duplicate key value violates unique constraint "ledger_transaction_reverses"'
            USING ERRCODE = '23505', CONSTRAINT = 'ledger_transaction_reverses';
    END IF;
    PERFORM public.ledger_check_month_v1(p_month, ARRAY[p_kind]);
    PERFORM public.ledger_check_reverses_v1(ARRAY[p_reverses]);
    IF (SELECT count(*) FROM public.ledger_account a WHERE a.id = ANY (v_ids)) < cardinality(v_ids) THEN
        PERFORM public.ledger_open_accounts_v2(v_ids, v_addresses, v_assets, p_at);
    END IF;
    SELECT min(a.asset) INTO v_expired FROM public.ledger_account a
    WHERE a.id = ANY (v_ids) AND a.expires_month < p_month
      AND NOT (SELECT k.past_assets FROM public.ledger_transaction_kind k WHERE k.name = p_kind);
    IF v_expired IS NOT NULL THEN
        PERFORM public.ledger_refuse_expired_v1(v_expired);
    END IF;
END
$$;

-- Hold the balances of these legs in the one order, go through the transactions in theirs, and
-- return those that a balance refuses.
CREATE FUNCTION public.ledger_short_v1(p_legs public.ledger_legs_v1, p_striped uuid[])
RETURNS public.ledger_result_v1[]
LANGUAGE plpgsql AS $$
DECLARE
    v_found public.ledger_result_v1[] := '{}';
    v_ordinals integer[] := p_legs.ordinals;
    v_amounts bigint[] := p_legs.amounts;
    v_accounts uuid[];
    v_places integer[];
    v_balances numeric[];
    v_floors bigint[];
    v_ceilings bigint[];
    v_first integer := 1;
    v_last integer;
    v_bad integer;
    v_after numeric;
BEGIN
    PERFORM FROM public.ledger_balance_row b
    WHERE b.account_id = ANY (p_legs.accounts) AND b.stripes = 0
    ORDER BY b.account_id FOR NO KEY UPDATE;
    PERFORM public.ledger_hold_stripes_v1(u.account)
    FROM unnest(p_striped) WITH ORDINALITY AS u (account, place) ORDER BY u.place;

    SELECT array_agg(u.account ORDER BY u.account) INTO v_accounts
    FROM (SELECT DISTINCT x FROM unnest(p_legs.accounts) AS y (x)) AS u (account);
    SELECT array_agg(d.place ORDER BY l.nth) INTO v_places
    FROM unnest(p_legs.accounts) WITH ORDINALITY AS l (account, nth)
    JOIN unnest(v_accounts) WITH ORDINALITY AS d (account, place) USING (account);
    SELECT array_agg(b.balance ORDER BY d.place), array_agg(b.floor ORDER BY d.place),
           array_agg(b.ceiling ORDER BY d.place)
    INTO v_balances, v_floors, v_ceilings
    FROM unnest(v_accounts) WITH ORDINALITY AS d (account, place)
    LEFT JOIN public.ledger_balance b ON b.account_id = d.account;

    WHILE v_first <= cardinality(v_ordinals) LOOP
        v_last := v_first;
        v_bad := NULL;
        WHILE v_ordinals[v_last] = v_ordinals[v_first] LOOP
            v_after := v_balances[v_places[v_last]] + v_amounts[v_last];
            IF v_bad IS NULL AND (v_after < v_floors[v_places[v_last]]
                                  OR v_after > v_ceilings[v_places[v_last]]
                                  OR abs(v_after) > 9223372036854775807) THEN
                v_bad := v_last;
            END IF;
            v_last := v_last + 1;
        END LOOP;
        IF v_bad IS NULL THEN
            FOR i IN v_first .. v_last - 1 LOOP
                v_balances[v_places[i]] := v_balances[v_places[i]] + v_amounts[i];
            END LOOP;
        ELSE
            v_found := v_found || public.ledger_short_result_v1(
                v_ordinals[v_first], v_accounts[v_places[v_bad]],
                v_balances[v_places[v_bad]], v_amounts[v_bad]);
        END IF;
        v_first := v_last;
    END LOOP;
    RETURN v_found;
END
$$;

-- The words in which a single posting refuses an amount at a balance.
CREATE FUNCTION public.ledger_short_result_v1(
    p_ordinal integer, p_account uuid, p_balance numeric, p_amount bigint
) RETURNS public.ledger_result_v1
LANGUAGE sql AS $$
    SELECT CASE WHEN abs(p_balance + p_amount) > 9223372036854775807
        THEN ROW(p_ordinal, 'refused', '22003', '', 'bigint out of range',
                 '')::public.ledger_result_v1
        ELSE ROW(p_ordinal, 'refused', CASE WHEN p_amount < 0 THEN 'FC003' ELSE 'FC009' END, '',
                 format('%s holds %s %s; %s more would leave its bounds.',
                        a.address, p_balance, a.asset, p_amount),
                 jsonb_build_object('address', a.address, 'asset', a.asset,
                                    'balance', p_balance, 'amount', p_amount)::text
                )::public.ledger_result_v1 END
    FROM public.ledger_account a WHERE a.id = p_account
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.ledger_post_each_v1(
    date, timestamptz, text, uuid[], text[], jsonb[], uuid[], integer[], text[], text[], bigint[])
    TO flowcoin_app;
