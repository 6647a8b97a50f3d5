-- Where an instant lies among an account's entries of a month, found by halves: checkpoints say
-- the latest instant up to them and whether their entries are in the order of their instants.

-- max_at: the latest instant of the account's month up to last_id; in_order: within it no entry
-- is earlier than the one before; reaches_back: it begins before the latest instant of the last
-- but one, so that who looks for an instant must look at it from far away. Checkpoints are cut
-- anew, once, with what they did not say.
ALTER TABLE public.ledger_checkpoint DISABLE TRIGGER no_truncate;
TRUNCATE public.ledger_checkpoint;
ALTER TABLE public.ledger_checkpoint ENABLE TRIGGER no_truncate;
UPDATE public.ledger_checkpoint_state
SET cut_id = 0, cut_month = NULL, entry_id = NULL, xid = NULL, epoch = NULL, month = NULL;
ALTER TABLE public.ledger_checkpoint
    ADD COLUMN max_at timestamptz NOT NULL,
    ADD COLUMN in_order boolean NOT NULL,
    ADD COLUMN reaches_back boolean NOT NULL,
    ADD CONSTRAINT ledger_checkpoint_max_at CHECK (max_at >= last_at);
CREATE INDEX ledger_checkpoint_instant
    ON public.ledger_checkpoint (account_id, month, max_at, last_id);
CREATE INDEX ledger_checkpoint_reaching
    ON public.ledger_checkpoint (account_id, month, last_id, first_at) WHERE reaches_back;

-- Write an account's next checkpoints of a month: as many whole ones as its entries make.
CREATE FUNCTION public.ledger_checkpoint_write_v2(
    p_account uuid, p_month date, p_after bigint, p_upto bigint,
    p_total bigint, p_total_came bigint, p_limit integer
) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    v_written integer;
BEGIN
    INSERT INTO public.ledger_checkpoint
        (account_id, month, after_id, last_id, amount, came, total, total_came, first_at, last_at,
         max_at, in_order, reaches_back)
    WITH placed AS (
        SELECT l.id, l.amount, l.at, (row_number() OVER w - 1) / 512 AS place,
               (row_number() OVER w - 1) % 512 > 0 AND l.at < lag(l.at) OVER w AS is_early
        FROM (SELECT e.id, e.amount, (SELECT t.at FROM public.ledger_transaction t
                                      WHERE t.id = e.transaction_id) AS at
              FROM public.ledger_entry e
              WHERE e.month = p_month AND e.account_id = p_account
                AND e.id > p_after AND e.id <= p_upto
              ORDER BY e.id LIMIT 512 * p_limit::bigint) AS l
        WINDOW w AS (ORDER BY l.id)),
    grown AS (
        SELECT max(n.id) AS last_id, sum(n.amount)::bigint AS amount,
               coalesce(sum(n.amount) FILTER (WHERE n.amount > 0), 0)::bigint AS came,
               min(n.at) AS first_at, max(n.at) AS last_at, NOT bool_or(n.is_early) AS in_order
        FROM placed n GROUP BY n.place HAVING count(*) = 512),
    followed AS (
        SELECT g.*, coalesce(lag(g.last_id) OVER w, p_after) AS after_id,
               p_total + sum(g.amount) OVER w AS total,
               p_total_came + sum(g.came) OVER w AS total_came,
               greatest(max(g.last_at) OVER w, b.max_at) AS max_at
        FROM grown g
        LEFT JOIN LATERAL (
            SELECT c.max_at FROM public.ledger_checkpoint c
            WHERE c.account_id = p_account AND c.month = p_month
            ORDER BY c.last_id DESC LIMIT 1) AS b ON true
        WINDOW w AS (ORDER BY g.last_id)),
    known AS (
        SELECT f.last_id, f.max_at FROM followed f
        UNION ALL
        (SELECT c.last_id, c.max_at FROM public.ledger_checkpoint c
         WHERE c.account_id = p_account AND c.month = p_month ORDER BY c.last_id DESC LIMIT 2)),
    behind AS (
        SELECT k.last_id, lag(k.max_at, 2) OVER (ORDER BY k.last_id) AS max_at FROM known k)
    SELECT p_account, p_month, f.after_id, f.last_id, f.amount, f.came, f.total, f.total_came,
           f.first_at, f.last_at, f.max_at, f.in_order, coalesce(f.first_at < b.max_at, false)
    FROM followed f JOIN behind b ON b.last_id = f.last_id;
    GET DIAGNOSTICS v_written = ROW_COUNT;
    RETURN v_written;
