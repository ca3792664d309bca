"""What goes with an enterprise that moves: its forms, with the numbers as they were given."""

from app.energy_staff.models import EnergyChart, EnergyForm
from app.enterprises.moves import FOLLOWERS


def follow_enterprises() -> None:
    FOLLOWERS[EnergyForm] = lambda pk: EnergyForm.enterprise_id == pk
    FOLLOWERS[EnergyChart] = lambda pk: EnergyChart.enterprise_id == pk
