-- The ledger's tables. Only the functions beside this file write them; nothing in
-- transaction, entry or account is ever updated or deleted.

-- An account's id is its address and asset, hashed: no look-up before a posting.
CREATE FUNCTION public.ledger_account_id_v1(p_address text, p_asset text) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT encode(set_byte(set_byte(d, 6, (get_byte(d, 6) & 15) | 128),
                           8, (get_byte(d, 8) & 63) | 128), 'hex')::uuid
    FROM (SELECT substring(sha256(convert_to(p_address || E'\x1f' || p_asset, 'UTF8'))
                           FROM 1 FOR 16) AS d) AS digest
$$;

-- The chart: which addresses exist, and what holds for each. Apps add their rows in migrations.
CREATE TABLE public.ledger_address_kind (
    name text PRIMARY KEY,
    pattern text NOT NULL UNIQUE,
    floor bigint,
    ceiling bigint,
    tracked boolean NOT NULL,
    organisation boolean NOT NULL,
    CONSTRAINT ledger_address_kind_bounds_need_tracking
        CHECK (tracked OR (floor IS NULL AND ceiling IS NULL))
);

-- closes: only while a month closes; past_assets: may move what is past its month.
CREATE TABLE public.ledger_transaction_kind (
    name text PRIMARY KEY,
    closes boolean NOT NULL DEFAULT false,
    past_assets boolean NOT NULL DEFAULT false
);

CREATE TABLE public.ledger_month (
    month date PRIMARY KEY,
    state text NOT NULL DEFAULT 'open',
    closing_at timestamptz,
    closed_at timestamptz,
    digest bytea,
    CONSTRAINT ledger_month_is_first_day CHECK (extract(day FROM month) = 1),
    CONSTRAINT ledger_month_state CHECK (state IN ('open', 'closing', 'closed'))
);

-- Raised by a restore: transaction ids of the server mean nothing in a copied database.
CREATE TABLE public.ledger_copy_epoch (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    epoch integer NOT NULL CHECK (epoch > 0)
);
INSERT INTO public.ledger_copy_epoch (epoch) VALUES (1);

CREATE TABLE public.ledger_account (
    id uuid PRIMARY KEY,
    address text NOT NULL,
    asset text NOT NULL,
    kind text NOT NULL REFERENCES public.ledger_address_kind (name),
    tracked boolean NOT NULL,
    organisation boolean NOT NULL,
    expires_month date,
    opened_at timestamptz NOT NULL,
    CONSTRAINT ledger_account_id_is_derived
        CHECK (id = public.ledger_account_id_v1(address, asset)),
    CONSTRAINT ledger_account_asset CHECK (asset ~
        '^(COIN|CNY|(SURPLUS|DATA|VOUCHER|DIRECT-[a-z0-9]+)-[A-Z]{2,4}-20[0-9]{2}-(0[1-9]|1[0-2]))$'),
    -- No person holds money.
    CONSTRAINT ledger_account_cny_is_for_organisations CHECK (asset <> 'CNY' OR organisation)
);
CREATE INDEX ledger_account_address ON public.ledger_account (address text_pattern_ops, asset);

-- A row to lock, for tracked accounts only; the bounds stand here so that the database holds them.
CREATE TABLE public.ledger_balance (
    account_id uuid PRIMARY KEY,
    balance bigint NOT NULL DEFAULT 0,
    version bigint NOT NULL DEFAULT 0,
    floor bigint,
    ceiling bigint,
    CONSTRAINT ledger_balance_floor CHECK (floor IS NULL OR balance >= floor),
    CONSTRAINT ledger_balance_ceiling CHECK (ceiling IS NULL OR balance <= ceiling)
) WITH (fillfactor = 50);

-- The primary key is the idempotency key, for ever: so this table is not partitioned.
CREATE TABLE public.ledger_transaction (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    month date NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    metadata jsonb NOT NULL,
    reverses uuid,
    legs_hash bytea NOT NULL,
    epoch integer NOT NULL,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE UNIQUE INDEX ledger_transaction_reverses ON public.ledger_transaction (reverses)
    WHERE reverses IS NOT NULL;
CREATE INDEX ledger_transaction_commit ON public.ledger_transaction (epoch, xid);
CREATE INDEX ledger_transaction_month_at ON public.ledger_transaction (month, at, id);

CREATE SEQUENCE public.ledger_entry_id;
-- version and balance_after are those of a tracked account; an untracked one has none.
CREATE TABLE public.ledger_entry (
    month date NOT NULL,
    account_id uuid NOT NULL,
    id bigint NOT NULL DEFAULT nextval('public.ledger_entry_id'),
    transaction_id uuid NOT NULL,
    amount bigint NOT NULL,
    version bigint,
    balance_after bigint,
    CONSTRAINT ledger_entry_moves CHECK (amount <> 0),
    PRIMARY KEY (month, account_id, id)
) PARTITION BY LIST (month);
CREATE INDEX ledger_entry_transaction ON public.ledger_entry (transaction_id);