END
$$;

-- Cut up to the horizon that was taken, at most p_limit checkpoints, and return how many; null
-- while a transaction below the horizon is under way, or none was taken. What an earlier server
-- began before a restore has ended.
CREATE FUNCTION public.ledger_checkpoint_cut_v2(p_limit integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_state public.ledger_checkpoint_state;
    v_epoch integer;
    v_left integer := p_limit;
    v_part record;
BEGIN
    SELECT epoch INTO v_epoch FROM public.ledger_copy_epoch;
    SELECT * INTO v_state FROM public.ledger_checkpoint_state FOR UPDATE;
    IF v_state.xid IS NULL OR (v_state.epoch = v_epoch
                               AND pg_snapshot_xmin(pg_current_snapshot()) < v_state.xid) THEN
        RETURN NULL;
    END IF;
    FOR v_part IN
        WITH months AS MATERIALIZED (
            SELECT m.month FROM public.ledger_month m
            WHERE (v_state.cut_month IS NULL OR m.month > v_state.cut_month)
              AND EXISTS (SELECT FROM public.ledger_entry e WHERE e.month = m.month)),
        accounts AS MATERIALIZED (
            SELECT id FROM public.ledger_account WHERE NOT tracked
            UNION
            SELECT e.account_id FROM public.ledger_entry e
            WHERE e.version % 512 = 0 AND e.id > v_state.cut_id AND e.id <= v_state.entry_id)
        SELECT a.id AS account_id, m.month, coalesce(c.last_id, 0) AS last_id,
               coalesce(c.total, 0) AS total, coalesce(c.total_came, 0) AS total_came
        FROM accounts a CROSS JOIN months m
        LEFT JOIN LATERAL (
            SELECT * FROM public.ledger_checkpoint k
            WHERE k.account_id = a.id AND k.month = m.month
            ORDER BY k.last_id DESC LIMIT 1) AS c ON true
        WHERE (SELECT e.id FROM public.ledger_entry e
               WHERE e.month = m.month AND e.account_id = a.id AND e.id > coalesce(c.last_id, 0)
               ORDER BY e.id OFFSET 511 LIMIT 1) <= v_state.entry_id
    LOOP
        v_left := v_left - public.ledger_checkpoint_write_v2(
            v_part.account_id, v_part.month, v_part.last_id, v_state.entry_id,
            v_part.total, v_part.total_came, v_left);
        EXIT WHEN v_left <= 0;
    END LOOP;
    IF v_left > 0 THEN
        UPDATE public.ledger_checkpoint_state
        SET cut_id = entry_id, cut_month = month,
            entry_id = NULL, xid = NULL, epoch = NULL, month = NULL;
    END IF;
    RETURN p_limit - v_left;
END
$$;

-- The reading functions below keep their plans; one made while a table was still small would
-- read all of it for ever. So none may read a whole table: every read here is by an index. And none
-- is planned anew for its month: planning over all partitions costs more than reading one.

-- What the entries with these ids, of an account in a month, sum to; came: what was added, without
-- what was taken. From checkpoint to checkpoint the totals tell, only the ends are summed.
CREATE FUNCTION public.ledger_sum_of_ids_v1(
    p_account uuid, p_month date, p_ids int8multirange, OUT amount bigint, OUT came bigint
)
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_bitmapscan = off
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    SELECT coalesce(sum(e.amount + coalesce(s.total, 0)), 0),
           coalesce(sum(e.came + coalesce(s.came, 0)), 0) INTO amount, came
    FROM (SELECT coalesce(lower(u.ids), 0) AS first,
                 coalesce(upper(u.ids), 9223372036854775807) AS beyond
          FROM unnest(p_ids) AS u (ids)) AS r
    LEFT JOIN LATERAL (
        SELECT coalesce(h.last_id, 0) AS head_id, c.last_id,
               c.total - coalesce(h.total, 0) AS total,
               c.total_came - coalesce(h.total_came, 0) AS came
        FROM (SELECT k.last_id, k.total, k.total_came FROM public.ledger_checkpoint k
              WHERE k.account_id = p_account AND k.month = p_month AND k.last_id < r.beyond
              ORDER BY k.last_id DESC LIMIT 1) AS c
        LEFT JOIN LATERAL (
            SELECT k.last_id, k.total, k.total_came FROM public.ledger_checkpoint k
            WHERE k.account_id = p_account AND k.month = p_month AND k.last_id >= r.first - 1
              AND r.first > 1
            ORDER BY k.last_id LIMIT 1) AS h ON true
        WHERE h.last_id <= c.last_id OR r.first <= 1) AS s ON true
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(l.amount), 0) AS amount,
               coalesce(sum(l.amount) FILTER (WHERE l.amount > 0), 0) AS came
        FROM (SELECT e.amount FROM public.ledger_entry e
              WHERE e.month = p_month AND e.account_id = p_account
                AND e.id >= r.first AND e.id <= coalesce(s.head_id, r.beyond - 1)
              UNION ALL
              SELECT e.amount FROM public.ledger_entry e
              WHERE e.month = p_month AND e.account_id = p_account
                AND e.id > s.last_id AND e.id < r.beyond) AS l) AS e;
