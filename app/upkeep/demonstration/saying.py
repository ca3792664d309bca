"""What the invented enterprises say to their warnings, and what reviewers ask again."""

from collections.abc import Sequence

from app.checks.rules import Alarm
from app.filings.alarms.models import Reason

Said = tuple[Reason, str]
FELL: Sequence[Said] = (
    (
        Reason.MAINTENANCE,
        "主要生产线自本季度首月起停机大修 38 天，用能随开工天数减少，检修记录已存档。",
    ),
    (Reason.MAINTENANCE, "二号生产线计划检修延长，本季度只开一条线，产量和能耗同步下降。"),
    (Reason.PRODUCTION, "下游订单减少，本季度负荷率降至五成左右，与生产月报一致。"),
    (
        Reason.NEW_EQUIPMENT,
        "淘汰两台旧设备后尚未补充产能，用能量低于对比期，备案文件号内工信改字 26 号。",
    ),
)
ROSE: Sequence[Said] = (
    (Reason.PRODUCTION, "对比期正值停机大修，本季度恢复满负荷生产，能耗回到往常水平。"),
    (Reason.PRODUCTION, "新签长期供货合同，本季度产量增加，单位产品能耗没有上升。"),
    (Reason.MAINTENANCE, "对比的季度检修停产一个多月，基数偏低，本季度开工天数正常。"),
    (Reason.SEASON, "本季度气温偏低，采暖和伴热用能增加，另有新厂房投入使用。"),
)
OF_RULES: dict[str, Sequence[Said]] = {
    "F-07": (
        (
            Reason.OTHER,
            "统计岗位人员十月中旬才到岗交接，月报补齐后于当日提交，今后由两人互为备岗。",
        ),
    ),
    "E-03": (
        (
            Reason.OTHER,
            "本企业主要产品未列入国家能耗限额产品目录，没有可填的产品行，能耗按车间台账核对过。",
        ),
        (
            Reason.PRODUCT_MIX,
            "产品品种多、批量小，现行目录中没有对应产品，只能按产值法核算节能量。",
        ),
        (Reason.OTHER, "主导产品为定制件，无国家单耗指标，分车间的用电台账留厂备查。"),
    ),
    "C-13": (
        (
            Reason.MEASUREMENT,
            "关口表与车间分表口径不同，差额为主变和厂内线路损耗，已约供电公司下月校表。",
        ),
        (Reason.MEASUREMENT, "一台车间电表 8 日至 19 日停走，期间用电按日均估算，造成少量差额。"),
    ),
    "C-16": (
        (Reason.PRICE, "本季度主要由集团风电场直供，按协议只结算输配电费，金额低于市场电价。"),
        (Reason.PRICE, "上季度多付电费在本季度结算单中冲抵，应付金额因此偏低，结算单号 0612。"),
    ),
    "G-08": (
        (Reason.SEASON, "上半年集中安排高负荷生产，下半年有 40 天检修，全年预计控制在目标以内。"),
        (Reason.PRODUCTION, "新增产能已通过节能审查，正向盟市申请调整年度能耗目标。"),
    ),
    "G-09": (
        (
            Reason.PRODUCTION,
            "全年产量高于年初计划，超出部分已列入下年度节能改造方案，余热回收四月投运。",
        ),
    ),
    "G-12": (
        (Reason.NEW_EQUIPMENT, "变频改造比计划晚投运一个季度，全年下降率未到目标，下年度补足。"),
        (Reason.PRODUCT_MIX, "高端牌号比例上升，单位产品能耗下降较慢，已调整工艺参数。"),
    ),
}
OTHERWISE: Sequence[Said] = (
    (Reason.OTHER, "已与统计台账、计量记录和购进发票逐项核对，差异来自生产安排的临时调整。"),
)
CHANGES = frozenset({"B-08", "B-12", "C-21", "C-22", "E-06", "E-07", "R-10", "W-06"})
ASKED_AGAIN = (
    "请写明检修起止日期和涉及的设备，并上传检修计划或停机记录。",
    "说明过于笼统，请按能源品种分别说明，并附本季度结算单。",
    "与上次填报的说法不一致，请核实后补充依据。",
)


def explanation_of(alarm: Alarm, number: int) -> Said:
    """A sentence that fits the *alarm*; *number* turns among those there are."""
    if alarm.code in CHANGES:
        side = alarm.why.deviation
        known = FELL if side is not None and _below(side.value) else ROSE
    else:
        known = OF_RULES.get(alarm.code, OTHERWISE)
    return known[number % len(known)]


def _below(value: object) -> bool:
    return str(value).startswith("-")
