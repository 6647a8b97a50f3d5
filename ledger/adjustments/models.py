"""Proposals, their decisions and the limits as Django sees them: read only, made by the files in `sql/`."""

from django.db import models


class AdjustmentLimit(models.Model):
    """Up to how much a role may propose or approve, in whole units (coins, MB, fen).

    The newest row of a role and an act is in force; a role without one may do nothing.
    """

    class Act(models.TextChoices):
        PROPOSE = "propose"
        APPROVE = "approve"

    id = models.BigIntegerField(primary_key=True)
    role = models.TextField()
    act = models.TextField(choices=Act)
    units_each_max = models.BigIntegerField()
    units_per_day_max = models.BigIntegerField()
    escrows = models.BooleanField()
    open_days = models.SmallIntegerField(null=True)
    set_by = models.TextField()
    set_at = models.DateTimeField()
    reason = models.TextField()

    class Meta:
        managed = False
        db_table = "ledger_adjustment_limit"
        ordering = ("role", "act", "-id")

    def __str__(self) -> str:
        return f"{self.role} may {self.act} {self.units_each_max}"


class Proposal(models.Model):
    """What somebody proposes to post, and why."""

    class Kind(models.TextChoices):
        ADJUSTMENT = "adjustment"
        REVERSAL = "reversal"

    id = models.UUIDField(primary_key=True)
    kind = models.TextField(choices=Kind)
    action = models.TextField()
    subject = models.TextField()
    reason = models.TextField()
    attachment = models.TextField()
    units = models.BigIntegerField()
    escrows = models.BooleanField()
    role = models.TextField()
    proposed_by = models.UUIDField()
    proposed_at = models.DateTimeField()
    proposed_from = models.TextField()
    expires_at = models.DateTimeField()
    written_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "ledger_proposal"
        ordering = ("-proposed_at", "-id")

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class ProposalPosting(models.Model):
    """One of the transactions that a proposal would post, all or none."""

    id = models.BigIntegerField(primary_key=True)
    proposal = models.ForeignKey(Proposal, models.DO_NOTHING, related_name="postings")
    place = models.SmallIntegerField()
    transaction_id = models.UUIDField()
    reverses = models.UUIDField(null=True)
    legs_hash = models.BinaryField()

    class Meta:
        managed = False
        db_table = "ledger_proposal_posting"
        ordering = ("place",)

    def __str__(self) -> str:
        return str(self.transaction_id)


class ProposalLeg(models.Model):
    """One leg of a proposed transaction."""

    id = models.BigIntegerField(primary_key=True)
    posting = models.ForeignKey(ProposalPosting, models.DO_NOTHING, related_name="legs")
    address = models.TextField()
    asset = models.TextField()
    amount = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "ledger_proposal_leg"
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.address} {self.asset} {self.amount:+d}"


class ProposalDecision(models.Model):
    """How a proposal ended, once; nobody decided one that expired."""

    class Outcome(models.TextChoices):
        APPROVED = "approved"
        DECLINED = "declined"
        WITHDRAWN = "withdrawn"
        EXPIRED = "expired"

    proposal = models.OneToOneField(
        Proposal, models.DO_NOTHING, primary_key=True, related_name="decision"
    )
    proposed_by = models.UUIDField()
    outcome = models.TextField(choices=Outcome)
    decided_by = models.UUIDField(null=True)
    role = models.TextField()
    decided_at = models.DateTimeField()
    decided_from = models.TextField()
    reason = models.TextField()
    written_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "ledger_proposal_decision"

    def __str__(self) -> str:
        return f"{self.outcome} {self.proposal_id}"
