-- Seals: committed transactions, in the order of their commit horizons, are the leaves of an
-- RFC 9162 tree. Only the functions of this file write it; nothing is ever changed or deleted.

-- Where the tree ends: its size, and the last transaction in it.
CREATE TABLE public.ledger_seal_state (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    size bigint NOT NULL,
    epoch integer NOT NULL,
    xid xid8 NOT NULL,
    transaction_id uuid NOT NULL
);
INSERT INTO public.ledger_seal_state (size, epoch, xid, transaction_id)
VALUES (0, 0, '0', '00000000-0000-0000-0000-000000000000');

-- One salt for each entry, in the order of the entries' ids: without its salt an entry's hash
-- tells nothing, though amounts are easily guessed.
CREATE TABLE public.ledger_seal_leaf (
    position bigint PRIMARY KEY,
    transaction_id uuid NOT NULL UNIQUE,
    salts bytea[] NOT NULL
);

-- Hashes of the complete subtrees; those of level 0 are the leaves' own.
CREATE TABLE public.ledger_seal_node (
    level smallint NOT NULL,
    place bigint NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (level, place)
);

-- Signed heads: the tree's root at a size. A month's head holds all its transactions.
CREATE TABLE public.ledger_seal_head (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    size bigint NOT NULL,
    root bytea NOT NULL,
    month date UNIQUE,
    at timestamptz NOT NULL,
    public_key bytea NOT NULL,
    signature bytea NOT NULL,
    CONSTRAINT ledger_seal_head_root CHECK (octet_length(root) = 32),
    CONSTRAINT ledger_seal_head_key CHECK (octet_length(public_key) = 32),
    CONSTRAINT ledger_seal_head_signature CHECK (octet_length(signature) = 64)
);
CREATE UNIQUE INDEX ledger_seal_head_size ON public.ledger_seal_head (size) WHERE month IS NULL;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON public.ledger_seal_leaf
    FOR EACH ROW EXECUTE FUNCTION public.ledger_append_only_v1();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON public.ledger_seal_node
    FOR EACH ROW EXECUTE FUNCTION public.ledger_append_only_v1();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON public.ledger_seal_head
    FOR EACH ROW EXECUTE FUNCTION public.ledger_append_only_v1();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.ledger_seal_leaf
    FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_append_only_v1();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.ledger_seal_node
    FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_append_only_v1();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.ledger_seal_head
    FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_append_only_v1();

-- A field: the length of its UTF-8 in 4 bytes, then the bytes; an absent one is the length -1.
CREATE FUNCTION public.ledger_seal_field_v1(p_text text) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN p_text IS NULL THEN int4send(-1)
                ELSE int4send(octet_length(convert_to(p_text, 'UTF8'))) || convert_to(p_text, 'UTF8')
           END
$$;

-- An instant as whole microseconds since 1970, the same in every time zone.
CREATE FUNCTION public.ledger_seal_instant_v1(p_at timestamptz) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    SELECT (extract(epoch FROM p_at) * 1000000)::bigint::text
$$;

-- What a transaction's row says, in the order a receipt gives it.
CREATE FUNCTION public.ledger_seal_header_v1(p public.ledger_transaction) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT ARRAY['transaction-v1', p.id::text, p.kind, to_char(p.month, 'YYYY-MM-DD'),
                 public.ledger_seal_instant_v1(p.at), p.actor, p.metadata::text, p.reverses::text,
                 encode(p.legs_hash, 'hex'), p.epoch::text, p.xid::text]
$$;

-- What an entry says, in the order a receipt gives it.
CREATE FUNCTION public.ledger_seal_entry_v1(
    p_month date, p_id bigint, p_address text, p_asset text, p_amount bigint,
    p_version bigint, p_balance_after bigint
) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT ARRAY['entry-v1', to_char(p_month, 'YYYY-MM-DD'), p_id::text, p_address, p_asset,
                 p_amount::text, p_version::text, p_balance_after::text]
$$;

-- Fields as bytes: how many there are, then each.
CREATE FUNCTION public.ledger_seal_fields_v1(p_fields text[]) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT int4send(cardinality(p_fields))
           || string_agg(public.ledger_seal_field_v1(f.field), ''::bytea ORDER BY f.place)
    FROM unnest(p_fields) WITH ORDINALITY AS f (field, place)
$$;

CREATE FUNCTION public.ledger_seal_refuse_v1(p_id uuid) RETURNS bytea
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Transaction % has other entries than its legs; it is not sealed.', p_id
        USING ERRCODE = 'FC013', DETAIL = jsonb_build_object('transaction', p_id)::text;
