"""Our tables as Django sees them; made and kept by our migrations, never by Django's."""

from typing import ClassVar

from django.db import models

CLASSES = [
    ("hundred", "百家"),
    ("thousand", "千家"),
    ("ten_thousand", "万家"),
    ("unlisted", "未列入"),
]


class Industry(models.Model):
    """A division of GB/T 4754-2017."""

    code = models.CharField(max_length=4, primary_key=True)
    section = models.CharField(max_length=1)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=160)
    six_high_energy = models.BooleanField()
    conversion_expected = models.BooleanField()

    class Meta:
        managed = False
        db_table = "industry"

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"


class Enterprise(models.Model):
    """Every column of the table, as our own model has it."""

    place = models.CharField(max_length=64)
    registry_number = models.CharField(max_length=10, unique=True)
    credit_code = models.CharField(max_length=18, unique=True)
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=40, blank=True, default="")
    name_key = models.CharField(max_length=120, null=True, db_index=True)
    search = models.CharField(max_length=400)
    industry = models.ForeignKey(Industry, models.DO_NOTHING, db_column="industry_code")
    enterprise_class = models.CharField(max_length=32, choices=CLASSES)
    address = models.CharField(max_length=200, blank=True, default="")
    contact_name = models.CharField(max_length=50, blank=True, default="")
    contact_phone = models.CharField(max_length=30, blank=True, default="")
    in_statistics = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    version = models.IntegerField()

    class Meta:
        managed = False
        db_table = "enterprise"
        ordering: ClassVar = ["place", "id"]

    def __str__(self) -> str:
        return self.name
