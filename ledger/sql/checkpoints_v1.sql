-- Checkpoints: what 512 entries in a row of one account in one month sum to, cut at a commit
-- horizon. A balance or a statement reads them and the few entries after, whatever the account's
-- size. They are only ever added to, by the functions of this file; a proof recomputes them.

-- after_id < entries of this checkpoint <= last_id; amount and came (what was added) are theirs,
-- total and total_came those of the account's month up to last_id.
CREATE TABLE public.ledger_checkpoint (
    account_id uuid NOT NULL,
    month date NOT NULL,
    after_id bigint NOT NULL,
    last_id bigint NOT NULL,
    amount bigint NOT NULL,
    came bigint NOT NULL,
    total bigint NOT NULL,
    total_came bigint NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, month, last_id),
    CONSTRAINT ledger_checkpoint_spans CHECK (after_id < last_id AND first_at <= last_at)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON public.ledger_checkpoint
    FOR EACH ROW EXECUTE FUNCTION public.ledger_append_only_v1();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.ledger_checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_append_only_v1();

-- How far it was cut, and the next horizon: when every transaction below xid has ended, the fate
-- of every entry up to entry_id is known. month: the last one closed when the horizon was taken.
CREATE TABLE public.ledger_checkpoint_state (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    cut_id bigint NOT NULL,
    cut_month date,
    entry_id bigint,
    xid xid8,
    epoch integer,
    month date
);
INSERT INTO public.ledger_checkpoint_state (cut_id) VALUES (0);

-- Where a busy tracked account has come 512 entries further: one entry in 512 is in it.
CREATE INDEX ledger_entry_milestone ON public.ledger_entry (id) WHERE version % 512 = 0;
CREATE INDEX ledger_account_untracked ON public.ledger_account (id) WHERE NOT tracked;

-- Take a horizon, unless one is still waited for. The entries' sequence is read first, the
-- transaction id taken after: a transaction with a higher one draws its entries' ids later still,
-- because a posting writes its transaction's row before its entries.
CREATE FUNCTION public.ledger_checkpoint_mark_v1() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_month date;
    v_entry bigint;
    v_xid xid8;
BEGIN
    IF pg_current_xact_id_if_assigned() IS NOT NULL THEN
        RAISE EXCEPTION 'A horizon is taken in a transaction of its own.' USING ERRCODE = 'FC011';
    END IF;
    SELECT max(month) INTO v_month FROM public.ledger_month WHERE state = 'closed';
    SELECT CASE WHEN is_called THEN last_value ELSE 0 END INTO v_entry FROM public.ledger_entry_id;
    v_xid := pg_current_xact_id();
    UPDATE public.ledger_checkpoint_state s
    SET entry_id = v_entry, xid = v_xid, epoch = e.epoch, month = v_month
    FROM public.ledger_copy_epoch e
    WHERE s.xid IS NULL AND v_entry > s.cut_id;
END
$$;

