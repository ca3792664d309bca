"""What goes with an enterprise that moves: its targets; what was written of them stays."""

from sqlalchemy import ColumnElement, select

from app.enterprises.moves import FOLLOWERS
from app.targets.models import AnnualProduct, AnnualTarget, PlanProduct, PlanTarget


def _plans(pk: int) -> ColumnElement[bool]:
    return PlanTarget.enterprise_id == pk


def _years(pk: int) -> ColumnElement[bool]:
    return AnnualTarget.enterprise_id == pk


def follow_enterprises() -> None:
    """Let moves take the targets along, each product with its target."""
    FOLLOWERS.update(
        {
            PlanProduct: lambda pk: PlanProduct.target_id.in_(
                select(PlanTarget.id).where(_plans(pk))
            ),
            AnnualProduct: lambda pk: AnnualProduct.target_id.in_(
                select(AnnualTarget.id).where(_years(pk))
            ),
            PlanTarget: _plans,
            AnnualTarget: _years,
        }
    )
