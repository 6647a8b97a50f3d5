-- A batch's accounts, looked up and opened in time that grows with the batch and with nothing else.
-- What each function takes, gives and refuses is as before. Three things grew faster: what was new
-- was joined with itself under a plan that expected a handful (row by row: a million pairs for each
-- thousand), texts were picked out of arrays by place (PostgreSQL walks there from the beginning),
-- and a pattern was tried for each address, which costs more than the account's row.

-- What expires with its month is found without passing over the coins beside it.
CREATE INDEX ledger_account_expiring
    ON public.ledger_account (address text_pattern_ops, expires_month)
    WHERE expires_month IS NOT NULL;

-- The rows of a batch's accounts: by probing their keys, in order, whatever the planner expects. In
-- one statement: an account that another opens meanwhile is either missing here or has its row.
CREATE FUNCTION public.ledger_rows_of_v1(
    p_accounts uuid[], OUT tracked bigint, OUT striped uuid[], OUT missing uuid[]
)
LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off
SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    SELECT count(*) FILTER (WHERE b.stripes = 0),
           coalesce(array_agg(u.account) FILTER (WHERE b.stripes > 0), '{}'),
           -- An untracked account has no row of a balance.
           coalesce(array_agg(u.account) FILTER (
               WHERE b.account_id IS NULL
                 AND (SELECT a.id FROM public.ledger_account a WHERE a.id = u.account) IS NULL), '{}')
    INTO tracked, striped, missing
    FROM (SELECT DISTINCT x FROM unnest(p_accounts) AS y (x) ORDER BY x) AS u (account)
    LEFT JOIN public.ledger_balance_row b ON b.account_id = u.account;
END
$$;

-- What some of a batch's accounts are called, each once.
CREATE FUNCTION public.ledger_names_of_v1(
    p_accounts uuid[], p_legs public.ledger_legs_v1, p_addresses text[], p_assets text[],
    OUT ids uuid[], OUT addresses text[], OUT assets text[]
)
LANGUAGE plpgsql SET enable_nestloop = off AS $$
BEGIN
    SELECT array_agg(n.account), array_agg(n.address), array_agg(n.asset)
    INTO ids, addresses, assets
    FROM (SELECT DISTINCT ON (u.account) u.account, a.address, a.asset
          FROM unnest(p_accounts) AS w (account)
          JOIN unnest(p_legs.accounts, p_legs.places) AS u (account, place)
              ON u.account = w.account
          JOIN unnest(p_addresses, p_assets) WITH ORDINALITY AS a (address, asset, place)
              ON a.place = u.place
          ORDER BY u.account) AS n;
END
$$;

-- Balance rows are looked at first: they are moved next, and most accounts have one.
CREATE OR REPLACE FUNCTION public.ledger_accounts_of_v1(
    p_legs public.ledger_legs_v1, p_addresses text[], p_assets text[], p_month date,
    p_at timestamptz, OUT tracked bigint, OUT striped uuid[], OUT past boolean
)
LANGUAGE plpgsql AS $$
DECLARE
    v_month text := to_char(p_month, 'YYYY-MM');
    v_rows record := public.ledger_rows_of_v1(p_legs.accounts);
    v_opened record;
BEGIN
    past := EXISTS (SELECT FROM (SELECT DISTINCT x FROM unnest(p_assets) AS y (x)) AS u (asset)
                    WHERE right(u.asset, 7) COLLATE "C" < v_month);
    IF cardinality(v_rows.missing) > 0 THEN
        PERFORM public.ledger_open_accounts_v2(n.ids, n.addresses, n.assets, p_at)
        FROM public.ledger_names_of_v1(v_rows.missing, p_legs, p_addresses, p_assets) AS n;
        v_opened := public.ledger_rows_of_v1(v_rows.missing);
        v_rows.tracked := v_rows.tracked + v_opened.tracked;
        v_rows.striped := v_rows.striped || v_opened.striped;
    END IF;
    tracked := v_rows.tracked;
    striped := ARRAY(SELECT u.account FROM unnest(v_rows.striped) AS u (account)
                     ORDER BY u.account);
END
$$;