-- Cut up to the horizon that was taken, at most p_limit checkpoints, and return how many; null
-- while a transaction below the horizon is under way, or none was taken. What an earlier server
-- began before a restore has ended.
CREATE FUNCTION public.ledger_checkpoint_cut_v1(p_limit integer) RETURNS integer
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
        v_left := v_left - public.ledger_checkpoint_write_v1(
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

-- Write an account's next checkpoints of a month: as many whole ones as its entries make.
CREATE FUNCTION public.ledger_checkpoint_write_v1(
    p_account uuid, p_month date, p_after bigint, p_upto bigint,
    p_total bigint, p_total_came bigint, p_limit integer
) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    v_written integer;
BEGIN
    INSERT INTO public.ledger_checkpoint
        (account_id, month, after_id, last_id, amount, came, total, total_came, first_at, last_at)
    SELECT p_account, p_month, coalesce(lag(g.last_id) OVER w, p_after), g.last_id, g.amount, g.came,
           p_total + sum(g.amount) OVER w, p_total_came + sum(g.came) OVER w, g.first_at, g.last_at
    FROM (SELECT max(n.id) AS last_id, sum(n.amount)::bigint AS amount,
                 coalesce(sum(n.amount) FILTER (WHERE n.amount > 0), 0)::bigint AS came,
                 min(n.at) AS first_at, max(n.at) AS last_at
          FROM (SELECT l.id, l.amount, (row_number() OVER (ORDER BY l.id) - 1) / 512 AS place,
                       (SELECT t.at FROM public.ledger_transaction t
                        WHERE t.id = l.transaction_id) AS at
                FROM (SELECT e.id, e.amount, e.transaction_id FROM public.ledger_entry e
                      WHERE e.month = p_month AND e.account_id = p_account
                        AND e.id > p_after AND e.id <= p_upto
                      ORDER BY e.id LIMIT 512 * p_limit::bigint) AS l) AS n
          GROUP BY n.place HAVING count(*) = 512) AS g
    WINDOW w AS (ORDER BY g.last_id);
    GET DIAGNOSTICS v_written = ROW_COUNT;
    RETURN v_written;
END
$$;

-- The reading functions below keep their plans; one made while a table was still small would
-- read all of it for ever. So none may read a whole table: every read here is by an index.

-- What an account's entries of a month sum to: those below an entry's id and before an instant.
-- Either may be null, for all of them. came: what was added, without what was taken.
CREATE FUNCTION public.ledger_sum_in_month_v1(
    p_account uuid, p_month date, p_until timestamptz, p_before bigint,
    OUT amount bigint, OUT came bigint
)
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    v_before bigint := coalesce(p_before, 9223372036854775807);
    v_last bigint;
    v_sum record;
BEGIN
    IF p_until >= (p_month + interval '1 month') AT TIME ZONE 'Asia/Shanghai' THEN
        p_until := NULL;
    ELSIF p_until <= p_month::timestamp AT TIME ZONE 'Asia/Shanghai' THEN
        amount := 0;
        came := 0;
        RETURN;
    END IF;
    IF p_until IS NULL THEN
        SELECT c.last_id, c.total, c.total_came INTO v_last, amount, came
        FROM public.ledger_checkpoint c
        WHERE c.account_id = p_account AND c.month = p_month AND c.last_id < v_before
        ORDER BY c.last_id DESC LIMIT 1;
        SELECT coalesce(sum(e.amount), 0) AS amount,
               coalesce(sum(e.amount) FILTER (WHERE e.amount > 0), 0) AS came INTO v_sum
        FROM public.ledger_entry e
        WHERE e.month = p_month AND e.account_id = p_account
          AND e.id > coalesce(v_last, 0) AND e.id < v_before;
    ELSE
        -- A checkpoint that lies before the instant counts whole; one that lies about it, and
        -- what is not in any, is looked into.
        SELECT sum(c.amount) FILTER (WHERE c.last_at < p_until AND c.last_id < v_before),
               sum(c.came) FILTER (WHERE c.last_at < p_until AND c.last_id < v_before),
               max(c.last_id)
        INTO amount, came, v_last
        FROM public.ledger_checkpoint c WHERE c.account_id = p_account AND c.month = p_month;
        SELECT coalesce(sum(l.amount), 0) AS amount,
               coalesce(sum(l.amount) FILTER (WHERE l.amount > 0), 0) AS came INTO v_sum
        FROM (SELECT c.after_id, c.last_id FROM public.ledger_checkpoint c
              WHERE c.account_id = p_account AND c.month = p_month
                AND c.first_at < p_until AND c.after_id < v_before
                AND (c.last_at >= p_until OR c.last_id >= v_before)
              UNION ALL
              SELECT coalesce(v_last, 0), 9223372036854775807) AS s
        CROSS JOIN LATERAL (
            SELECT e.amount, (SELECT t.at FROM public.ledger_transaction t
                              WHERE t.id = e.transaction_id) AS at
            FROM public.ledger_entry e
            WHERE e.month = p_month AND e.account_id = p_account
              AND e.id > s.after_id AND e.id <= s.last_id AND e.id < v_before
            OFFSET 0) AS l
        WHERE l.at < p_until;
    END IF;
    amount := coalesce(amount, 0) + v_sum.amount;
    came := coalesce(came, 0) + v_sum.came;
END
$$;

-- What an account held when a month began; null for the end of all months. It starts from the
-- closing balances of the last month closed before.
CREATE FUNCTION public.ledger_balance_before_v1(p_account uuid, p_month date) RETURNS bigint
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    v_closed date;
    v_balance bigint;
BEGIN
    SELECT max(m.month) INTO v_closed FROM public.ledger_month m
    WHERE m.state = 'closed' AND (p_month IS NULL OR m.month < p_month);
    SELECT b.balance INTO v_balance FROM public.ledger_closingbalance b
    WHERE b.month = v_closed AND b.account_id = p_account;
    RETURN coalesce(v_balance, 0) + (
        SELECT coalesce(sum((public.ledger_sum_in_month_v1(p_account, m.month, NULL, NULL)).amount), 0)
        FROM public.ledger_month m
        WHERE (v_closed IS NULL OR m.month > v_closed) AND (p_month IS NULL OR m.month < p_month));
END
$$;

-- What an account held just before an instant: all of the months before, and of its own month
-- what was booked with an earlier instant. Null: what it holds now.
CREATE FUNCTION public.ledger_balance_at_v1(p_account uuid, p_until timestamptz) RETURNS bigint
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    v_month date := date_trunc('month', p_until AT TIME ZONE 'Asia/Shanghai')::date;
BEGIN
    RETURN public.ledger_balance_before_v1(p_account, v_month) + CASE WHEN v_month IS NULL THEN 0
        ELSE (public.ledger_sum_in_month_v1(p_account, v_month, p_until, NULL)).amount END;
END
$$;

-- What an account holds now: a tracked one's rows say it, an untracked one's entries sum to it.
CREATE FUNCTION public.ledger_amount_v1(p_account uuid) RETURNS bigint
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    v_balance bigint;
BEGIN
    SELECT sum(b.balance) INTO v_balance FROM public.ledger_balance b WHERE b.account_id = p_account;
    RETURN coalesce(v_balance, public.ledger_balance_at_v1(p_account, NULL));
END
$$;

-- Where an account's entries from an instant until another lie, in the books' order: month by
-- month, after an entry's id and up to another's. Few others lie between.
CREATE FUNCTION public.ledger_statement_spans_v1(
    p_account uuid, p_since timestamptz, p_until timestamptz
) RETURNS TABLE (month date, after_id bigint, last_id bigint, since timestamptz, until timestamptz)
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    v_tail bigint;
BEGIN
    FOR month, since, until IN
        SELECT m.month,
               CASE WHEN p_since > m.month::timestamp AT TIME ZONE 'Asia/Shanghai'
                    THEN p_since ELSE '-infinity' END,
               CASE WHEN p_until < (m.month + interval '1 month') AT TIME ZONE 'Asia/Shanghai'
                    THEN p_until ELSE 'infinity' END
        FROM public.ledger_month m
        WHERE (m.month + interval '1 month') AT TIME ZONE 'Asia/Shanghai' > p_since
          AND m.month::timestamp AT TIME ZONE 'Asia/Shanghai' < p_until
        ORDER BY m.month
    LOOP
        IF isfinite(since) OR isfinite(until) THEN
            SELECT min(c.after_id) FILTER (WHERE c.last_at >= since AND c.first_at < until),
                   max(c.last_id) FILTER (WHERE c.last_at >= since AND c.first_at < until),
                   max(c.last_id)
            INTO after_id, last_id, v_tail
            FROM public.ledger_checkpoint c
            WHERE c.account_id = p_account AND c.month = ledger_statement_spans_v1.month;
            IF last_id IS NOT NULL AND last_id < v_tail THEN
                RETURN NEXT;
                after_id := v_tail;
            END IF;
            after_id := coalesce(after_id, v_tail, 0);
        ELSE
            after_id := 0;
        END IF;
        last_id := 9223372036854775807;
        RETURN NEXT;
    END LOOP;
END
$$;

-- The entries of an account from an instant until another, in the books' order (month, then
-- posting): the p_limit after a place in it, or (p_forward false) the p_limit before it.
CREATE FUNCTION public.ledger_statement_lines_v1(
    p_account uuid, p_since timestamptz, p_until timestamptz,
    p_month date, p_id bigint, p_forward boolean, p_limit integer
) RETURNS TABLE (month date, id bigint, transaction_id uuid, at timestamptz, amount bigint)
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    v_left integer := p_limit;
    v_found integer;
    v_span record;
