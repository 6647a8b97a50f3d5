-- What was proposed stays as it was, and so does what was decided: behind the checks that two
-- persons stand behind a new login, even the owner rewrites neither, nor removes a line.
CREATE TRIGGER proposed_stays
    BEFORE UPDATE OF id, holder_id, code_id, checked, reason, proposed_by_id, proposed_at, expires_at
    OR DELETE ON public.wallet_loginchange
    FOR EACH ROW EXECUTE FUNCTION public.ledger_append_only_v1();
CREATE TRIGGER decided_stays BEFORE UPDATE ON public.wallet_loginchange
    FOR EACH ROW WHEN (OLD.outcome <> '')
    EXECUTE FUNCTION public.ledger_append_only_v1();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.wallet_loginchange
    FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_append_only_v1();