END
$$;

-- The last id of a checkpoint's entries that are before an instant, by halves: they are in the
-- order of their instants, the first is before it and the last is not.
CREATE FUNCTION public.ledger_id_before_v1(
    p_account uuid, p_month date, p_after bigint, p_last bigint, p_instant timestamptz
) RETURNS bigint
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_bitmapscan = off
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_before bigint := p_after;
    v_upto bigint := p_last;
    v_middle bigint;
    v_entry record;
BEGIN
    -- Entries up to v_before are before the instant, those after v_upto are not.
    WHILE v_before < v_upto LOOP
        v_middle := (v_before + v_upto) / 2;
        SELECT e.id, (SELECT t.at FROM public.ledger_transaction t
                      WHERE t.id = e.transaction_id) < p_instant AS is_before INTO v_entry
        FROM public.ledger_entry e
        WHERE e.month = p_month AND e.account_id = p_account
          AND e.id > v_middle AND e.id <= v_upto
        ORDER BY e.id LIMIT 1;
        IF v_entry.is_before THEN
            v_before := v_entry.id;
        ELSE
            v_upto := v_middle;
        END IF;
    END LOOP;
    RETURN v_before;
END
$$;

-- Which of an account's entries of a month are before an instant, of those in checkpoints: all up
-- to the last checkpoint with no later entry before it; of the next two what is before; and what
-- reaches back from further on. (What begins later than the last but one ended, whatever came
-- before that, cannot be before an instant that lies in or before that one.)
CREATE FUNCTION public.ledger_checked_ids_v1(p_account uuid, p_month date, p_instant timestamptz)
RETURNS int8multirange
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_bitmapscan = off
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_whole bigint;
    v_ids int8multirange;
    v_part record;
