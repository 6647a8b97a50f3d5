-- A month's closing balances: written by their function alone, while the month closes, and never
-- changed. What is read of a closed month starts from them.
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON public.ledger_closingbalance
    FOR EACH ROW EXECUTE FUNCTION public.ledger_append_only_v1();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.ledger_closingbalance
    FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_append_only_v1();

-- Write those of the accounts with ids from one to another: the last closed month's balances and
-- this month's entries. Only of a closing month, and once: who writes too early stops the close.
CREATE FUNCTION public.ledger_write_closing_balances_v1(p_month date, p_first uuid, p_last uuid)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
    SELECT p_month, account_id, sum(amount)
    FROM (SELECT b.account_id, b.balance AS amount FROM public.ledger_closingbalance b
          WHERE b.month = v_before AND b.account_id BETWEEN p_first AND p_last
          UNION ALL
          SELECT e.account_id, e.amount FROM public.ledger_entry e
          WHERE e.month = p_month AND e.account_id BETWEEN p_first AND p_last) AS moved
    GROUP BY account_id HAVING sum(amount) <> 0;
END
$$;

REVOKE EXECUTE ON FUNCTION public.ledger_write_closing_balances_v1(date, uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.ledger_write_closing_balances_v1(date, uuid, uuid)
    TO flowcoin_app;
REVOKE INSERT, UPDATE, DELETE ON public.ledger_closingbalance FROM flowcoin_app;
REVOKE USAGE ON SEQUENCE public.ledger_closingbalance_id_seq FROM flowcoin_app;
