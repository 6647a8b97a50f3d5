-- Opening many accounts, as before, with half of its work: an address is tried only against the
-- patterns that begin with its first word, found by joining the words, and once. What was looked for
-- ahead, an address of no kind, is what then is missing.
CREATE OR REPLACE FUNCTION public.ledger_open_accounts_v2(
    p_ids uuid[], p_addresses text[], p_assets text[], p_at timestamptz
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_unknown text;
    v_named bigint;
    v_new record;
BEGIN
    IF cardinality(p_ids) <= 8 THEN
        FOR v_new IN
            SELECT u.id, u.address, u.asset
            FROM unnest(p_ids, p_addresses, p_assets) AS u (id, address, asset)
            WHERE NOT EXISTS (SELECT FROM public.ledger_account a WHERE a.id = u.id)
            ORDER BY u.id
        LOOP
            PERFORM public.ledger_open_one_v1(v_new.id, v_new.address, v_new.asset, p_at);
        END LOOP;
        RETURN;
    END IF;
    WITH kinds AS MATERIALIZED (
        SELECT substring(split_part(k.pattern, '/', 1) FROM 2) AS word, k.*
        FROM public.ledger_address_kind k),
    named AS MATERIALIZED (
        SELECT DISTINCT ON (u.id) u.id, u.address, u.asset, k.name, k.tracked, k.organisation,
               k.floor, k.ceiling, k.stripes
        FROM unnest(p_ids, p_addresses, p_assets) AS u (id, address, asset)
        JOIN kinds k ON k.word = split_part(u.address, '/', 1) AND u.address ~ k.pattern
        ORDER BY u.id),
    opened AS (
        INSERT INTO public.ledger_account
            (id, address, asset, kind, tracked, organisation, stripes, expires_month, opened_at)
        SELECT n.id, n.address, n.asset, n.name, n.tracked, n.organisation, n.stripes,
               to_date(substring(n.asset FROM '-(20[0-9]{2}-(?:0[1-9]|1[0-2]))$'), 'YYYY-MM'), p_at
        FROM named n ORDER BY n.id
        ON CONFLICT DO NOTHING
        RETURNING id, stripes),
    -- Only who opened the account opens its balance: another's is already there.
    balances AS (
        INSERT INTO public.ledger_balance_row (account_id, floor, ceiling, stripes)
        SELECT n.id, n.floor, n.ceiling, n.stripes
        FROM named n JOIN opened o ON o.id = n.id
        WHERE n.tracked OR n.stripes > 0),
    striped AS (
        INSERT INTO public.ledger_stripe (account_id, stripe)
        SELECT o.id, s.stripe
        FROM opened o CROSS JOIN LATERAL generate_series(0, o.stripes - 1) AS s (stripe)
        WHERE o.stripes > 0)
    SELECT count(*) INTO v_named FROM named;
    IF v_named < (SELECT count(DISTINCT u.id) FROM unnest(p_ids) AS u (id)) THEN
        SELECT u.address INTO v_unknown
        FROM unnest(p_addresses) AS u (address)
        WHERE NOT EXISTS (SELECT FROM public.ledger_address_kind k WHERE u.address ~ k.pattern)
        ORDER BY 1 LIMIT 1;
        RAISE EXCEPTION 'No kind of account has the address %.', v_unknown
            USING ERRCODE = 'FC004', DETAIL = jsonb_build_object('address', v_unknown)::text;
    END IF;
END
$$;
