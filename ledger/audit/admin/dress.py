"""The admin's own look for the fields that a form declares itself."""

from django import forms
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

# Without these an input has no border, and cannot be seen. By the plain widget's own type.
DRESSES: dict[type[forms.Widget], type[forms.Widget]] = {
    forms.NumberInput: UnfoldAdminIntegerFieldWidget,
    forms.Select: UnfoldAdminSelectWidget,
    forms.Textarea: UnfoldAdminTextareaWidget,
    forms.TextInput: UnfoldAdminTextInputWidget,
}


def dress(form: forms.BaseForm) -> None:
    """Give each plain field of a form the admin's look."""
    for field in form.fields.values():
        plain = field.widget
        look = DRESSES.get(type(plain))
        if look is None:
            continue
        field.widget = look(attrs=plain.attrs)
        field.widget.is_required = plain.is_required
        if isinstance(plain, forms.Select) and isinstance(field.widget, forms.Select):
            field.widget.choices = plain.choices
