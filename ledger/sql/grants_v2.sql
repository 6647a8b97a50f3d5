-- The ways in of before are gone: they knew one row for each balance.
DROP FUNCTION public.ledger_post_v1(
    uuid, text, date, timestamptz, text, jsonb, uuid, text[], text[], bigint[]);
DROP FUNCTION public.ledger_post_batch_v1(
    date, timestamptz, text, uuid[], text[], jsonb[], uuid[], integer[], text[], text[], bigint[]);
DROP FUNCTION public.ledger_post_legs_v1(
    date, timestamptz, uuid[], uuid[], text[], integer[], uuid[], text[], text[], bigint[]);
DROP FUNCTION public.ledger_open_accounts_v1(uuid[], text[], text[], timestamptz);

-- Transactions lie on disk as they came, so an index of a few pages finds a month or an instant;
-- a tree of every row cost each posting a page of its own.
DROP INDEX public.ledger_transaction_month_at;
CREATE INDEX ledger_transaction_month_at ON public.ledger_transaction
    USING brin (month, at) WITH (autosummarize = on);

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.ledger_account_id_v2(text, text) TO flowcoin_app;
GRANT EXECUTE ON FUNCTION public.ledger_post_v2(
    uuid, text, date, timestamptz, text, jsonb, uuid, text[], text[], bigint[]) TO flowcoin_app;
GRANT EXECUTE ON FUNCTION public.ledger_post_batch_v2(
    date, timestamptz, text, uuid[], text[], jsonb[], uuid[], integer[], text[], text[], bigint[])
    TO flowcoin_app;
GRANT SELECT ON public.ledger_balance, public.ledger_balance_row, public.ledger_stripe
    TO flowcoin_app;
