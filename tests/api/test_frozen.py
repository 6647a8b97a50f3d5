"""Somebody frozen at every door of the API that moves something: refused, and nothing is written."""

from django.apps import apps

from tests.api.doors import Door, assert_problem, doors
from tests.api.world import World
from wallet.holders.models import ApiRequest
from wallet.holders.operations import freeze_holder

#: What stays open, and why: nothing leaves the wallet, and nothing new comes in by choice.
OPEN_TO_THE_FROZEN = {
    # What is one's own comes back to where it is frozen.
    "cancel_gift",
    "cancel_order",
    "cancel_orders",
    "cancel_orders_of_book",
    # Words and wishes of one's own.
    "add_contact",
    "answer_roll",
    "ask_for_mail",
    "choose_notices",
    "disown_number",
    "end_invitation",
    "forget_mail",
    "import_contacts",
    "join_waiting_list",
    "keep_language",
    "leave_waiting_list",
    "open_case",
    "port_number",
    "read_notices",
    "remove_contact",
    "thank_sender",
    "wish_roll",
    # A sponsor's, not the person's: what others owe still arrives.
    "receive_postback",
}


def rows_of_everything() -> dict[str, int]:
    """Count the rows of every table of ours but the one of requests: the stored answers."""
    ours = ("ledger", "wallet", "exchange")
    models = [model for model in apps.get_models() if model._meta.app_label in ours]
    return {
        model._meta.db_table: model._default_manager.count()
        for model in models
        if model is not ApiRequest
    }


def test_whoever_is_frozen_is_refused_at_every_door_that_moves_something(world: World) -> None:
    closed = [door for door in doors("post") if door.name not in OPEN_TO_THE_FROZEN]
    asked = [(door, world.places(door), world.body(door)) for door in closed]
    freeze_holder(holder=world.me, now=world.now)
    before = rows_of_everything()

    def code(door: Door, places: dict[str, str], body: dict[str, object]) -> object:
        return assert_problem(door, world.ask(door, places=places, body=body))["code"]

    said = {each[0].name: code(*each) for each in asked}
    assert said == {door.name: "holder_frozen" for door in closed}
    assert rows_of_everything() == before


def test_whoever_is_frozen_may_still_use_the_other_doors(world: World) -> None:
    still = [door for door in doors("post") if door.name in OPEN_TO_THE_FROZEN]
    assert {door.name for door in still} == OPEN_TO_THE_FROZEN
    still.sort(key=lambda door: door.name == "disown_number")  # it signs out
    asked = [(door, world.places(door), world.body(door)) for door in still]
    freeze_holder(holder=world.me, now=world.now)
    said = {
        door.name: world.ask(door, places=places, body=body).status_code
        for door, places, body in asked
    }
    assert {name: status for name, status in said.items() if status >= 300} == {}
