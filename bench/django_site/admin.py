"""The list and the form of enterprises, with the columns and fields that ours have."""

from typing import ClassVar

from django.contrib import admin

from bench.django_site.models import Enterprise


@admin.register(Enterprise)
class EnterpriseAdmin(admin.ModelAdmin):
    """Nothing is switched off that Django admin does by itself."""

    list_display: ClassVar = [
        "name",
        "credit_code",
        "industry",
        "enterprise_class",
        "contact_name",
        "in_statistics",
    ]
    list_select_related: ClassVar = ["industry"]
    list_per_page = 25
    search_fields: ClassVar = ["search"]  # one column with all that ours looks through
    fields: ClassVar = [
        "name",
        "short_name",
        "credit_code",
        "industry",
        "enterprise_class",
        "address",
        "contact_name",
        "contact_phone",
    ]
