"""Each rule of the contract as a step: it returns where the carrier keeps it, else says what broke."""

from collections import Counter

from wallet.carriers.adaptors.contract import LineKind, Outcome
from wallet.carriers.adaptors.trial import TRIED_MB, Broken, Trial, expect, expect_mb
from wallet.carriers.rules import Quality


def knows_its_number(trial: Trial) -> None:
    """Name the carrier of its own number."""
    found = trial.adaptor.detect(msisdn=trial.msisdn)
    if found.quality != Quality.CARRIER or found.carrier != trial.adaptor.carrier:
        raise Broken(f"it says {found.carrier or 'nothing'}, known by {found.quality}")


def sells_something(trial: Trial) -> None:
    """List what can be submitted."""
    if not trial.adaptor.products():
        raise Broken("it lists no product")


def tells_remainders(trial: Trial) -> None:
    """Say what is left of the package."""
    left = trial.left_mb()
    if left < 2 * TRIED_MB:
        raise Broken(f"{left} MB are left; the trial needs {2 * TRIED_MB}")


def deducts_and_restores(trial: Trial) -> None:
    """Take out of a package, and give back."""
    before = trial.left_mb()
    expect(trial.deduct("deduct"), Outcome.DELIVERED)
    expect_mb("after a deduct", found=trial.left_mb(), due=before - TRIED_MB)
    expect(trial.restore("restore"), Outcome.DELIVERED)
    expect_mb("after the restore", found=trial.left_mb(), due=before)


def deducts_once_by_reference(trial: Trial) -> None:
    """Answer the same to the same reference, and move nothing more."""
    before = trial.left_mb()
    for _ in range(2):
        expect(trial.deduct("twice"), Outcome.DELIVERED)
    expect_mb("after a deduct sent twice", found=trial.left_mb(), due=before - TRIED_MB)
    expect(trial.restore("twice-back"), Outcome.DELIVERED)


def deducts_no_more_than_is_left(trial: Trial) -> None:
    """Refuse to take more than is left."""
    before = trial.left_mb()
    expect(trial.deduct("too-much", mb=before + 1), Outcome.FAILED)
    expect_mb("after a refused deduct", found=trial.left_mb(), due=before)


def submits_once_by_reference(trial: Trial) -> None:
    """Deliver once, however often one reference is sent."""
    before = trial.topped_up_mb()
    for _ in range(2):
        expect(trial.decided(trial.submit("submit")), Outcome.DELIVERED)
    expect_mb("after a submit sent twice", found=trial.topped_up_mb(), due=before + TRIED_MB)


def keeps_a_reference_to_its_order(trial: Trial) -> None:
    """Move nothing where a reference comes back with another amount."""
    before = trial.topped_up_mb()
    if trial.submit("submit", mb=2 * TRIED_MB).outcome == Outcome.FAILED:
        raise Broken("it calls the delivered reference failed: we would refund it")
    expect_mb("after another amount came", found=trial.topped_up_mb(), due=before)


def tells_statuses(trial: Trial) -> None:
    """Say what became of a reference, and of a strange one that it is unknown."""
    expect(trial.adaptor.status(ref=trial.ref("submit")), Outcome.DELIVERED)
    strange = trial.adaptor.status(ref=trial.ref("never-sent"))
    if strange.outcome in {Outcome.DELIVERED, Outcome.FAILED}:
        raise Broken(f"of a reference never sent it says {strange.outcome}")


def survives_a_lost_answer(trial: Trial) -> None:
    """Have done once what was sent, though nobody waited for the answer."""
    before = trial.topped_up_mb()
    lost = trial.submit("lost", adaptor=trial.hasty)
    if lost.outcome == Outcome.FAILED:
        raise Broken(f"a call that was cut off came out failed ({lost.reason})")
    trial.decided(lost)
    expect(trial.decided(trial.submit("lost")), Outcome.DELIVERED)
    expect_mb("after a lost answer", found=trial.topped_up_mb(), due=before + TRIED_MB)


def states_each_reference_once(trial: Trial) -> None:
    """List on the day's statement what was done, each reference once, with its direction."""
    statement = trial.adaptor.statement(day=trial.today)
    lines = [line for line in statement.lines if line.ref.startswith(trial.ref(""))]
    counted = Counter((line.ref, line.kind, line.mb) for line in lines)
    due = Counter(
        (trial.ref(name), kind, TRIED_MB)
        for name, kind in (
            ("deduct", LineKind.DEDUCTED),
            ("restore", LineKind.RESTORED),
            ("twice", LineKind.DEDUCTED),
            ("twice-back", LineKind.RESTORED),
            ("submit", LineKind.DELIVERED),
            ("lost", LineKind.DELIVERED),
        )
    )
    for line in due - counted:
        raise Broken(f"{line[0]}, {line[1]} {line[2]} MB, is missing")
    for line in counted - due:
        raise Broken(f"{line[0]}, {line[1]} {line[2]} MB, is listed too often or was never done")


def leaves_today_open(trial: Trial) -> None:
    """Call no day final that has not ended."""
    if trial.adaptor.statement(day=trial.today).final:
        raise Broken("today's statement calls itself final")


RULES = (
    knows_its_number,
    sells_something,
    tells_remainders,
    deducts_and_restores,
    deducts_once_by_reference,
    deducts_no_more_than_is_left,
    submits_once_by_reference,
    keeps_a_reference_to_its_order,
    tells_statuses,
    survives_a_lost_answer,
    states_each_reference_once,
    leaves_today_open,
)
