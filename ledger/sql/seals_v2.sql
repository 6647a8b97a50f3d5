-- Sealing that keeps up with posting: the same bytes as in seals_v1.sql, written by functions the
-- planner inlines (those of v1 cost 40 µs an entry), and found through indexes only. They are
-- STABLE because convert_to is: what says more of itself than its body is not inlined.

-- A field: the length of its UTF-8 in 4 bytes, then the bytes; an absent one is the length -1.
CREATE FUNCTION public.ledger_seal_text_v2(p text) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(int4send(octet_length(p)) || convert_to(p, 'UTF8'), '\xffffffff'::bytea)
$$;

-- What an entry's account says in every entry of it, and what a month says in every row of it.
CREATE FUNCTION public.ledger_seal_account_v2(p_address text, p_asset text) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT int4send(octet_length(p_address)) || convert_to(p_address, 'UTF8')
           || int4send(octet_length(p_asset)) || convert_to(p_asset, 'UTF8')
$$;
CREATE FUNCTION public.ledger_seal_month_v2(p date) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT '\x0000000a'::bytea || convert_to(to_char(p, 'YYYY-MM-DD'), 'UTF8')
$$;

-- An entry's eight fields (ledger_seal_entry_v1), with its salt in front: what is hashed of it.
CREATE FUNCTION public.ledger_seal_entry_v2(
    p_salt bytea, p_month bytea, p_id bigint, p_account bytea, p_amount bigint, p_version bigint,
    p_balance_after bigint
) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT p_salt || '\x0000000800000008656e7472792d7631'::bytea || p_month
           || public.ledger_seal_text_v2(p_id::text) || p_account
           || public.ledger_seal_text_v2(p_amount::text)
           || public.ledger_seal_text_v2(p_version::text)
           || public.ledger_seal_text_v2(p_balance_after::text)
$$;

-- A transaction's leaf: its eleven fields (ledger_seal_header_v1) and its entries' hashes.
-- The instant and the metadata come as text, so that each is written out once.
CREATE FUNCTION public.ledger_seal_leaf_v2(
    p_id uuid, p_kind text, p_month bytea, p_instant text, p_actor text, p_metadata text,
    p_reverses uuid, p_legs_hash bytea, p_epoch integer, p_xid xid8, p_entries bytea
) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT sha256('\x000000000b0000000e7472616e73616374696f6e2d763100000024'::bytea
                  || convert_to(p_id::text, 'UTF8') || public.ledger_seal_text_v2(p_kind) || p_month
                  || public.ledger_seal_text_v2(p_instant) || public.ledger_seal_text_v2(p_actor)
                  || public.ledger_seal_text_v2(p_metadata)
                  || public.ledger_seal_text_v2(p_reverses::text)
                  || public.ledger_seal_text_v2(encode(p_legs_hash, 'hex'))
                  || public.ledger_seal_text_v2(p_epoch::text)
                  || public.ledger_seal_text_v2(p_xid::text) || p_entries)
$$;