END
$$;

-- The root of the tree's first p_size leaves, folded from its complete subtrees;
-- null when the tree has not so many.
CREATE FUNCTION public.ledger_seal_root_v1(p_size bigint) RETURNS bytea
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_root bytea;
    v_hash bytea;
BEGIN
    IF p_size = 0 THEN
        RETURN sha256(''::bytea);
    END IF;
    FOR v_level IN 0 .. 62 LOOP
        IF (p_size >> v_level) & 1 = 1 THEN
            SELECT hash INTO v_hash FROM public.ledger_seal_node
            WHERE level = v_level AND place = (p_size >> v_level) - 1;
            IF NOT FOUND THEN
                RETURN NULL;
            END IF;
            v_root := CASE WHEN v_root IS NULL THEN v_hash
                           ELSE sha256('\x01'::bytea || v_hash || v_root) END;
        END IF;
    END LOOP;
    RETURN v_root;
END
$$;

-- Append the next committed transactions, at most p_limit, and return the tree's size.
-- Only rows below the commit horizon: every lower transaction id has ended, so nothing can
-- appear before the tree's end later. Ids of an earlier copy epoch all lie below it.
CREATE FUNCTION public.ledger_seal_append_v1(p_limit integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
        SELECT n.row, v_end.size - 1 + row_number() OVER (ORDER BY n.epoch, n.xid, n.id) AS position
        FROM (SELECT t AS row, t.epoch, t.xid, t.id FROM public.ledger_transaction t
              WHERE (epoch, xid) >= (v_end.epoch, v_end.xid)
                AND (epoch, xid, id) > (v_end.epoch, v_end.xid, v_end.transaction_id)
                AND (epoch < v_epoch OR (epoch = v_epoch AND xid < v_horizon))
              ORDER BY epoch, xid, id LIMIT p_limit) AS n),
    salted AS MATERIALIZED (
        SELECT b.position, e.id, e.account_id, e.amount, uuid_send(gen_random_uuid()) AS salt,
               public.ledger_seal_fields_v1(public.ledger_seal_entry_v1(
                   e.month, e.id, a.address, a.asset, e.amount, e.version, e.balance_after)) AS fields
        FROM batch b
        JOIN public.ledger_entry e ON e.transaction_id = (b.row).id AND e.month = (b.row).month
        JOIN public.ledger_account a ON a.id = e.account_id),
    hashed AS (
        SELECT s.position, array_agg(s.salt ORDER BY s.id) AS salts,
               string_agg(sha256(s.salt || s.fields), ''::bytea ORDER BY s.id) AS entries,
               sha256(string_agg(uuid_send(s.account_id) || int8send(s.amount), ''::bytea
                                 ORDER BY s.account_id)) AS legs_hash
        FROM salted s GROUP BY s.position),
    leaves AS (
        INSERT INTO public.ledger_seal_leaf (position, transaction_id, salts)
        SELECT b.position, (b.row).id, coalesce(h.salts, '{}')
        FROM batch b LEFT JOIN hashed h USING (position)),
    nodes AS (
        INSERT INTO public.ledger_seal_node (level, place, hash)
        SELECT 0, b.position,
               CASE WHEN h.legs_hash = (b.row).legs_hash
                    THEN sha256('\x00'::bytea
                                || public.ledger_seal_fields_v1(public.ledger_seal_header_v1(b.row))
                                || h.entries)
                    ELSE public.ledger_seal_refuse_v1((b.row).id) END
        FROM batch b LEFT JOIN hashed h USING (position))
    SELECT b.position + 1 AS size, (b.row).epoch, (b.row).xid, (b.row).id INTO v_last
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

