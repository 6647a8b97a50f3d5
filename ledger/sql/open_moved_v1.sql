-- A batch's new accounts, written as the batch leaves them: the account, its balance and its entries
-- in one statement, in place of a balance of nothing that the next statement moves. What
-- `ledger_post_batch_v2` takes, gives and refuses is as before.

-- Open many accounts that are missing, and post what moves on those that keep one balance: legs are
-- then the legs that are left. Those that would leave their bounds are opened with nothing, and their
-- legs left, for the posting that comes to refuse them. False, and nothing is done: another opened
-- one of them meanwhile. Granted to nobody.
CREATE FUNCTION public.ledger_open_moved_v1(
    p_month date, p_at timestamptz, p_ids uuid[], p_addresses text[], p_assets text[],
    p_missing uuid[], INOUT legs public.ledger_legs_v1, OUT tracked bigint, OUT striped uuid[],
    OUT opened boolean
)
LANGUAGE plpgsql SET enable_nestloop = off AS $$
DECLARE
    v_legs public.ledger_legs_v1 := legs;
    v_names record := public.ledger_names_of_v1(p_missing, legs, p_addresses, p_assets);
    v_unknown text;
BEGIN
    WITH placed AS MATERIALIZED (
        SELECT u.ordinal, u.account, u.amount, u.place, u.nth, m.account IS NOT NULL AS is_new
        FROM unnest(v_legs.ordinals, v_legs.accounts, v_legs.amounts, v_legs.places)
                 WITH ORDINALITY AS u (ordinal, account, amount, place, nth)
        LEFT JOIN unnest(p_missing) AS m (account) ON m.account = u.account),
    moves AS MATERIALIZED (
        SELECT p.ordinal, p.account, p.amount,
               row_number() OVER w AS nth, public.ledger_sum_v1(p.amount) OVER w AS running
        FROM placed p WHERE p.is_new
        WINDOW w AS (PARTITION BY p.account ORDER BY p.nth ROWS UNBOUNDED PRECEDING)),
    sums AS (
        SELECT m.account, count(*) AS legs, public.ledger_sum_v1(m.amount) AS total,
               min(m.running) AS low, max(m.running) AS high
        FROM moves m GROUP BY m.account),
    named AS MATERIALIZED (
        SELECT n.id, n.address, n.asset, k.name, k.tracked, k.organisation, k.stripes,
               k.floor, k.ceiling, s.legs, s.total,
               k.tracked AND (s.low >= k.floor) IS NOT FALSE AND (s.high <= k.ceiling) IS NOT FALSE
                   AS is_moved
        FROM public.ledger_kinds_of_v1(v_names.ids, v_names.addresses, v_names.assets) AS n
        JOIN sums s ON s.account = n.id
        LEFT JOIN public.ledger_address_kind k ON k.name = n.kind
        ORDER BY n.id),
    accounts AS (
        INSERT INTO public.ledger_account
            (id, address, asset, kind, tracked, organisation, stripes, expires_month, opened_at)
        SELECT n.id, n.address, n.asset, n.name, n.tracked, n.organisation, n.stripes,
               CASE WHEN n.asset NOT IN ('COIN', 'CNY') THEN to_date(substring(
                   n.asset FROM '-(20[0-9]{2}-(?:0[1-9]|1[0-2]))$'), 'YYYY-MM') END, p_at
        FROM named n WHERE n.name IS NOT NULL
        RETURNING id),
    -- When all accounts are in: whoever opens one alone takes its id before its balance too.
    balances AS (
        INSERT INTO public.ledger_balance_row
            (account_id, balance, version, floor, ceiling, stripes)
        SELECT n.id, CASE WHEN n.is_moved THEN n.total ELSE 0 END,
               CASE WHEN n.is_moved THEN n.legs ELSE 0 END, n.floor, n.ceiling, n.stripes
        FROM named n WHERE (n.tracked OR n.stripes > 0) AND (SELECT count(*) FROM accounts) > 0),
    stripes AS (
        INSERT INTO public.ledger_stripe (account_id, stripe)
        SELECT n.id, s.stripe
        FROM named n CROSS JOIN LATERAL generate_series(0, n.stripes - 1) AS s (stripe)
        WHERE n.stripes > 0),
    entries AS (
        INSERT INTO public.ledger_entry
            (month, account_id, transaction_id, amount, version, balance_after)
        SELECT p_month, m.account, p_ids[m.ordinal], m.amount, m.nth, m.running
        FROM moves m JOIN named n ON n.id = m.account AND n.is_moved
        ORDER BY m.account, m.nth),
    remaining AS (
        SELECT p.ordinal, p.account, p.amount, p.place, p.nth
        FROM placed p LEFT JOIN named n ON n.id = p.account
        WHERE n.is_moved IS NOT TRUE)
    SELECT r.ordinals, r.accounts, r.amounts, r.places, n.tracked, n.striped, n.unknown
    INTO legs.ordinals, legs.accounts, legs.amounts, legs.places, tracked, striped, v_unknown
    FROM (SELECT array_agg(x.ordinal ORDER BY x.nth) AS ordinals,
                 array_agg(x.account ORDER BY x.nth) AS accounts,
                 array_agg(x.amount ORDER BY x.nth) AS amounts,
                 array_agg(x.place ORDER BY x.nth) AS places
          FROM remaining x) AS r,
         (SELECT count(*) FILTER (WHERE x.tracked AND NOT x.is_moved) AS tracked,
                 coalesce(array_agg(x.id) FILTER (WHERE x.stripes > 0), '{}') AS striped,
                 min(x.address COLLATE "C") FILTER (WHERE x.name IS NULL) AS unknown
          FROM named x) AS n;
    IF v_unknown IS NOT NULL THEN
        RAISE EXCEPTION 'No kind of account has the address %.', v_unknown
            USING ERRCODE = 'FC004', DETAIL = jsonb_build_object('address', v_unknown)::text;
    END IF;
    opened := true;