BEGIN
    FOR v_span IN
        SELECT s.month, s.since, s.until,
               CASE WHEN p_forward AND s.month = p_month THEN greatest(s.after_id, p_id)
                    ELSE s.after_id END AS after_id,
               CASE WHEN NOT p_forward AND s.month = p_month THEN least(s.last_id, p_id - 1)
                    ELSE s.last_id END AS last_id
        FROM public.ledger_statement_spans_v1(p_account, p_since, p_until) AS s
        WHERE CASE WHEN p_forward THEN s.month >= p_month ELSE s.month <= p_month END
        ORDER BY CASE WHEN p_forward THEN s.month END, CASE WHEN p_forward THEN s.after_id END,
                 s.month DESC, s.after_id DESC
    LOOP
        -- The instant is looked up entry by entry: any other plan would read the whole span.
        IF p_forward THEN
            RETURN QUERY
            SELECT l.month, l.id, l.transaction_id, l.at, l.amount
            FROM (SELECT e.month, e.id, e.transaction_id, e.amount,
                         (SELECT t.at FROM public.ledger_transaction t
                          WHERE t.id = e.transaction_id) AS at
                  FROM public.ledger_entry e
                  WHERE e.month = v_span.month AND e.account_id = p_account
                    AND e.id > v_span.after_id AND e.id <= v_span.last_id
                  ORDER BY e.id OFFSET 0) AS l
            WHERE l.at >= v_span.since AND l.at < v_span.until LIMIT v_left;
        ELSE
            RETURN QUERY
            SELECT l.month, l.id, l.transaction_id, l.at, l.amount
            FROM (SELECT e.month, e.id, e.transaction_id, e.amount,
                         (SELECT t.at FROM public.ledger_transaction t
                          WHERE t.id = e.transaction_id) AS at
                  FROM public.ledger_entry e
                  WHERE e.month = v_span.month AND e.account_id = p_account
                    AND e.id > v_span.after_id AND e.id <= v_span.last_id
                  ORDER BY e.id DESC OFFSET 0) AS l
            WHERE l.at >= v_span.since AND l.at < v_span.until LIMIT v_left;
        END IF;
        GET DIAGNOSTICS v_found = ROW_COUNT;
        v_left := v_left - v_found;
        EXIT WHEN v_left <= 0;
    END LOOP;