-- Hash the subtrees that became complete when the tree grew. Called only by the append.
CREATE FUNCTION public.ledger_seal_join_v1(p_from bigint, p_to bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_from bigint := p_from;
    v_to bigint := p_to;
BEGIN
    FOR v_level IN 1 .. 62 LOOP
        EXIT WHEN v_from >> 1 = v_to >> 1;
        INSERT INTO public.ledger_seal_node (level, place, hash)
        SELECT v_level, l.place / 2, sha256('\x01'::bytea || l.hash || r.hash)
        FROM public.ledger_seal_node l
        JOIN public.ledger_seal_node r ON r.level = l.level AND r.place = l.place + 1
        WHERE l.level = v_level - 1 AND l.place % 2 = 0
          AND l.place >= (v_from >> 1) * 2 AND l.place + 1 < v_to;
        v_from := v_from >> 1;
        v_to := v_to >> 1;
    END LOOP;
END
$$;

-- Keep a signed head. Its root is the tree's own, whatever the caller signed; a month's head is
-- taken only while the month closes and when the head holds all its transactions.
CREATE FUNCTION public.ledger_seal_head_v1(
    p_size bigint, p_month date, p_at timestamptz, p_public_key bytea, p_signature bytea
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_size NOT BETWEEN 0 AND (SELECT size FROM public.ledger_seal_state) THEN
        RAISE EXCEPTION 'The tree has no size %.', p_size USING ERRCODE = 'FC015';
    END IF;
    IF p_month IS NOT NULL THEN
        PERFORM FROM public.ledger_month WHERE month = p_month AND state = 'closing' FOR UPDATE;
        IF NOT FOUND OR EXISTS (
            SELECT FROM public.ledger_transaction t
            LEFT JOIN public.ledger_seal_leaf l ON l.transaction_id = t.id AND l.position < p_size
            WHERE t.month = p_month AND l.position IS NULL) THEN
            RAISE EXCEPTION 'Not every transaction of % is sealed.', to_char(p_month, 'YYYY-MM')
                USING ERRCODE = 'FC015';
        END IF;
    END IF;
    INSERT INTO public.ledger_seal_head (size, root, month, at, public_key, signature)
    VALUES (p_size, public.ledger_seal_root_v1(p_size), p_month, p_at, p_public_key, p_signature)
    ON CONFLICT DO NOTHING;
END
$$;

-- Close a closing month over its digest and the root of its head. Asked again with the same
-- digest, nothing changes.
ALTER TABLE public.ledger_month ADD COLUMN root bytea;
CREATE FUNCTION public.ledger_close_month_v2(p_month date, p_at timestamptz, p_digest bytea)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_row public.ledger_month;
    v_root bytea;
BEGIN
    SELECT * INTO v_row FROM public.ledger_month WHERE month = p_month FOR UPDATE;
    IF v_row.state = 'closed' AND v_row.digest = p_digest THEN
        RETURN;
    ELSIF v_row.state IS DISTINCT FROM 'closing' THEN
        RAISE EXCEPTION 'The month % is not closing.', to_char(p_month, 'YYYY-MM')
            USING ERRCODE = 'FC012';
    END IF;
    SELECT root INTO v_root FROM public.ledger_seal_head WHERE month = p_month;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'The month % has no signed head.', to_char(p_month, 'YYYY-MM')
            USING ERRCODE = 'FC015';
    END IF;
    UPDATE public.ledger_month SET state = 'closed', closed_at = p_at, digest = p_digest, root = v_root
    WHERE month = p_month;
END
$$;

-- After a restore, by the owner alone and before anything is posted: the server's transaction
-- ids begin anew, so what was posted before lies below every horizon to come.
CREATE FUNCTION public.ledger_raise_copy_epoch_v1() RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_epoch integer;
BEGIN
    LOCK TABLE public.ledger_transaction IN SHARE ROW EXCLUSIVE MODE;
    UPDATE public.ledger_copy_epoch SET epoch = epoch + 1 RETURNING epoch INTO v_epoch;
    RETURN v_epoch;
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION public.ledger_close_month_v1(date, timestamptz, bytea) FROM flowcoin_app;
GRANT EXECUTE ON FUNCTION public.ledger_close_month_v2(date, timestamptz, bytea) TO flowcoin_app;
GRANT EXECUTE ON FUNCTION public.ledger_seal_append_v1(integer) TO flowcoin_app;
GRANT EXECUTE ON FUNCTION public.ledger_seal_head_v1(bigint, date, timestamptz, bytea, bytea)
    TO flowcoin_app;
-- Reading functions, for proofs and receipts.
GRANT EXECUTE ON FUNCTION public.ledger_seal_field_v1(text) TO flowcoin_app;
GRANT EXECUTE ON FUNCTION public.ledger_seal_fields_v1(text[]) TO flowcoin_app;
GRANT EXECUTE ON FUNCTION public.ledger_seal_instant_v1(timestamptz) TO flowcoin_app;
GRANT EXECUTE ON FUNCTION public.ledger_seal_header_v1(public.ledger_transaction) TO flowcoin_app;
GRANT EXECUTE ON FUNCTION public.ledger_seal_entry_v1(
    date, bigint, text, text, bigint, bigint, bigint) TO flowcoin_app;
GRANT EXECUTE ON FUNCTION public.ledger_seal_root_v1(bigint) TO flowcoin_app;
GRANT SELECT ON public.ledger_seal_state, public.ledger_seal_leaf, public.ledger_seal_node,
    public.ledger_seal_head TO flowcoin_app;
