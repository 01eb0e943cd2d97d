"""What owners say at the door of the demonstration estate, and what the departments do about it, in their words."""

from typing import NamedTuple

from app.issues.rules import Urgency


class Matter(NamedTuple):
    """Something an owner raises, the department's measure and report, and what happens if that was not enough.

    `department` is where the supervisor sends what no category routes; `photos` are taken of damp.
    """

    text: str
    category: str
    measure: str
    done: str
    complaint: str = "没有彻底解决，还和原来一样"
    again: str = "部门经理现场复查，重新整改并拍照留底"
    done_again: str = "已重新整改，复查合格"
    urgency: Urgency = Urgency.ORDINARY
    department: str = ""
    photos: int = 0


METHODS = {
    "service": "客服专人跟进，当天回复业主",
    "engineering": "两人一组上门，先断水断电，完工后试用半小时",
    "security": "班长带队，连续一周复查并记录",
    "environment": "当天清理，之后每日两次巡查",
    "developer": "原施工单位进场，工程师旁站，隐蔽部位拍照",
}
"""How a department goes about its measures, by its code."""


class Reply(NamedTuple):
    """Something an owner raises that the officer can answer on the spot."""

    text: str
    category: str
    answer: str


class Special(NamedTuple):
    """What a special visit is about, and what the officers say and ask there."""

    title: str
    ask: str


SPECIAL = Special("暖气打压前逐户确认", "阀门是否全部打开；打压当天家中是否有人；有无渗漏旧痕")

