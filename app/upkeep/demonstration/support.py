"""Announcements, the contact, and reported problems of the demonstration."""

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime

from app.core.canonical import digest
from app.core.db import db
from app.support.models import (
    Announcement,
    AnnouncementLevel,
    PlatformContact,
    ProblemReport,
    ReportState,
)
from app.upkeep.demonstration.journal import Journal

People = dict[str, tuple[int, str]]  # number and name by user name
EDITOR = "region"


@dataclass(frozen=True, slots=True)
class Told:
    """An announcement, and when it was entered."""

    at: datetime
    title: str
    level: AnnouncementLevel
    published_on: date
    until: date | None
    body: str


@dataclass(frozen=True, slots=True)
class Reported:
    """A problem: who reported it when, and what was answered."""

    by: str
    at: datetime
    subject: str
    text: str
    page: str
    answer: str = ""
    answered_at: datetime | None = None


ANNOUNCEMENTS = (
    Told(
        datetime(2026, 9, 15, 1, 20, tzinfo=UTC),
        "平台停机维护通知",
        AnnouncementLevel.ORDINARY,
        date(2026, 9, 15),
        date(2026, 9, 20),
        "为保障三季度集中填报期间平台平稳运行，定于 2026 年 9 月 19 日（星期六）20:00 至 9 月 20 日"
        "（星期日）6:00 进行停机维护。\n\n"
        "维护期间平台暂停访问，请各单位提前保存正在填写的内容，合理安排工作时间。",
    ),
    Told(
        datetime(2026, 9, 28, 2, 5, tzinfo=UTC),
        "关于做好 2026 年第三季度能源利用状况填报工作的通知",
        AnnouncementLevel.IMPORTANT,
        date(2026, 10, 1),
        date(2026, 12, 31),
        "各盟市节能主管部门、各重点用能单位：\n\n"
        "2026 年第三季度能源利用状况填报工作自 10 月 1 日起开始，请各重点用能单位于 10 月 15 日前"
        "完成填报并上报。逾期未报的，由所在旗县（市、区）、盟市负责催报。\n\n"
        "填报要求：\n"
        "一、数据应与统计台账、购进发票和计量记录一致；\n"
        "二、与上一季度相比变化较大的，请在填报时说明原因并上传佐证材料；\n"
        "三、报表被退回的，请按退回意见及时修改并重新上报。",
    ),
    Told(
        datetime(2026, 10, 9, 3, 40, tzinfo=UTC),
        "新版能源折标准煤系数参考表启用说明",
        AnnouncementLevel.ORDINARY,
        date(2026, 10, 9),
        None,
        "平台已启用新版各种能源折标准煤参考系数表，可在“基础目录—各种能源折标系数”中查阅。\n\n"
        "有实测热值的单位应优先采用实测值，并上传化验报告；没有实测热值的，采用参考系数。"
        "以前季度已终审的数据不作调整。",
    ),
)
CONTACT = {
    "phone": "0471-0000000",
    "mail": "support@tumen.example",
    "hours": "工作日 8:30—12:00，14:30—17:30",
    "notes": "账号停用、密码重置请先联系所在盟市的平台管理员；"
    "填报口径问题请先咨询所在旗县（市、区）。\n"
    "来电时请说明单位名称、企业编号和所在页面。",
}
REPORTS = (
    Reported(
        "filler_000001",
        datetime(2026, 10, 8, 2, 15, tzinfo=UTC),
        "导入 Excel 模板时提示“单位不一致”",
        "按平台下载的模板填写购进量后导入，第 3 行提示单位不一致，但页面上显示的单位与模板相同。",
        "/filings/list/",
        "经核实，您使用的是上一季度下载的模板。请重新下载本季度模板后再导入；"
        "如仍有问题，请将模板发送至技术支持邮箱。",
        datetime(2026, 10, 8, 7, 30, tzinfo=UTC),
    ),
    Reported(
        "county_150221",
        datetime(2026, 10, 13, 6, 50, tzinfo=UTC),
        "审核目录希望能按行业筛选",
        "辖区内企业较多，目前只能按名称和季度查找。\n建议在审核目录中增加按行业筛选的条件。",
        "/reviews/list/",
    ),
    Reported(
        "league_150200",
        datetime(2026, 10, 16, 1, 10, tzinfo=UTC),
        "企业联系人电话变更后催报名单未更新",
        "已在企业台账中修改联系电话，但催报时打印的名单仍是原号码，请协助核查。",
        "/late/list/",
    ),
)


def write_support(people: People, places: dict[str, str], journal: Journal) -> None:
    """Write all of it, with its entries; *places* are paths by user name."""
    editor, region = people[EDITOR], places[EDITOR]
    for told in ANNOUNCEMENTS:
        details = {name: value for name, value in asdict(told).items() if name != "at"}
        row = Announcement(**details, author_name=editor[1], created_at=told.at)
        number = _number_of(row)
        subject = ("announcement", number, told.title)
        journal.add(told.at, "announcement:enter", region, subject, editor, **details)
    number = _number_of(PlatformContact(id=1, **CONTACT))
    changes = {name: ["", value] for name, value in CONTACT.items()}
    subject = ("platform_contact", number, CONTACT["phone"])
    first = ANNOUNCEMENTS[0].at
    journal.add(first, "support:change_contact", region, subject, editor, changes=changes)
    for number, reported in enumerate(REPORTS, 1):
        _write_report(reported, number, people, places[reported.by], journal)


def _write_report(
    reported: Reported, number: int, people: People, place: str, journal: Journal
) -> None:
    reporter, editor = people[reported.by], people[EDITOR]
    row = ProblemReport(
        place=place,
        key=f"00000000-0000-4000-8000-{number:012d}",
        subject=reported.subject,
        text=reported.text,
        page=reported.page,
        reporter_id=reporter[0],
        reporter_name=reporter[1],
        created_at=reported.at,
        state=ReportState.ANSWERED if reported.answer else ReportState.OPEN,
        answer=reported.answer,
        answered_by=editor[1] if reported.answer else "",
        answered_at=reported.answered_at,
    )
    pk = _number_of(row)
    subject = ("problem_report", pk, str(row))
    told = digest(f"{reported.subject}\n{reported.text}")
    facts = {"page": reported.page, "text": told}
    journal.add(reported.at, "support:report", place, subject, reporter, **facts)
    if reported.answered_at is not None:
        answered = {
            "start": ReportState.OPEN,
            "end": ReportState.ANSWERED,
            "text": digest(reported.answer),
        }
        journal.add(reported.answered_at, "support:answer", place, subject, editor, **answered)


def _number_of(row: Announcement | PlatformContact | ProblemReport) -> int:
    db.session.add(row)
    db.session.flush()
    return row.id