-- Accounts, each with the kind of its address; null where it is of none. A pattern is tried once for
-- a shape: the address with nothing but zeros where its id stands. It says the same of both, where
-- it has `[0-9a-f-]{36}` as the whole of its second part and one way to go on. Of a word that some
-- pattern goes on from otherwise, addresses are tried as they are.
CREATE FUNCTION public.ledger_kinds_of_v1(p_ids uuid[], p_addresses text[], p_assets text[])
RETURNS TABLE (id uuid, address text, asset text, kind text)
LANGUAGE sql SET enable_nestloop = off AS $$
    WITH kinds AS MATERIALIZED (
        SELECT substring(split_part(k.pattern, '/', 1) FROM 2) AS word, k.name, k.pattern,
               k.pattern ~ '^\^[a-z]+/\[0-9a-f-\]\{36\}(/[^()|\\]*(\([^()\\?]*\)[^()|\\]*)*)?[$]$'
                   AS is_shaped
        FROM public.ledger_address_kind k),
    words AS (SELECT k.word, bool_and(k.is_shaped) AS are_shaped FROM kinds k GROUP BY k.word),
    asked AS MATERIALIZED (
        SELECT u.id, u.address, u.asset, u.word,
               CASE WHEN w.are_shaped AND length(u.named) = 36
                         AND translate(u.named, '0123456789abcdef-', '') = ''
                   THEN u.word || '/' || repeat('0', 36)
                        || substring(u.address FROM length(u.word) + 38)
                   ELSE u.address END AS shape
        FROM (SELECT x.id, x.address, x.asset, split_part(x.address, '/', 1) AS word,
                     split_part(x.address, '/', 2) AS named
              FROM unnest(p_ids, p_addresses, p_assets) AS x (id, address, asset) OFFSET 0) AS u
        LEFT JOIN words w ON w.word = u.word),
    shapes AS MATERIALIZED (
        SELECT DISTINCT ON (s.shape) s.shape, k.name
        FROM (SELECT DISTINCT a.shape, a.word FROM asked a) AS s
        JOIN kinds k ON k.word = s.word AND s.shape ~ k.pattern
        ORDER BY s.shape, k.name)
    SELECT a.id, a.address, a.asset, s.name
    FROM asked a LEFT JOIN shapes s ON s.shape = a.shape
$$;

-- Open many accounts at addresses of a known kind. Granted to nobody.
CREATE FUNCTION public.ledger_open_many_v1(
    p_ids uuid[], p_addresses text[], p_assets text[], p_at timestamptz
) RETURNS void
LANGUAGE plpgsql SET enable_nestloop = off AS $$
DECLARE
    v_unknown text;
BEGIN
    WITH named AS MATERIALIZED (
        SELECT n.id, n.address, n.asset, n.kind
        FROM public.ledger_kinds_of_v1(p_ids, p_addresses, p_assets) AS n),
    opened AS (
        INSERT INTO public.ledger_account
            (id, address, asset, kind, tracked, organisation, stripes, expires_month, opened_at)
        SELECT n.id, n.address, n.asset, k.name, k.tracked, k.organisation, k.stripes,
               CASE WHEN n.asset NOT IN ('COIN', 'CNY') THEN to_date(substring(
                   n.asset FROM '-(20[0-9]{2}-(?:0[1-9]|1[0-2]))$'), 'YYYY-MM') END, p_at
        FROM named n JOIN public.ledger_address_kind k ON k.name = n.kind
        ORDER BY n.id
        ON CONFLICT DO NOTHING
        RETURNING id, kind),
    -- Only who opened the account opens its balance: another's is already there.
    balances AS (
        INSERT INTO public.ledger_balance_row (account_id, floor, ceiling, stripes)
        SELECT o.id, k.floor, k.ceiling, k.stripes
        FROM opened o JOIN public.ledger_address_kind k ON k.name = o.kind
        WHERE k.tracked OR k.stripes > 0),
    striped AS (
        INSERT INTO public.ledger_stripe (account_id, stripe)
        SELECT o.id, s.stripe
        FROM opened o JOIN public.ledger_address_kind k ON k.name = o.kind AND k.stripes > 0
        CROSS JOIN LATERAL generate_series(0, k.stripes - 1) AS s (stripe))
    SELECT min(n.address COLLATE "C") INTO v_unknown FROM named n WHERE n.kind IS NULL;
    IF v_unknown IS NOT NULL THEN
        RAISE EXCEPTION 'No kind of account has the address %.', v_unknown
            USING ERRCODE = 'FC004', DETAIL = jsonb_build_object('address', v_unknown)::text;
    END IF;
END
$$;

-- Open accounts at addresses of a known kind: a few one by one, in the order in which accounts are
-- waited for. Granted to nobody.
CREATE OR REPLACE FUNCTION public.ledger_open_accounts_v2(
    p_ids uuid[], p_addresses text[], p_assets text[], p_at timestamptz
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_new record;
BEGIN
    IF cardinality(p_ids) > 8 THEN
        PERFORM public.ledger_open_many_v1(p_ids, p_addresses, p_assets, p_at);
        RETURN;
    END IF;
    FOR v_new IN
        SELECT u.id, u.address, u.asset
        FROM unnest(p_ids, p_addresses, p_assets) AS u (id, address, asset)
        WHERE NOT EXISTS (SELECT FROM public.ledger_account a WHERE a.id = u.id)
        ORDER BY u.id
    LOOP
        PERFORM public.ledger_open_one_v1(v_new.id, v_new.address, v_new.asset, p_at);
    END LOOP;
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
-- Who looks for many accounts by what they are called hashes each name once.
GRANT EXECUTE ON FUNCTION public.ledger_account_digest_v1(text, text),
    public.ledger_account_of_v1(bytea) TO flowcoin_app;