END
$$;

-- What an account held before a line of such a statement: its opening balance and the lines
-- before. A month later than the first has all of what was opened with before it.
CREATE FUNCTION public.ledger_statement_before_v1(
    p_account uuid, p_since timestamptz, p_until timestamptz, p_month date, p_id bigint
) RETURNS bigint
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    v_balance bigint := public.ledger_balance_before_v1(p_account, p_month)
        + (public.ledger_sum_in_month_v1(p_account, p_month, p_until, p_id)).amount;
BEGIN
    IF p_since > p_month::timestamp AT TIME ZONE 'Asia/Shanghai' THEN
        v_balance := v_balance
            + (public.ledger_sum_in_month_v1(p_account, p_month, p_since, NULL)).amount
            - (public.ledger_sum_in_month_v1(p_account, p_month, p_since, p_id)).amount;
    END IF;
    RETURN v_balance;
END
$$;

-- What was added to an account from an instant until another.
CREATE FUNCTION public.ledger_came_v1(p_account uuid, p_since timestamptz, p_until timestamptz)
RETURNS bigint
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_bitmapscan = off AS $$
BEGIN
    RETURN (
        SELECT coalesce(sum((public.ledger_sum_in_month_v1(p_account, m.month, p_until, NULL)).came
                            - CASE WHEN p_since > m.month::timestamp AT TIME ZONE 'Asia/Shanghai'
                              THEN (public.ledger_sum_in_month_v1(
                                        p_account, m.month, p_since, NULL)).came
                              ELSE 0 END), 0)
        FROM public.ledger_month m
        WHERE (m.month + interval '1 month') AT TIME ZONE 'Asia/Shanghai' > p_since
          AND m.month::timestamp AT TIME ZONE 'Asia/Shanghai' < p_until);
END
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.ledger_checkpoint_mark_v1() TO flowcoin_app;
GRANT EXECUTE ON FUNCTION public.ledger_checkpoint_cut_v1(integer) TO flowcoin_app;
-- Reading functions.
GRANT EXECUTE ON FUNCTION public.ledger_sum_in_month_v1(uuid, date, timestamptz, bigint)
    TO flowcoin_app;
GRANT EXECUTE ON FUNCTION public.ledger_balance_before_v1(uuid, date) TO flowcoin_app;
GRANT EXECUTE ON FUNCTION public.ledger_balance_at_v1(uuid, timestamptz) TO flowcoin_app;
GRANT EXECUTE ON FUNCTION public.ledger_amount_v1(uuid) TO flowcoin_app;
GRANT EXECUTE ON FUNCTION public.ledger_statement_spans_v1(uuid, timestamptz, timestamptz)
    TO flowcoin_app;
GRANT EXECUTE ON FUNCTION public.ledger_statement_lines_v1(
    uuid, timestamptz, timestamptz, date, bigint, boolean, integer) TO flowcoin_app;
GRANT EXECUTE ON FUNCTION public.ledger_statement_before_v1(
    uuid, timestamptz, timestamptz, date, bigint) TO flowcoin_app;
GRANT EXECUTE ON FUNCTION public.ledger_came_v1(uuid, timestamptz, timestamptz) TO flowcoin_app;
GRANT SELECT ON public.ledger_checkpoint, public.ledger_checkpoint_state TO flowcoin_app;
