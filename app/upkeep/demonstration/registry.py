"""The invented enterprises: where they lie, what they do, how large they are."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import insert

from app.core.credit_code import ALPHABET, check_character
from app.core.db import db
from app.core.search import search_text
from app.enterprises.life import EnterpriseClassYear
from app.enterprises.models import Enterprise, EnterpriseClass, RegistryCounter
from app.regions.models import Region
from app.upkeep.demonstration.names import TRADES, enterprise_name, mobile, person_name

WANTED = 312
ENTERED = datetime(2023, 9, 11, 1, 0, tzinfo=UTC)  # before the first quarter that is filed
LISTED = "列入“百千万”行动重点用能单位名单"
DOCUMENTS = {
    EnterpriseClass.HUNDRED: "发改环资〔2019〕351 号",
    EnterpriseClass.THOUSAND: "内发改环资字〔2024〕118 号",
}
HEAVY = ("44", "26", "31", "32", "06", "25", "30", "38")  # these may be very large


@dataclass(slots=True)
class Made:
    """An enterprise, and what its figures grow from."""

    id: int
    number: str
    place: str
    code: str
    name: str
    industry: str
    enterprise_class: EnterpriseClass
    energy: float  # tce in a quarter
    seed: int
    head: str = ""
    contact: str = ""
    phone: str = ""


def make_enterprises(counties: list[Region]) -> list[Made]:
    """Some in every county, all industries, both levels; the same every time."""
    rng = random.Random(20231001)  # noqa: S311  invented, and the same every time
    taken: set[str] = set()
    industries = sorted(TRADES)
    made = []
    for n in range(1, WANTED + 1):
        county = counties[(n - 1) % len(counties)]
        # every industry once, then mostly those that use much energy
        industry = industries[n - 1] if n <= len(industries) else _industry(rng, industries)
        name, _short = enterprise_name(rng, industry, taken)
        large = industry in HEAVY and rng.random() < 0.34
        energy = rng.uniform(140_000, 420_000) if large else rng.uniform(1_500, 90_000)
        made.append(
            Made(
                id=n,
                number=f"{n:06d}",
                place=f"{county.path}{n:06d}/",
                code=_credit_code(rng, county.code),
                name=name,
                industry=industry,
                enterprise_class=_class_of(energy, rng),
                energy=energy,
                seed=rng.randrange(10**9),
                head="".join(person_name(rng)),
                contact="".join(person_name(rng)),
                phone=mobile(rng),
            )
        )
    return made


def _industry(rng: random.Random, industries: list[str]) -> str:
    return rng.choice(HEAVY) if rng.random() < 0.6 else rng.choice(industries)


def _class_of(energy: float, rng: random.Random) -> EnterpriseClass:
    if energy > 300_000:
        return EnterpriseClass.HUNDRED
    if energy > 120_000:
        return EnterpriseClass.THOUSAND
    return rng.choices((EnterpriseClass.TEN_THOUSAND, EnterpriseClass.UNLISTED), (4, 1))[0]


def _credit_code(rng: random.Random, county: str) -> str:
    body = f"91{county}MA" + "".join(rng.choice(ALPHABET[:10]) for _i in range(7))
    return body + check_character(body)


def write_enterprises(made: list[Made]) -> None:
    db.session.execute(
        insert(Enterprise),
        [
            {
                "id": one.id,
                "place": one.place,
                "registry_number": one.number,
                "credit_code": one.code,
                "name": one.name,
                "short_name": one.name.removeprefix("内蒙古").removesuffix("有限公司"),
                "search": search_text(
                    one.name, one.name.removeprefix("内蒙古").removesuffix("有限公司"), one.code
                ),
                "industry_code": one.industry,
                "enterprise_class": one.enterprise_class,
                "address": "工业园区创业路 1 号",
                "contact_name": one.contact,
                "contact_phone": one.phone,
                "created_at": ENTERED,
                "version": 1,
            }
            for one in made
        ],
    )
    db.session.execute(
        insert(EnterpriseClassYear),
        [
            {
                "enterprise_id": one.id,
                "place": one.place,
                "year": 2024,
                "enterprise_class": one.enterprise_class,
                "document": DOCUMENTS.get(one.enterprise_class, ""),
                "reason": LISTED if one.enterprise_class in DOCUMENTS else "",
            }
            for one in made
        ],
    )
    db.session.add(RegistryCounter(id=1, last=len(made)))
