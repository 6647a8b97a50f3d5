"""Staff, their groups, and the trail of what they do: administrators manage them, auditors read."""

from typing import Any

import django.contrib.auth.admin  # noqa: F401  registers what is taken out below
from django import forms
from django.contrib import admin
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth.models import Group, Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from ledger.audit.admin import ReadOnlyAdmin, dress
from wallet.carriers.rules import MsisdnUnreadable, normalised
from wallet.holders.models import User
from wallet.holders.operations import expect_user
from wallet.holders.rules import COUNTRY

RIGHTS = ("is_staff", "is_superuser", "groups")

admin.site.unregister(Group)


class NewColleague(forms.ModelForm):  # type: ignore[type-arg]
    """A phone that signs in by code: of somebody known already, or not yet."""

    phone = forms.CharField(label=_("手机号"), max_length=40)

    class Meta:
        model = User
        fields = ("is_superuser", "groups")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)

    def clean_phone(self) -> str:
        """Return the number as it is kept."""
        try:
            return COUNTRY + normalised(typed=self.cleaned_data["phone"])
        except MsisdnUnreadable as error:
            raise forms.ValidationError(_("请写大陆手机号。"), code="bad_phone") from error

    def _post_clean(self) -> None:
        """Give the rights to the person with this phone, rather than to a second one."""
        if not self.errors:
            self.instance = expect_user(phone=self.cleaned_data["phone"])
            self.instance.is_staff = True
            if not self.instance.password:
                self.instance.set_unusable_password()
            self.instance.is_superuser = self.cleaned_data["is_superuser"]


class ColleagueForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a colleague may do."""

    by: User | None = None

    class Meta:
        model = User
        fields = RIGHTS

    def clean(self) -> dict[str, Any] | None:
        """Refuse to change one's own rights: that is another administrator's to do."""
        if self.instance == self.by and self.changed_data:
            raise forms.ValidationError(_("自己的权限要由另一位管理员来改。"), code="own_rights")
        return super().clean()


class ForAdministrators(ModelAdmin):  # type: ignore[misc]
    """Rows that superusers change, that others may at most read, and that nobody deletes."""

    show_full_result_count = False
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _is_administrator(request)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return _is_administrator(request)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(User)
class ColleagueAdmin(ForAdministrators):
    """Staff: they sign in by phone code as everybody does; what they may do comes by groups."""

    list_display = ("phone", "is_superuser", "roles", "last_login", "joined_at")
    list_filter = ("is_superuser", "groups")
    search_fields = ("phone",)
    ordering = ("phone",)
    readonly_fields = ("phone", "last_login", "joined_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        staff: QuerySet[Any] = super().get_queryset(request).filter(is_staff=True)
        return staff.prefetch_related("groups")

    @admin.display(description=_("角色"))
    def roles(self, colleague: User) -> str:
        """Return the names of the colleague's groups."""
        return "、".join(group.name for group in colleague.groups.all()) or "–"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ("phone", "is_superuser", "groups")
        return ("phone", *RIGHTS, "last_login", "joined_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else self.readonly_fields

    def formfield_for_manytomany(self, field: Any, request: Any, **kwargs: Any) -> Any:
        # A handful of roles is ticked, not moved between two lists.
        kwargs["widget"] = UnfoldAdminCheckboxSelectMultipleWidget
        return super().formfield_for_manytomany(field, request, **kwargs)

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        kwargs["form"] = NewColleague if obj is None else ColleagueForm
        form = super().get_form(request, obj, **kwargs)
        form.by = request.user
        return form


@admin.register(Group)
class RoleAdmin(ForAdministrators):
    """Groups: a role's name is what the limits and the code know it by, so it stays."""

    list_display = ("name",)
    search_fields = ("name",)
    ordering = ("name",)
    filter_horizontal = ("permissions",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else ("name",)

    def formfield_for_manytomany(self, field: Any, request: Any, **kwargs: Any) -> Any:
        if field.name == "permissions":
            # Each is shown with its table: read with them, not one by one.
            kwargs["queryset"] = Permission.objects.select_related("content_type")
        return super().formfield_for_manytomany(field, request, **kwargs)


@admin.register(LogEntry)
class TrailAdmin(ReadOnlyAdmin):
    """What staff did in the admin; the table is append-only."""

    list_display = ("action_time", "user", "content_type", "object_repr", "what")
    list_filter = ("action_flag", "content_type")
    list_select_related = ("user", "content_type")
    search_fields = ("=object_id", "=user__phone")
    search_help_text = _("对象的完整编号，或同事的手机号（+86…）")
    ordering = ("-id",)

    @admin.display(description=_("做了什么"))
    def what(self, entry: LogEntry) -> str:
        """Return what was done, in words."""
        if entry.action_flag == ADDITION and not entry.change_message.strip("[]{} "):
            return str(_("新增"))
        return entry.get_change_message()


def _is_administrator(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))
