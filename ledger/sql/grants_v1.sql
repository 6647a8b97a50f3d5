-- The application may read the tables and run the ways in; nothing else.
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.ledger_account_id_v1(text, text) TO flowcoin_app;
GRANT EXECUTE ON FUNCTION public.ledger_post_v1(
    uuid, text, date, timestamptz, text, jsonb, uuid, text[], text[], bigint[]) TO flowcoin_app;
GRANT EXECUTE ON FUNCTION public.ledger_post_batch_v1(
    date, timestamptz, text, uuid[], text[], jsonb[], uuid[], integer[], text[], text[], bigint[])
    TO flowcoin_app;
GRANT EXECUTE ON FUNCTION public.ledger_open_month_v1(date) TO flowcoin_app;
GRANT EXECUTE ON FUNCTION public.ledger_begin_closing_v1(date, timestamptz) TO flowcoin_app;
GRANT EXECUTE ON FUNCTION public.ledger_close_month_v1(date, timestamptz, bytea) TO flowcoin_app;
GRANT SELECT ON public.ledger_address_kind, public.ledger_transaction_kind, public.ledger_month,
    public.ledger_copy_epoch, public.ledger_account, public.ledger_balance,
    public.ledger_transaction, public.ledger_entry TO flowcoin_app;
