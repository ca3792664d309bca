"""Invented names of enterprises and people."""

import random

BRANDS = (
    "晨曦 青云 鸿泽 朔风 金穗 瑞峰 长河 沃野 星原 远山 "
    "润泽 丰岭 恒川 祥瑞 博源 腾岳 华阳 盛原 嘉禾 云杉 "
    "赤羽 白桦 黑岩 蓝天 绿洲 银河 紫金 天骄 北辰 东曜 "
    "西岭 南屏 中岳 安泰 德馨 广盈 明硕 弘毅 景行 宏图 "
).split()
TRADES = {
    "06": "煤业",
    "07": "油气",
    "08": "铁矿",
    "09": "矿业",
    "10": "非金属矿",
    "11": "钻采服务",
    "12": "矿产",
    "13": "农产加工",
    "14": "乳业",
    "15": "酒业",
    "16": "烟草",
    "17": "羊绒纺织",
    "18": "服装",
    "19": "皮革",
    "20": "木业",
    "21": "家具",
    "22": "纸业",
    "23": "印务",
    "24": "文体用品",
    "25": "焦化",
    "26": "化工",
    "27": "制药",
    "28": "化纤",
    "29": "橡塑",
    "30": "水泥",
    "31": "钢铁",
    "32": "铝业",
    "33": "金属制品",
    "34": "通用机械",
    "35": "重工机械",
    "36": "汽车",
    "37": "轨道装备",
    "38": "光伏材料",
    "39": "电子",
    "40": "仪表",
    "41": "工业制造",
    "42": "再生资源",
    "43": "设备维修",
    "44": "热电",
    "45": "燃气",
    "46": "水务",
}
FAMILY = "王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗".split()
GIVEN = (
    "伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀英 霞 平 刚 桂英 建华 志强 海燕".split()
)


def enterprise_name(rng: random.Random, industry: str, taken: set[str]) -> tuple[str, str]:
    """A full and a short name that no other enterprise has."""
    while True:
        brand = rng.choice(BRANDS) + rng.choice(("", rng.choice(BRANDS)))
        short = brand + TRADES[industry]
        if short not in taken:
            taken.add(short)
            return f"内蒙古{short}有限公司", short


def person_name(rng: random.Random) -> tuple[str, str]:
    """Family and given name."""
    return rng.choice(FAMILY), rng.choice(GIVEN)


def mobile(rng: random.Random) -> str:
    """A number of a range that belongs to nobody."""
    return f"1990000{rng.randrange(10_000):04d}"