BEGIN
    SELECT c.last_id INTO v_whole FROM public.ledger_checkpoint c
    WHERE c.account_id = p_account AND c.month = p_month AND c.max_at < p_instant
    ORDER BY c.max_at DESC, c.last_id DESC LIMIT 1;
    v_ids := int8multirange(int8range(NULL, coalesce(v_whole, 0), '[]'));
    FOR v_part IN
        SELECT n.after_id, n.last_id, n.first_at, n.last_at, n.in_order
        FROM (SELECT c.* FROM public.ledger_checkpoint c
              WHERE c.account_id = p_account AND c.month = p_month
                AND c.last_id > coalesce(v_whole, 0)
              ORDER BY c.last_id LIMIT 2) AS n
        WHERE n.first_at < p_instant
        UNION
        SELECT c.after_id, c.last_id, c.first_at, c.last_at, c.in_order
        FROM public.ledger_checkpoint c
        WHERE c.account_id = p_account AND c.month = p_month
          AND c.last_id > coalesce(v_whole, 0) AND c.first_at < p_instant AND c.reaches_back
    LOOP
        IF v_part.last_at < p_instant THEN
            v_ids := v_ids + int8multirange(int8range(v_part.after_id, v_part.last_id, '(]'));
        ELSIF v_part.in_order THEN
            v_ids := v_ids + int8multirange(int8range(
                v_part.after_id,
                public.ledger_id_before_v1(
                    p_account, p_month, v_part.after_id, v_part.last_id, p_instant), '(]'));
        ELSE
            v_ids := v_ids + (SELECT s.since FROM public.ledger_seen_ids_v1(
                p_account, p_month, v_part.after_id, v_part.last_id, p_instant, NULL) AS s);
        END IF;
    END LOOP;
    RETURN v_ids;
END
$$;

-- Which entries between two ids are before each of two instants, each of them looked at. Either
-- instant may be null. An entry is given with the gap before it, so that neighbours join.
CREATE FUNCTION public.ledger_seen_ids_v1(
    p_account uuid, p_month date, p_after bigint, p_last bigint,
    p_since timestamptz, p_until timestamptz, OUT since int8multirange, OUT until int8multirange
)
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_bitmapscan = off
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    SELECT coalesce(range_agg(s.ids) FILTER (WHERE s.at < p_since), '{}'),
           coalesce(range_agg(s.ids) FILTER (WHERE s.at < p_until), '{}') INTO since, until
    FROM (SELECT int8range(lag(e.id, 1, p_after) OVER (ORDER BY e.id), e.id, '(]') AS ids,
                 (SELECT t.at FROM public.ledger_transaction t WHERE t.id = e.transaction_id) AS at
          FROM public.ledger_entry e
          WHERE e.month = p_month AND e.account_id = p_account
            AND e.id > p_after AND e.id <= p_last
          OFFSET 0) AS s;
END
$$;

-- Which of an account's entries of a month are before each of two instants (null: not asked).
-- Those in no checkpoint yet are looked at once for both.
CREATE FUNCTION public.ledger_ids_before_v1(
    p_account uuid, p_month date, p_since timestamptz, p_until timestamptz,
    OUT since int8multirange, OUT until int8multirange
)
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_bitmapscan = off
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_begin timestamptz := p_month::timestamp AT TIME ZONE 'Asia/Shanghai';
    v_end timestamptz := (p_month + interval '1 month') AT TIME ZONE 'Asia/Shanghai';
    v_seen record;
BEGIN
    -- An entry's month decides, should its instant lie outside.
    since := CASE WHEN p_since <= v_begin THEN '{}' WHEN p_since >= v_end THEN '{(,)}' END;
    until := CASE WHEN p_until <= v_begin THEN '{}' WHEN p_until >= v_end THEN '{(,)}' END;
    IF (p_since IS NULL OR since IS NOT NULL) AND (p_until IS NULL OR until IS NOT NULL) THEN
        RETURN;
    END IF;
    SELECT s.* INTO v_seen FROM public.ledger_seen_ids_v1(
        p_account, p_month,
        coalesce((SELECT c.last_id FROM public.ledger_checkpoint c
                  WHERE c.account_id = p_account AND c.month = p_month
                  ORDER BY c.last_id DESC LIMIT 1), 0),
        9223372036854775807, p_since, p_until) AS s;
    IF p_since IS NOT NULL AND since IS NULL THEN
        since := public.ledger_checked_ids_v1(p_account, p_month, p_since) + v_seen.since;
    END IF;
    IF p_until IS NOT NULL AND until IS NULL THEN
        until := public.ledger_checked_ids_v1(p_account, p_month, p_until) + v_seen.until;
    END IF;
END
$$;

