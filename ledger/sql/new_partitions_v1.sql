-- Give the planner figures of partitions that were filled and never looked at. Without them it takes
-- a month for as selective as a transaction's id, and sealing reads the whole month for each
-- transaction: until autovacuum comes by, in the very first minutes of a month.
CREATE FUNCTION public.ledger_analyse_new_partitions_v1() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_partition regclass;
    v_count integer := 0;
BEGIN
    FOR v_partition IN
        SELECT c.oid::regclass FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'public.ledger_entry'::regclass
          AND c.reltuples < 0 AND pg_relation_size(c.oid) > 0
    LOOP
        EXECUTE format('ANALYZE %s', v_partition);
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END
$$;

REVOKE EXECUTE ON FUNCTION public.ledger_analyse_new_partitions_v1() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.ledger_analyse_new_partitions_v1() TO flowcoin_app;
