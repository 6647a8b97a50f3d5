-- Adjustments and reversals take two persons: one proposes, another approves. Only the functions
-- of adjustments_v1.sql write these tables; nothing in them is ever changed or deleted.

-- Up to how much a role may propose or approve, in whole units of whatever is moved (coins, MB,
-- fen). Dated rows: the newest of a role and an act is in force. A role without one may do nothing.
CREATE TABLE public.ledger_adjustment_limit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    role text NOT NULL,
    act text NOT NULL,
    units_each_max bigint NOT NULL,
    units_per_day_max bigint NOT NULL,
    escrows boolean NOT NULL, -- may touch what is set aside for one gift, order, …
    open_days smallint,       -- how long what this role proposes stays open
    set_by text NOT NULL,
    set_at timestamptz NOT NULL,
    reason text NOT NULL,
    CONSTRAINT ledger_adjustment_limit_role CHECK (role ~ '^[a-z][a-z_]{0,31}$'),
    CONSTRAINT ledger_adjustment_limit_act CHECK (act IN ('propose', 'approve')),
    CONSTRAINT ledger_adjustment_limit_units
        CHECK (units_each_max >= 0 AND units_per_day_max >= units_each_max),
    CONSTRAINT ledger_adjustment_limit_days
        CHECK ((act = 'propose') = (open_days IS NOT NULL) AND open_days BETWEEN 1 AND 90),
    CONSTRAINT ledger_adjustment_limit_reason CHECK (length(btrim(reason)) >= 10)
);
CREATE INDEX ledger_adjustment_limit_newest ON public.ledger_adjustment_limit (role, act, id);

-- What somebody proposes. `action` names what an app does beside the posting, `subject` to what.
CREATE TABLE public.ledger_proposal (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    reason text NOT NULL,
    attachment text NOT NULL,
    units bigint NOT NULL,
    escrows boolean NOT NULL,
    role text NOT NULL,
    proposed_by uuid NOT NULL,
    proposed_at timestamptz NOT NULL,
    proposed_from text NOT NULL,
    expires_at timestamptz NOT NULL,
    written_at timestamptz NOT NULL DEFAULT clock_timestamp(), -- the database's own clock
    UNIQUE (id, proposed_by),
    CONSTRAINT ledger_proposal_kind CHECK (kind IN ('adjustment', 'reversal')),
    CONSTRAINT ledger_proposal_reason CHECK (length(btrim(reason)) >= 10),
    CONSTRAINT ledger_proposal_attachment CHECK (length(attachment) <= 20000),
    CONSTRAINT ledger_proposal_units CHECK (units > 0),
    CONSTRAINT ledger_proposal_expires CHECK (expires_at > proposed_at)
);
CREATE INDEX ledger_proposal_day ON public.ledger_proposal (proposed_by, proposed_at);
CREATE INDEX ledger_proposal_newest ON public.ledger_proposal (proposed_at, id);

-- The transactions it would post, all or none, in their order.
CREATE TABLE public.ledger_proposal_posting (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    proposal_id uuid NOT NULL REFERENCES public.ledger_proposal (id),
    place smallint NOT NULL,
    transaction_id uuid NOT NULL,
    reverses uuid,
    legs_hash bytea NOT NULL,
    UNIQUE (proposal_id, place),
    UNIQUE (proposal_id, transaction_id)
);
CREATE INDEX ledger_proposal_posting_transaction
    ON public.ledger_proposal_posting (transaction_id);
CREATE INDEX ledger_proposal_posting_reverses ON public.ledger_proposal_posting (reverses)
    WHERE reverses IS NOT NULL;

CREATE TABLE public.ledger_proposal_leg (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    posting_id bigint NOT NULL REFERENCES public.ledger_proposal_posting (id),
    address text NOT NULL,
    asset text NOT NULL,
    amount bigint NOT NULL,
    CONSTRAINT ledger_proposal_leg_moves CHECK (amount <> 0)
);
CREATE INDEX ledger_proposal_leg_posting ON public.ledger_proposal_leg (posting_id, id);

-- How it ended, once. Not even this file's functions could write an approval by the proposer.
CREATE TABLE public.ledger_proposal_decision (
    proposal_id uuid PRIMARY KEY,
    proposed_by uuid NOT NULL,
    outcome text NOT NULL,
    decided_by uuid,
    role text NOT NULL,
    decided_at timestamptz NOT NULL,
    decided_from text NOT NULL,
    reason text NOT NULL,
    written_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    FOREIGN KEY (proposal_id, proposed_by) REFERENCES public.ledger_proposal (id, proposed_by),
    CONSTRAINT ledger_proposal_decision_two_persons CHECK (
        (outcome IN ('approved', 'declined') AND decided_by IS NOT NULL
         AND decided_by <> proposed_by)
        OR (outcome = 'withdrawn' AND decided_by IS NOT DISTINCT FROM proposed_by)
        OR (outcome = 'expired' AND decided_by IS NULL)),
    CONSTRAINT ledger_proposal_decision_reason
        CHECK (outcome <> 'declined' OR length(btrim(reason)) >= 10)
);
CREATE INDEX ledger_proposal_decision_day
    ON public.ledger_proposal_decision (decided_by, decided_at);

DO $$
DECLARE
    v_table text;
BEGIN
    FOREACH v_table IN ARRAY ARRAY['ledger_adjustment_limit', 'ledger_proposal',
        'ledger_proposal_posting', 'ledger_proposal_leg', 'ledger_proposal_decision'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON public.%I '
                       'FOR EACH ROW EXECUTE FUNCTION public.ledger_append_only_v1()', v_table);
        EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.%I '
                       'FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_append_only_v1()', v_table);
    END LOOP;
END
$$;

INSERT INTO public.ledger_transaction_kind (name) VALUES ('adjustment'), ('reversal');
INSERT INTO public.ledger_adjustment_limit
    (role, act, units_each_max, units_per_day_max, escrows, open_days, set_by, set_at, reason)
VALUES
    ('adjuster', 'propose', 10000, 50000, false, 7, 'migration', now(), 'As delivered.'),
    ('approver', 'approve', 10000, 50000, false, NULL, 'migration', now(), 'As delivered.'),
    ('controller', 'propose', 1000000, 5000000, true, 7, 'migration', now(), 'As delivered.'),
    ('controller', 'approve', 1000000, 5000000, true, NULL, 'migration', now(), 'As delivered.');