CEILING_LEAK = Matter(
    "主卫天花板渗水，洗澡后滴水，墙角发黑",
    "leak",
    "凿开楼上卫生间地漏周边，补做防水后闭水试验 24 小时",
    "补涂防水，闭水试验 24 小时未见渗漏",
    "两天后又滴水，涂料颜色也不一致，墙角仍有水印",
    "剥除原涂层、注浆，重做防水两遍，天花板整体重刷同色涂料",
    "防水重做两遍，闭水试验 48 小时合格，天花板已整体重刷",
    Urgency.MAJOR,
    photos=2,
)
CORRIDOR_LIGHT = Matter(
    "12 层走廊灯不亮，晚上回家看不清门锁",
    "light",
    "更换声控灯，检查同层线路",
    "12 层走廊灯已更换，声控正常",
    "换了以后一直亮着，不会自己灭",
)
OUTER_WALL_LEAK = Matter(
    "外墙渗水到次卧，一下大雨飘窗下面就湿",
    "leak",
    "搭吊篮查外墙裂缝，分段注浆后重做外墙防水涂层",
    "外墙裂缝已注浆，防水涂层两遍，淋水试验 2 小时无渗漏",
    "上周下雨飘窗右下角还是潮",
    "扩大范围至上一层窗台，重做滴水线",
    "上下两层窗台滴水线重做，淋水试验合格",
    Urgency.MAJOR,
    photos=1,
)
PARKING = Matter(
    "访客车辆占用固定车位，门岗说不归他们管",
    "parking",
    "访客车引导至地下二层，门岗登记并联系车主挪车；固定车位加装地锁",
    "已装地锁并交付钥匙，门岗制度已宣贯",
    "昨天晚上又被占了，门岗还是没有人来",
)
DARK_GARAGE = Matter(
    "地库入口夜间照明暗，坡道转弯处看不清行人",
    "light",
    "坡道加装 6 盏 LED 灯，转弯处装凸面镜",
    "6 盏灯和凸面镜已装好，夜间照度实测 50 勒克斯",
)
NOISY_LIFT = Matter(
    "电梯异响，运行到 10 层左右有金属摩擦声",
    "elevator",
    "通知维保单位停梯检查导靴和对重，更换磨损件",
    "更换轿厢导靴 4 只，空载满载各试运行 20 次，无异响",
    "声音小了一点，半夜还是听得见",
    "请厂家技术员到场，校正导轨接头",
    "3 处导轨接头已校正打磨，夜间复测 42 分贝",
)
BROKEN_ENTRANCE = Matter(
    "单元门禁失灵，不刷卡也能推开，外人可以随便进",
    "access",
    "更换磁力锁和闭门器，当晚安排专人值守",
    "磁力锁和闭门器已更换，连续测试 50 次正常",
    "门又关不严了，要用力拉",
    urgency=Urgency.URGENT,
)
CLUTTER = Matter(
    "楼道堆物，隔壁长期把鞋柜和纸箱放在消防通道",
    "clutter",
    "上门劝导限三天清理，逾期协同社区清运",
    "已上门劝导，鞋柜和纸箱全部清走，楼道已拍照",
    "清了两天又放出来了",
    "与该户签订消防通道承诺书，每日巡查一次",
    "承诺书已签，连续一周巡查无堆物",
)
ENGLISH_LIFT = Matter(
    "The lift on our side stops between floors about once a week.",
    "elevator",
    "通知维保单位检查门机和平层感应器",
    "更换平层感应器 2 只，试运行一周未再停层间",
    "It happened again on Sunday evening.",
    urgency=Urgency.URGENT,
)
POTHOLE = Matter(
    "小区大门口路面有坑，下雨积水",
    "other",
    "申请市政配合，先行填补冷料",
    "坑洞已填补压实，市政已列入年内修复",
    department="engineering",
)
NIGHT_WORK = Matter(
    "希望协调隔壁工地晚上十点以后停工",
    "other",
    "联系街道城管，每晚值班记录噪声",
    "城管已约谈工地，夜间施工许可取消",
    department="security",
)
TWO_HOMES_IN_ONE = Matter(
    "想把两户打通，不知道要找谁批",
    "other",
    "请地产公司工程部复核结构并书面答复",
    "已书面答复：承重墙不可开洞，附图说明",
    department="developer",
)
WINDOW_LEAK = Matter(
    "次卧推拉窗下槛渗水，大雨天窗台积水",
    "window",
    "疏通排水孔，更换胶条，做淋水试验",
    "胶条已更换，淋水试验无渗漏",
    photos=1,
)
INTERCOM = Matter("可视对讲没有声音，访客叫不到人", "access", "检测分机和线路，更换主板", "主板已更换，试通话正常")
FLOOR_CRACK = Matter("客厅地面开裂，瓷砖空鼓两块", "wall", "切开查明空鼓范围，重新铺贴", "空鼓处已重铺")
MORE_PARKING = Matter("希望在小区东侧增加地面停车位", "parking", "报规划，划出车位", "车位已划线")
NO_BALCONY_GLASS = Matter("希望统一封闭南阳台", "window", "向规划部门咨询能否统一封闭", "已书面答复")
RUDE_GUARD = Matter(
    "门岗保安对访客大声呵斥，业主下来解释也不听",
    "conduct",
    "调取监控，当面道歉，班组重学礼仪",
    "当班保安已当面道歉并调岗",
)
WASTE_SMELL = Matter("垃圾房味道大，早上开窗就闻到", "waste", "增加一次清运，每日冲洗消毒", "已改为每日两次清运")
FEE_TWICE = Matter("上月物业费扣了两次，打电话没人说得清", "fees", "核对流水，退回多扣部分", "多扣部分已原路退回")