-- What an account held when a month began; null for the end of all months. It starts from the
-- closing balances of the last month closed before.
CREATE FUNCTION public.ledger_balance_before_v2(p_account uuid, p_month date) RETURNS bigint
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_bitmapscan = off
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_closed date;
    v_balance bigint;
BEGIN
    SELECT max(m.month) INTO v_closed FROM public.ledger_month m
    WHERE m.state = 'closed' AND (p_month IS NULL OR m.month < p_month);
    SELECT b.balance INTO v_balance FROM public.ledger_closingbalance b
    WHERE b.month = v_closed AND b.account_id = p_account;
    RETURN coalesce(v_balance, 0) + (
        SELECT coalesce(sum(coalesce(c.total, 0) + coalesce(e.amount, 0)), 0)
        FROM public.ledger_month m
        LEFT JOIN LATERAL (
            SELECT k.last_id, k.total FROM public.ledger_checkpoint k
            WHERE k.account_id = p_account AND k.month = m.month
            ORDER BY k.last_id DESC LIMIT 1) AS c ON true
        LEFT JOIN LATERAL (
            SELECT sum(x.amount) AS amount FROM public.ledger_entry x
            WHERE x.month = m.month AND x.account_id = p_account
              AND x.id > coalesce(c.last_id, 0)) AS e ON true
        WHERE (v_closed IS NULL OR m.month > v_closed) AND (p_month IS NULL OR m.month < p_month));
END
$$;

-- What an account held just before an instant: all of the months before, and of its own month
-- what was booked with an earlier instant. Null: what it holds now.
CREATE FUNCTION public.ledger_balance_at_v2(p_account uuid, p_instant timestamptz) RETURNS bigint
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_bitmapscan = off
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_month date := date_trunc('month', p_instant AT TIME ZONE 'Asia/Shanghai')::date;
BEGIN
    RETURN public.ledger_balance_before_v2(p_account, v_month) + CASE WHEN v_month IS NULL THEN 0
        ELSE (public.ledger_sum_of_ids_v1(
                  p_account, v_month,
                  (public.ledger_ids_before_v1(p_account, v_month, p_instant, NULL)).since)).amount END;
END
$$;

-- What an account holds now: a tracked one's rows say it, an untracked one's entries sum to it.
CREATE FUNCTION public.ledger_amount_v2(p_account uuid) RETURNS bigint
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_bitmapscan = off
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_balance bigint;
BEGIN
    SELECT sum(b.balance) INTO v_balance FROM public.ledger_balance b WHERE b.account_id = p_account;
    RETURN coalesce(v_balance, public.ledger_balance_before_v2(p_account, NULL));
END
$$;

-- What a statement from an instant until another rests on (infinite: from the first, to the last):
-- the months of its ends, which of their entries are before these, and the balances there.
CREATE FUNCTION public.ledger_statement_bounds_v1(
    p_account uuid, p_since timestamptz, p_until timestamptz,
    OUT since_month date, OUT until_month date, OUT since int8multirange, OUT until int8multirange,
    OUT opening bigint, OUT closing bigint
)
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_bitmapscan = off
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    opening := 0;
    IF isfinite(p_since) THEN
        since_month := date_trunc('month', p_since AT TIME ZONE 'Asia/Shanghai')::date;
    END IF;
    IF isfinite(p_until) THEN
        until_month := date_trunc('month', p_until AT TIME ZONE 'Asia/Shanghai')::date;
    END IF;
    IF since_month = until_month THEN
        SELECT b.since, b.until INTO since, until
        FROM public.ledger_ids_before_v1(p_account, since_month, p_since, p_until) AS b;
    ELSE
        since := (public.ledger_ids_before_v1(p_account, since_month, p_since, NULL)).since;
        until := (public.ledger_ids_before_v1(p_account, until_month, NULL, p_until)).until;
    END IF;
    IF since_month IS NOT NULL THEN
        opening := public.ledger_balance_before_v2(p_account, since_month)
            + (public.ledger_sum_of_ids_v1(p_account, since_month, since)).amount;
    END IF;
    IF since_month = until_month THEN
        closing := opening
            + (public.ledger_sum_of_ids_v1(p_account, until_month, until - since)).amount
            - (public.ledger_sum_of_ids_v1(p_account, until_month, since - until)).amount;
    ELSE
        closing := public.ledger_balance_before_v2(p_account, until_month);
        IF until_month IS NOT NULL THEN
            closing := closing + (public.ledger_sum_of_ids_v1(p_account, until_month, until)).amount;
        END IF;
    END IF;
