"""What a browser would silently do otherwise than a template says."""

import re

from tests.house.messages import template_files

# This block of the admin's page stands inside its form: a form in it is dropped by browsers.
INSIDE_A_FORM = re.compile(r"{% block after_field_sets %}(.*?){% endblock %}", re.DOTALL)


def test_no_form_stands_inside_another() -> None:
    read = {path: path.read_text() for path in template_files()}
    inside = [(path, block) for path, text in read.items() for block in INSIDE_A_FORM.findall(text)]
    assert inside
    assert [path.name for path, block in inside if "<form" in block] == []


def test_what_scrolls_sideways_is_reached_by_keyboard_and_says_what_it_is() -> None:
    boxes = [
        (path.name, tag)
        for path in template_files()
        for tag in re.findall(r'<div class="(?:audit-)?scroll"[^>]*>', path.read_text())
    ]
    assert boxes
    named = re.compile(r' tabindex="0" role="(?:group|region)" aria-label(ledby)?="')
    assert [box for box in boxes if not named.search(box[1])] == []
