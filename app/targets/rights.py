"""Who sets whose targets: the class of the enterprise in the registry decides.

百家 and 千家 are handed down from above the league; 万家 and those outside the list are the
league's own.  To read `SETTERS` is to read the rule.
"""

from flask_babel import gettext as _

from app.audit.actor import Actor
from app.core.errors import Forbidden
from app.enterprises.models import Enterprise, EnterpriseClass
from app.regions.scope import Tier

REGION = frozenset({Tier.PLATFORM, Tier.REGION})
LEAGUE = frozenset({Tier.LEAGUE})
SETTERS = {
    EnterpriseClass.HUNDRED: REGION,
    EnterpriseClass.THOUSAND: REGION,
    EnterpriseClass.TEN_THOUSAND: LEAGUE,
    EnterpriseClass.UNLISTED: LEAGUE,
}


def sets_targets(actor: Actor, enterprise: Enterprise) -> bool:
    """Whether *actor* stands where the targets of *enterprise* are set; roles are asked apart."""
    return bool(actor.tiers_at(enterprise.place) & SETTERS[enterprise.enterprise_class])


def classes_set_by(actor: Actor) -> list[EnterpriseClass]:
    """The classes whose targets are set somewhere where *actor* stands."""
    tiers = {Tier(root.count("/")) for root in actor.scope.roots}
    return [kind for kind, setters in SETTERS.items() if tiers & setters]


def must_set_targets(actor: Actor, enterprise: Enterprise) -> None:
    """`Forbidden` for anybody else, with who it is."""
    if sets_targets(actor, enterprise):
        return
    if SETTERS[enterprise.enterprise_class] is LEAGUE:
        raise Forbidden(_("The targets of this enterprise are set by its league or city."))
    raise Forbidden(
        _("The targets of hundred and thousand class enterprises are set by the region.")
    )


def must_set_quotas(actor: Actor) -> None:
    if not {Tier(root.count("/")) for root in actor.scope.roots} & REGION:
        raise Forbidden(_("Only the region sets the quotas of leagues."))