END
$$;

-- The entries of a statement of which the bounds are known, in the books' order (month, then
-- posting): the p_limit after a place in it, or (p_forward false) the p_limit before it.
CREATE FUNCTION public.ledger_statement_lines_v2(
    p_account uuid, p_since_month date, p_until_month date, p_since int8multirange,
    p_until int8multirange, p_month date, p_id bigint, p_forward boolean, p_limit integer
) RETURNS TABLE (month date, id bigint, transaction_id uuid, at timestamptz, amount bigint)
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_bitmapscan = off
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_left integer := p_limit;
    v_found integer;
    v_month date;
    v_ids int8multirange;
BEGIN
    FOR v_month IN
        SELECT m.month FROM public.ledger_month m
        WHERE (p_since_month IS NULL OR m.month >= p_since_month)
          AND (p_until_month IS NULL OR m.month <= p_until_month)
          AND CASE WHEN p_forward THEN m.month >= p_month ELSE m.month <= p_month END
        ORDER BY CASE WHEN p_forward THEN m.month END, m.month DESC
    LOOP
        v_ids := public.ledger_statement_ids_v1(
            v_month, p_since_month, p_until_month, p_since, p_until);
        IF v_month = p_month THEN
            v_ids := v_ids * CASE WHEN p_forward THEN int8multirange(int8range(p_id, NULL, '()'))
                                  ELSE int8multirange(int8range(NULL, p_id, '()')) END;
        END IF;
        IF p_forward THEN
            RETURN QUERY
            SELECT v_month, l.id, l.transaction_id,
                   (SELECT t.at FROM public.ledger_transaction t WHERE t.id = l.transaction_id),
                   l.amount
            FROM (SELECT u.ids FROM unnest(v_ids) AS u (ids) ORDER BY u.ids) AS r
            CROSS JOIN LATERAL (
                SELECT e.id, e.transaction_id, e.amount FROM public.ledger_entry e
                WHERE e.month = v_month AND e.account_id = p_account
                  AND e.id >= coalesce(lower(r.ids), 0)
                  AND e.id < coalesce(upper(r.ids), 9223372036854775807)
                ORDER BY e.id LIMIT v_left) AS l
            LIMIT v_left;
        ELSE
            RETURN QUERY
            SELECT v_month, l.id, l.transaction_id,
                   (SELECT t.at FROM public.ledger_transaction t WHERE t.id = l.transaction_id),
                   l.amount
            FROM (SELECT u.ids FROM unnest(v_ids) AS u (ids) ORDER BY u.ids DESC) AS r
            CROSS JOIN LATERAL (
                SELECT e.id, e.transaction_id, e.amount FROM public.ledger_entry e
                WHERE e.month = v_month AND e.account_id = p_account
                  AND e.id >= coalesce(lower(r.ids), 0)
                  AND e.id < coalesce(upper(r.ids), 9223372036854775807)
                ORDER BY e.id DESC LIMIT v_left) AS l
            LIMIT v_left;
        END IF;
        GET DIAGNOSTICS v_found = ROW_COUNT;
        v_left := v_left - v_found;
        EXIT WHEN v_left <= 0;
    END LOOP;
END
$$;

-- Which entries of a month such a statement has.
CREATE FUNCTION public.ledger_statement_ids_v1(
    p_month date, p_since_month date, p_until_month date, p_since int8multirange,
    p_until int8multirange
) RETURNS int8multirange
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN p_month = p_until_month THEN p_until ELSE '{(,)}'::int8multirange END
           - CASE WHEN p_month = p_since_month THEN p_since ELSE '{}'::int8multirange END