-- Append the next committed transactions, at most p_limit, and return the tree's size.
-- Only rows below the commit horizon, as in v1. Each transaction's entries are looked up by
-- themselves: a join would read all of a long table for its tail, whatever the limit.
CREATE FUNCTION public.ledger_seal_append_v2(p_limit integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off SET jit = off AS $$
DECLARE
    v_end public.ledger_seal_state;
    v_epoch integer;
    v_horizon xid8;
    v_last record;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'Sealing needs READ COMMITTED.' USING ERRCODE = 'FC011';
    END IF;
    SELECT * INTO v_end FROM public.ledger_seal_state FOR UPDATE;
    SELECT epoch INTO v_epoch FROM public.ledger_copy_epoch;
    v_horizon := pg_snapshot_xmin(pg_current_snapshot());
    IF EXISTS (SELECT FROM public.ledger_transaction
               WHERE epoch = v_epoch AND xid >= pg_snapshot_xmax(pg_current_snapshot())
                 AND xid IS DISTINCT FROM pg_current_xact_id_if_assigned()) THEN
        RAISE EXCEPTION 'The database was copied from another server: run ledger_restored.'
            USING ERRCODE = 'FC014';
    END IF;

    WITH batch AS MATERIALIZED (
        SELECT n.*, v_end.size - 1 + row_number() OVER (ORDER BY n.epoch, n.xid, n.id) AS position
        FROM (SELECT t.id, t.kind, t.month, t.actor, t.metadata::text AS metadata, t.reverses,
                     public.ledger_seal_instant_v1(t.at) AS instant,
                     public.ledger_seal_month_v2(t.month) AS month_fields, t.legs_hash, t.epoch, t.xid
              FROM public.ledger_transaction t
              WHERE (t.epoch, t.xid) >= (v_end.epoch, v_end.xid)
                AND (t.epoch, t.xid, t.id) > (v_end.epoch, v_end.xid, v_end.transaction_id)
                AND (t.epoch < v_epoch OR (t.epoch = v_epoch AND t.xid < v_horizon))
              ORDER BY t.epoch, t.xid, t.id LIMIT p_limit) AS n),
    grown AS MATERIALIZED (
        SELECT b.position, b.id, h.salts,
               CASE WHEN h.legs_hash = b.legs_hash
                    THEN public.ledger_seal_leaf_v2(
                             b.id, b.kind, b.month_fields, b.instant, b.actor, b.metadata, b.reverses,
                             b.legs_hash, b.epoch, b.xid, h.entries)
                    ELSE public.ledger_seal_refuse_v1(b.id) END AS hash
        FROM batch b CROSS JOIN LATERAL (
            SELECT array_agg(s.salt ORDER BY s.id) AS salts,
                   string_agg(sha256(public.ledger_seal_entry_v2(
                                  s.salt, b.month_fields, s.id, s.account, s.amount, s.version,
                                  s.balance_after)), ''::bytea ORDER BY s.id) AS entries,
                   sha256(string_agg(uuid_send(s.account_id) || int8send(s.amount), ''::bytea
                                     ORDER BY s.account_id)) AS legs_hash
            FROM (SELECT e.*, public.ledger_seal_account_v2(a.address, a.asset) AS account,
                         uuid_send(gen_random_uuid()) AS salt
                  FROM public.ledger_entry e
                  JOIN public.ledger_account a ON a.id = e.account_id
                  WHERE e.transaction_id = b.id AND e.month = b.month OFFSET 0) AS s) AS h),
    leaves AS (
        INSERT INTO public.ledger_seal_leaf (position, transaction_id, salts)
        SELECT g.position, g.id, g.salts FROM grown g ORDER BY g.position),
    nodes AS (
        INSERT INTO public.ledger_seal_node (level, place, hash)
        SELECT 0, g.position, g.hash FROM grown g ORDER BY g.position)
    SELECT b.position + 1 AS size, b.epoch, b.xid, b.id INTO v_last
    FROM batch b ORDER BY b.position DESC LIMIT 1;
    IF NOT FOUND THEN
        RETURN v_end.size;
    END IF;
    PERFORM public.ledger_seal_join_v1(v_end.size, v_last.size);
    UPDATE public.ledger_seal_state
    SET size = v_last.size, epoch = v_last.epoch, xid = v_last.xid, transaction_id = v_last.id;
    RETURN v_last.size;
END
$$;

REVOKE EXECUTE ON FUNCTION public.ledger_seal_append_v1(integer) FROM flowcoin_app;
REVOKE EXECUTE ON FUNCTION public.ledger_seal_text_v2(text), public.ledger_seal_account_v2(text, text),
    public.ledger_seal_month_v2(date), public.ledger_seal_append_v2(integer),
    public.ledger_seal_entry_v2(bytea, bytea, bigint, bytea, bigint, bigint, bigint),
    public.ledger_seal_leaf_v2(uuid, text, bytea, text, text, text, uuid, bytea, integer, xid8, bytea)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.ledger_seal_text_v2(text), public.ledger_seal_account_v2(text, text),
    public.ledger_seal_month_v2(date), public.ledger_seal_append_v2(integer),
    public.ledger_seal_entry_v2(bytea, bytea, bigint, bytea, bigint, bigint, bigint),
    public.ledger_seal_leaf_v2(uuid, text, bytea, text, text, text, uuid, bytea, integer, xid8, bytea)
    TO flowcoin_app;
