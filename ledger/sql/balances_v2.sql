-- Balances, some of them in stripes. An account whose every posting would wait for one row, and
-- which has a floor all the same, keeps its balance in several rows that are drawn one at a time.
-- `ledger_balance` stays what it was to its readers: one row for each account that has a balance.

ALTER TABLE public.ledger_address_kind
    ADD COLUMN stripes smallint NOT NULL DEFAULT 0,
    DROP CONSTRAINT ledger_address_kind_bounds_need_tracking,
    ADD CONSTRAINT ledger_address_kind_bounds_need_a_balance
        CHECK (tracked OR stripes > 0 OR (floor IS NULL AND ceiling IS NULL)),
    -- Entries of a striped account have no balance after them: it is not tracked.
    ADD CONSTRAINT ledger_address_kind_stripes
        CHECK (stripes = 0 OR (stripes BETWEEN 2 AND 64 AND NOT tracked
                               AND floor = 0 AND ceiling IS NULL));
ALTER TABLE public.ledger_account ADD COLUMN stripes smallint NOT NULL DEFAULT 0;

ALTER TABLE public.ledger_balance RENAME TO ledger_balance_row;
ALTER TABLE public.ledger_balance_row
    ADD COLUMN stripes smallint NOT NULL DEFAULT 0,
    DROP CONSTRAINT ledger_balance_floor,
    DROP CONSTRAINT ledger_balance_ceiling,
    -- One constraint, because each is read anew by every statement; an absent bound passes. What a
    -- striped account holds stands in its stripes alone.
    ADD CONSTRAINT ledger_balance_bounds CHECK (
        balance >= floor AND balance <= ceiling AND (stripes = 0 OR balance = 0));

-- Bounded so that the sum of an account's 64 stripes fits a bigint.
CREATE TABLE public.ledger_stripe (
    account_id uuid NOT NULL,
    stripe smallint NOT NULL,
    balance bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (account_id, stripe),
    CONSTRAINT ledger_stripe_floor CHECK (balance >= 0),
    CONSTRAINT ledger_stripe_fits CHECK (balance < 144115188075855872)
) WITH (fillfactor = 50);
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.ledger_stripe
    FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_append_only_v1();
CREATE TRIGGER no_delete BEFORE DELETE ON public.ledger_stripe
    FOR EACH ROW EXECUTE FUNCTION public.ledger_append_only_v1();

CREATE VIEW public.ledger_balance AS
SELECT r.account_id,
       CASE WHEN r.stripes = 0 THEN r.balance
            ELSE (SELECT sum(s.balance)::bigint FROM public.ledger_stripe s
                  WHERE s.account_id = r.account_id) END AS balance,
       r.version, r.floor, r.ceiling
FROM public.ledger_balance_row r;

-- Keep the balances of a kind in stripes from now on, those of its open accounts as well.
-- For migrations, as the owner.
CREATE FUNCTION public.ledger_stripe_kind_v1(p_kind text, p_stripes smallint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    LOCK TABLE public.ledger_balance_row IN SHARE ROW EXCLUSIVE MODE;
    UPDATE public.ledger_address_kind SET tracked = false, stripes = p_stripes WHERE name = p_kind;
    ALTER TABLE public.ledger_account DISABLE TRIGGER append_only;
    UPDATE public.ledger_account SET tracked = false, stripes = p_stripes WHERE kind = p_kind;
    ALTER TABLE public.ledger_account ENABLE TRIGGER append_only;
    INSERT INTO public.ledger_stripe (account_id, stripe, balance)
    SELECT r.account_id, s.stripe, r.balance / p_stripes + (s.stripe < r.balance % p_stripes)::integer
    FROM public.ledger_balance_row r
    JOIN public.ledger_account a ON a.id = r.account_id AND a.kind = p_kind
    CROSS JOIN generate_series(0, p_stripes - 1) AS s (stripe)
    WHERE r.stripes = 0;
    UPDATE public.ledger_balance_row r SET balance = 0, stripes = p_stripes
    FROM public.ledger_account a WHERE a.id = r.account_id AND a.kind = p_kind AND r.stripes = 0;
END
$$;

-- Open accounts at addresses of a known kind. Granted to nobody.
CREATE FUNCTION public.ledger_open_accounts_v2(
    p_ids uuid[], p_addresses text[], p_assets text[], p_at timestamptz
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_unknown text;
BEGIN
    SELECT u.address INTO v_unknown
    FROM unnest(p_addresses) AS u (address)
    WHERE NOT EXISTS (SELECT FROM public.ledger_address_kind k WHERE u.address ~ k.pattern)
    ORDER BY 1 LIMIT 1;
    IF v_unknown IS NOT NULL THEN
        RAISE EXCEPTION 'No kind of account has the address %.', v_unknown
            USING ERRCODE = 'FC004', DETAIL = jsonb_build_object('address', v_unknown)::text;
    END IF;
    WITH named AS MATERIALIZED (
        SELECT DISTINCT ON (u.id) u.id, u.address, u.asset, k.name, k.tracked, k.organisation,
               k.floor, k.ceiling, k.stripes
        FROM unnest(p_ids, p_addresses, p_assets) AS u (id, address, asset)
        JOIN public.ledger_address_kind k ON u.address ~ k.pattern
        ORDER BY u.id),
    opened AS (
        INSERT INTO public.ledger_account
            (id, address, asset, kind, tracked, organisation, stripes, expires_month, opened_at)
        SELECT n.id, n.address, n.asset, n.name, n.tracked, n.organisation, n.stripes,
               to_date(substring(n.asset FROM '-(20[0-9]{2}-(?:0[1-9]|1[0-2]))$'), 'YYYY-MM'), p_at
        FROM named n ORDER BY n.id
        ON CONFLICT DO NOTHING
        RETURNING id),
    -- Only who opened the account opens its balance: another's is already there.
    balances AS (
        INSERT INTO public.ledger_balance_row (account_id, floor, ceiling, stripes)
        SELECT n.id, n.floor, n.ceiling, n.stripes
        FROM named n JOIN opened o ON o.id = n.id
        WHERE n.tracked OR n.stripes > 0)
    INSERT INTO public.ledger_stripe (account_id, stripe)
    SELECT n.id, s.stripe
    FROM named n JOIN opened o ON o.id = n.id
    CROSS JOIN LATERAL generate_series(0, n.stripes - 1) AS s (stripe);
END
$$;