EXCEPTION WHEN unique_violation THEN
    legs := v_legs;
    opened := false;
END
$$;

-- The rows of a batch's accounts, opened where they are missing, many with what moves on them: legs are
-- then those that are left, tracked how many of their accounts have one balance, striped those that
-- have several; past: whether any is in an asset past its month. Granted to nobody.
CREATE FUNCTION public.ledger_accounts_moved_v1(
    p_month date, p_at timestamptz, p_ids uuid[], p_addresses text[], p_assets text[],
    INOUT legs public.ledger_legs_v1, OUT tracked bigint, OUT striped uuid[], OUT past boolean
)
LANGUAGE plpgsql AS $$
DECLARE
    v_month text := to_char(p_month, 'YYYY-MM');
    v_rows record := public.ledger_rows_of_v1(legs.accounts);
    v_more record;
    v_opened boolean := false;
BEGIN
    past := EXISTS (SELECT FROM (SELECT DISTINCT x FROM unnest(p_assets) AS y (x)) AS u (asset)
                    WHERE right(u.asset, 7) COLLATE "C" < v_month);
    tracked := v_rows.tracked;
    striped := v_rows.striped;
    IF cardinality(v_rows.missing) > 8 THEN
        v_more := public.ledger_open_moved_v1(
            p_month, p_at, p_ids, p_addresses, p_assets, v_rows.missing, legs);
        v_opened := v_more.opened;
        legs := v_more.legs;
    END IF;
    IF cardinality(v_rows.missing) > 0 AND NOT v_opened THEN
        PERFORM public.ledger_open_accounts_v2(n.ids, n.addresses, n.assets, p_at)
        FROM public.ledger_names_of_v1(v_rows.missing, legs, p_addresses, p_assets) AS n;
        v_more := public.ledger_rows_of_v1(v_rows.missing);
    END IF;
    IF cardinality(v_rows.missing) > 0 THEN
        tracked := tracked + v_more.tracked;
        striped := striped || v_more.striped;
    END IF;
    striped := ARRAY(SELECT u.account FROM unnest(striped) AS u (account) ORDER BY u.account);
END
$$;

-- As before, but for what it does with new accounts.
CREATE OR REPLACE FUNCTION public.ledger_post_batch_v2(
    p_month date, p_at timestamptz, p_actor text,
    p_ids uuid[], p_kinds text[], p_metadata jsonb[], p_reverses uuid[],
    p_ordinals integer[], p_addresses text[], p_assets text[], p_amounts bigint[]
) RETURNS uuid[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_legs public.ledger_legs_v1 := public.ledger_legs_of_v1(
        cardinality(p_ids), p_ordinals, p_addresses, p_assets, p_amounts);
    v_ids uuid[] := p_ids;
    v_kinds text[] := p_kinds;
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
    IF NOT public.ledger_insert_new_v1(
           p_month, p_at, p_actor, p_ids, p_kinds, p_metadata, p_reverses, v_legs.hashes) THEN
        IF (SELECT count(DISTINCT u.id) FROM unnest(p_ids) AS u (id)) < cardinality(p_ids) THEN
            RAISE EXCEPTION 'A batch names each transaction once.' USING ERRCODE = 'FC001';
        END IF;
        v_new := public.ledger_insert_transactions_v1(
            p_month, p_at, p_actor, NULL, p_ids, p_kinds, p_metadata, p_reverses, v_legs.hashes);
        PERFORM public.ledger_refuse_other_content_v1(
            p_ids, p_kinds, p_metadata, p_reverses, v_legs.hashes);
        IF cardinality(v_new) = 0 THEN
            RETURN '{}';
        END IF;
        v_legs := public.ledger_legs_among_v1(v_legs, v_new);
        v_ids := ARRAY(SELECT p_ids[u.ordinal] FROM unnest(v_new) AS u (ordinal));
        v_kinds := ARRAY(SELECT p_kinds[u.ordinal] FROM unnest(v_new) AS u (ordinal));
    END IF;
    -- In a statement of its own, after the transactions' rows are in.
    PERFORM public.ledger_check_month_v1(
        p_month, ARRAY(SELECT DISTINCT u.kind FROM unnest(v_kinds) AS u (kind)));
    PERFORM public.ledger_check_reverses_v1(array_remove(p_reverses, NULL));
    v_accounts := public.ledger_accounts_moved_v1(
        p_month, p_at, p_ids, p_addresses, p_assets, v_legs);
    IF v_accounts.past THEN
        PERFORM public.ledger_check_past_v1(v_legs, p_kinds, p_month);
    END IF;
    PERFORM public.ledger_post_legs_v2(p_month, p_ids, v_accounts.legs, v_accounts.tracked);
    PERFORM public.ledger_post_stripes_v1(v_accounts.legs, v_accounts.striped);
    RETURN v_ids;
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