MATTERS = (
    CEILING_LEAK,
    OUTER_WALL_LEAK,
    PARKING,
    DARK_GARAGE,
    NOISY_LIFT,
    BROKEN_ENTRANCE,
    CLUTTER,
    Matter(
        "厨房下水管返臭味，关上柜门还是闻得到",
        "plumbing",
        "检查存水弯，更换密封圈",
        "存水弯和密封圈已更换，静置一晚无异味",
    ),
    Matter(
        "阳台地漏排水慢，下大雨会倒灌",
        "plumbing",
        "疏通阳台立管，加装防倒灌地漏芯",
        "立管已疏通，地漏芯已换，灌水试验通畅",
    ),
    Matter(
        "客厅墙面有一条斜裂缝，比去年长了",
        "wall",
        "铲除裂缝两侧腻子，贴网格布后重做腻子和面漆",
        "裂缝已修补，面漆两遍",
        "修过的地方颜色和旁边不一样",
        "整面墙重刷",
        "客厅东墙已整面重刷，颜色一致",
        Urgency.MAJOR,
    ),
    Matter(
        "地砖空鼓，餐厅有三块踩上去响", "wall", "起掉空鼓地砖重铺，同批次砖从仓库调取", "三块地砖已重铺，敲击检查无空鼓"
    ),
    Matter(
        "次卧窗扇关不严，晚上漏风有哨声",
        "window",
        "调整合页，更换密封胶条",
        "合页已调，密封胶条整圈更换",
        "风大的时候还是响",
    ),
    Matter("入户门锁卡滞，要用力提一下才能反锁", "window", "请厂家更换锁体", "锁体已更换，钥匙当面交接"),
    Matter(
        "家里网络晚上经常断，弱电箱发烫",
        "electric",
        "检查弱电箱供电，更换电源适配器",
        "电源适配器已更换，箱内加装散热孔",
    ),
    Matter(
        "卫生间插座没有电，热水器用不了",
        "electric",
        "检查回路，更换漏电保护器",
        "漏电保护器已更换，热水器通电正常",
        urgency=Urgency.URGENT,
    ),
    Matter(
        "楼道消防栓箱门打不开，玻璃也裂了",
        "fire",
        "更换箱门和玻璃，全楼排查一遍",
        "箱门已更换，全楼 36 个消防栓箱检查完毕",
    ),
    Matter(
        "儿童滑梯的螺丝松了，有一块板翘起来",
        "playground",
        "围挡停用，厂家更换面板",
        "面板已更换，全部螺丝复紧，已恢复使用",
        urgency=Urgency.URGENT,
    ),
    Matter(
        "夜里两点以后看不到保安巡逻",
        "patrol",
        "夜间巡逻改为每 2 小时一次，巡更点打卡",
        "夜间巡更连续 7 天打卡齐全",
        "我家楼下一周只看到一次",
    ),
    Matter(
        "楼上装修周末早上七点就开工", "noise", "约谈装修负责人，重申周末禁止施工", "装修公司已签承诺书，周末断电管理"
    ),
    Matter(
        "外卖和快递电动车在小区里骑得太快",
        "patrol",
        "南门改为推行通道，主路加减速带",
        "两条减速带已装，南门执勤引导推行",
    ),
    Matter(
        "电动车推进电梯，贴了告示也没有用", "access", "电梯加装电动车识别阻止系统", "1 栋 2 栋 3 栋电梯识别系统已启用"
    ),
    Matter(
        "地下车库有人长期停僵尸车，占了公共车位",
        "parking",
        "贴通知并联系车主，15 天内移走",
        "3 辆僵尸车已移走，车位恢复公用",
    ),
    Matter(
        "楼道三天没有拖，扶手上都是灰",
        "cleaning",
        "调整保洁排班，每天一拖，主管每周抽查",
        "已按新排班执行，抽查记录上墙",
    ),
    Matter(
        "楼下灌木太高，挡住一楼采光还招蚊子",
        "greenery",
        "修剪至 80 厘米，同时喷洒除虫药",
        "灌木已修剪清运，除虫完成",
        "只剪了外面一排",
    ),
    Matter("垃圾房味道大，夏天不敢开窗", "waste", "每天清运改为两次，加装除臭喷淋", "清运改为早晚两次，喷淋设备已运行"),
    Matter(
        "草坪里有很多狗粪，没有人管", "cleaning", "增设 4 个拾便箱，保洁早晚各巡一次", "4 个拾便箱已装，巡查表已公示"
    ),
    Matter(
        "前台接电话语气不耐烦，说了两次都没有回复",
        "conduct",
        "对当班人员面谈，补做电话服务培训",
        "已面谈并向业主电话致歉，培训记录存档",
    ),
    Matter(
        "物业费账单上多收了一个月的公摊水费",
        "fees",
        "财务核对抄表记录，多收部分退还",
        "核对属实，多收 38.6 元已退回预存账户",
    ),
    Matter(
        "停车位缴费记录和实际不符，系统显示欠费", "fees", "核对缴费流水，更正系统记录", "系统记录已更正，短信告知业主"
    ),
    Matter(
        "希望 3 栋楼下也装一组快递柜",
        "other",
        "与快递柜公司勘点，先征求 3 栋业主意见",
        "3 栋西侧已装 60 格快递柜并通电",
        department="service",
    ),
    Matter(
        "楼上像是群租，进出的人很杂",
        "other",
        "会同社区民警入户核查",
        "已核查，整改为一户合租，住户信息已登记",
        department="security",
    ),
    Matter(
        "想在屋顶装太阳能，不知道允不允许",
        "other",
        "请地产公司工程部复核屋面荷载",
        "已书面答复：公共屋面不可私装，附规约条款",
        department="developer",
    ),
)

