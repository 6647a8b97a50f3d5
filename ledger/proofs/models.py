"""Runs of the proofs that were kept, and what each proof found."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProofRun(models.Model):
    """One run over the books; one without an end was cut off, or is still going on."""

    started_at = models.DateTimeField(_("开始时间"))
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    asked_by = models.CharField(_("由谁"), max_length=32)
    broken = models.PositiveSmallIntegerField(_("不符的证明"), default=0)

    class Meta:
        ordering = ("-id",)
        verbose_name = _("查证")
        verbose_name_plural = _("查证")

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"

    @property
    def is_clean(self) -> bool:
        """Tell whether the run came to its end and found nothing broken."""
        return self.ended_at is not None and self.broken == 0


class ProofFound(models.Model):
    """What one proof of a run found; the time is the work's, in milliseconds."""

    run = models.ForeignKey(ProofRun, models.CASCADE, related_name="found")
    place = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    examined = models.BigIntegerField()
    broken = models.BigIntegerField()
    first_broken = models.TextField(blank=True)
    milliseconds = models.PositiveIntegerField()

    class Meta:
        ordering = ("place",)
        constraints = (models.UniqueConstraint(fields=("run", "place"), name="proof_found_once"),)

    def __str__(self) -> str:
        return self.name