$$;

-- What an account held before a line of such a statement, in the books' order: in the first month
-- the opening balance and the lines before; a later month has all of what was opened with.
CREATE FUNCTION public.ledger_statement_before_v3(
    p_account uuid, p_since_month date, p_until_month date, p_since int8multirange,
    p_until int8multirange, p_opening bigint, p_month date, p_id bigint
) RETURNS bigint
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_bitmapscan = off
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN CASE WHEN p_month = p_since_month THEN p_opening
                ELSE public.ledger_balance_before_v2(p_account, p_month) END
        + (public.ledger_sum_of_ids_v1(
               p_account, p_month,
               public.ledger_statement_ids_v1(
                   p_month, p_since_month, p_until_month, p_since, p_until)
               * int8multirange(int8range(NULL, p_id, '()')))).amount;
END
$$;

-- What was added to an account from an instant until another.
CREATE FUNCTION public.ledger_came_v2(p_account uuid, p_since timestamptz, p_until timestamptz)
RETURNS bigint
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_bitmapscan = off
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_bounds record;
BEGIN
    SELECT b.* INTO v_bounds FROM public.ledger_statement_bounds_v1(p_account, p_since, p_until) AS b;
    RETURN (
        SELECT coalesce(sum((public.ledger_sum_of_ids_v1(
                   p_account, m.month, public.ledger_statement_ids_v1(
                       m.month, v_bounds.since_month, v_bounds.until_month, v_bounds.since,
                       v_bounds.until))).came), 0)
        FROM public.ledger_month m
        WHERE (v_bounds.since_month IS NULL OR m.month >= v_bounds.since_month)
          AND (v_bounds.until_month IS NULL OR m.month <= v_bounds.until_month));
END
$$;

DROP FUNCTION public.ledger_checkpoint_cut_v1(integer);
DROP FUNCTION public.ledger_checkpoint_write_v1(uuid, date, bigint, bigint, bigint, bigint, integer);
DROP FUNCTION public.ledger_came_v1(uuid, timestamptz, timestamptz);
DROP FUNCTION public.ledger_statement_before_v2(uuid, timestamptz, timestamptz, date, bigint, bigint);
DROP FUNCTION public.ledger_statement_lines_v1(
    uuid, timestamptz, timestamptz, date, bigint, boolean, integer);
DROP FUNCTION public.ledger_statement_spans_v1(uuid, timestamptz, timestamptz);
DROP FUNCTION public.ledger_amount_v1(uuid);
DROP FUNCTION public.ledger_balance_at_v1(uuid, timestamptz);
DROP FUNCTION public.ledger_balance_before_v1(uuid, date);
DROP FUNCTION public.ledger_sum_in_month_v1(uuid, date, timestamptz, bigint);

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.ledger_checkpoint_cut_v2(integer) TO flowcoin_app;
-- Reading functions.
GRANT EXECUTE ON FUNCTION
    public.ledger_sum_of_ids_v1(uuid, date, int8multirange),
    public.ledger_id_before_v1(uuid, date, bigint, bigint, timestamptz),
    public.ledger_checked_ids_v1(uuid, date, timestamptz),
    public.ledger_seen_ids_v1(uuid, date, bigint, bigint, timestamptz, timestamptz),
    public.ledger_ids_before_v1(uuid, date, timestamptz, timestamptz),
    public.ledger_balance_before_v2(uuid, date),
    public.ledger_balance_at_v2(uuid, timestamptz),
    public.ledger_amount_v2(uuid),
    public.ledger_statement_bounds_v1(uuid, timestamptz, timestamptz),
    public.ledger_statement_lines_v2(
        uuid, date, date, int8multirange, int8multirange, date, bigint, boolean, integer),
    public.ledger_statement_ids_v1(date, date, date, int8multirange, int8multirange),
    public.ledger_statement_before_v3(
        uuid, date, date, int8multirange, int8multirange, bigint, date, bigint),
    public.ledger_came_v2(uuid, timestamptz, timestamptz)
    TO flowcoin_app;