REPLIES = (
    Reply("物业费发票怎么开", "fees", "公众号“生活缴费”里自助开票，已当场演示"),
    Reply("访客临时停车怎么收费", "parking", "两小时内免费，之后每小时 3 元，业主可用小程序预约"),
    Reply("暖气什么时候打压试水", "plumbing", "本月中旬分楼栋试水，提前三天张贴通知"),
    Reply("装修押金怎么退", "fees", "验收合格后凭收据到前台办理，7 个工作日退回"),
    Reply("门禁卡丢了怎么补", "access", "带身份证到前台补办，工本费 15 元，旧卡当场注销"),
    Reply("大件垃圾放在哪里", "waste", "东门北侧大件垃圾点，周六上午统一清运"),
    Reply("电梯年检是哪一天", "elevator", "月底前完成，每部停运约 2 小时，提前一天贴通知"),
    Reply("空调外机滴水找谁", "plumbing", "报修电话登记，工程维修部两小时内上门，免费接管"),
    Reply("小区有没有给老人的活动", "activity", "每周三上午活动室有健康讲座和书画班，已登记报名"),
    Reply("充电桩还有没有位置", "parking", "地下一层 B 区余 6 个，已帮业主在小程序预约"),
    Reply("快递柜满了怎么办", "other", "东门新增一组快递柜，月底启用；满柜时可寄存前台"),
    Reply("水压早上有点低", "plumbing", "当场检查入户阀门未开足，已调好，业主试水满意"),
    Reply("门口声控灯不够灵敏", "light", "当场调整感应角度，业主试用满意"),
    Reply("楼道窗户把手松动", "window", "随身工具当场拧紧"),
)

ENGLISH_REPLY = Reply(
    "Where can I pay the management fee online?",
    "fees",
    "In the service account under “Pay bills”; shown on the spot.",
)

WISHES = (
    "希望地库入口夜间加强巡逻；对保洁满意。",
    "希望小区里多装几盏路灯，晚上老人散步安全些。",
    "希望周末下午联系，平时上班不在家。",
    "建议在中心花园加几张带靠背的长椅。",
    "希望物业多组织一些孩子能参加的活动。",
    "对维修师傅很满意，来得快、鞋套也戴好。",
    "希望快递柜再加一组，双十一根本不够用。",
    "建议单元门口做无障碍坡道，推婴儿车不方便。",
    "希望公示一下维修基金的使用情况。",
    "电动车充电的地方太少，希望增加。",
    "保安换人太勤，希望固定下来。",
    "希望绿化多种点开花的，现在四季都一个样。",
    "建议垃圾分类督导员延长到晚上九点。",
    "没有别的意见，物业做得不错。",
)
ENGLISH_WISHES = ("It would help to have the notices in English too.", "The gardeners do a lovely job.")

BASEMENT_WISH = WISHES[0]
"""What 3-1-1202 wished for."""

REFUSED_NOTES = ("业主认可内容，但不愿在屏幕上签字", "业主赶时间出门，不愿签字", "业主说口头告诉过就行，不用签")
NOBODY_NOTES = ("", "", "", "已在门上留联系卡", "邻居说这两天出差", "屋里有灯，敲门无人应")
NO_ANSWER_NOTES = ("", "响铃无人接听", "", "占线，改日再打")
