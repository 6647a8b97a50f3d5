-- Write the closing balances of the accounts with ids from one to another, as before, but in the
-- order of their ids: the next one is then written where the last one was. And sums stay bigints.
CREATE OR REPLACE FUNCTION public.ledger_write_closing_balances_v1(
    p_month date, p_first uuid, p_last uuid
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET enable_hashagg = off SET work_mem = '64MB' AS $$
DECLARE
    v_before date := (SELECT max(month) FROM public.ledger_month
                      WHERE state = 'closed' AND month < p_month);
BEGIN
    PERFORM FROM public.ledger_month WHERE month = p_month AND state = 'closing';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'The month % is not closing.', to_char(p_month, 'YYYY-MM')
            USING ERRCODE = 'FC012';
    END IF;
    INSERT INTO public.ledger_closingbalance (month, account_id, balance)
    SELECT p_month, moved.account_id, public.ledger_sum_v1(moved.amount)
    FROM (SELECT b.account_id, b.balance AS amount FROM public.ledger_closingbalance b
          WHERE b.month = v_before AND b.account_id BETWEEN p_first AND p_last
          UNION ALL
          SELECT e.account_id, e.amount FROM public.ledger_entry e
          WHERE e.month = p_month AND e.account_id BETWEEN p_first AND p_last) AS moved
    GROUP BY moved.account_id HAVING public.ledger_sum_v1(moved.amount) <> 0
    ORDER BY moved.account_id;
END
$$;
