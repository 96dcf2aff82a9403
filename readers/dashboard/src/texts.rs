//! The words of dashboards, walls and maps.

web::texts! {
    /// Words of dashboards.
    pub BoardTexts;
    menu: "看板", "Dashboard";
    title: "{unit}看板", "{unit}: dashboard";
    place: "所在位置", "Where this is";
    periods: "时段", "Period";
    month: "月", "Month";
    quarter: "季", "Quarter";
    year: "年", "Year";
    earlier: "上一时段", "Earlier";
    later: "下一时段", "Later";
    to_map: "地图", "Map";
    to_wall: "大屏", "Wall screen";
    export: "导出表格", "Export";

    due_title: "现在要办的", "Due now";
    due_open: "办理中", "Open";
    due_today: "今天到期", "Due today";
    due_late: "超期", "Late";
    due_step: "环节", "Step";
    due_others: "其他要办的", "Due besides";
    due_what: "事项", "What";
    due_none: "没有要办的事", "Nothing is due";
    due_none_of: "没有要办的：{names}", "Nothing is due of: {names}";
    due_none_text: "新的事到了，会先出现在这里。", "What comes in will be shown here first.";
    due_list: "{unit}：{what}", "{unit}: {what}";
    list_empty: "这里没有您可以看的事项", "There is nothing here that you may see";
    list_empty_text: "涉及您本人或本单位的事项，不会列给您看。", "Matters about yourself or your unit are not listed for you.";

    in_period: "{period}", "{period}";
    before: "上期 {value}", "{value} before";
    of_n: "n={n}", "n = {n}";
    few: "不足 {k} 件", "fewer than {k}";
    few_note: "回访样本不足 {k} 件的不显示比率，也不据此比较。", "Rates from fewer than {k} answers are not shown and not compared.";
    trend: "走势", "Month by month";
    parts_of: "{title}构成", "By kind: {title}";
    others: "其他", "Others";
    no_data: "这个时段没有数据", "No figures in this period";
    no_data_of: "这个时段没有数据：{names}", "No figures in this period: {names}";
    no_data_text: "换一个时段看看，或者等事情发生之后再来。", "Try another period, or come back when something has happened.";
    table: "查看表格", "Show as a table";
    kind: "类别", "Kind";
    count: "件数", "Cases";
    when: "时间", "When";
    month_short: "{n}月", "{n}";
    month_long: "{y}年{n}月", "{n} {y}";

    below_rest: "其余 {n} 个单位没有数据", "Nothing to tell of {n} other units";
    below_towns: "各镇街", "Towns";
    below_communities: "各社区、村", "Communities";
    below_grids: "各网格", "Grids";
    below_departments: "各部门", "Departments";
    below_committees: "各党委", "Party committees";
    below_general: "各党总支", "General branches";
    below_branches: "各党支部", "Branches";
    below_groups: "各党小组", "Party groups";
    also: "我的其他看板", "My other dashboards";
    also_are: "我的其他看板：", "My other dashboards:";

    duties_title: "党内规定动作", "What Party rules order";
    duties_note: "由规则规定，只看做到没有，不计分。", "Set by rules: met or not, without points.";
    duties_none: "组织生活还没有在本系统登记，做到没有无从得出，也不按没做到计。", "Branch life is not recorded in this program yet: whether they were held cannot be told, and is not held against anybody.";
    duty: "规定动作", "Duty";
    duty_often: "次数", "How often";
    duty_source: "依据", "Source";
    duty_state: "情况", "State";
    duty_met: "已做到", "Met";
    duty_open: "还没有做，{until}前", "Not yet, until {until}";
    duty_unmet: "未做到，期内 {n} 次", "Not met, {n} times in the period";
    duty_passed: "未做到，超期 {n} 次", "Not met, {n} deadlines passed";
    duty_not_found: "没有记录", "Nothing on record";
    duty_untold: "还没有登记这项工作", "Not recorded here yet";
    duties_below: "各组织规定动作", "Duties of the organisations below";
    duties_of: "{n} 个组织合计", "{n} organisations together";
    duties_met: "已做到", "Met";
    duties_open: "还有时间", "Time left";
    duties_unmet: "未做到", "Not met";
    every_month: "每月 {n} 次", "{n} a month";
    every_quarter: "每季度 {n} 次", "{n} a quarter";
    every_year: "每年 {n} 次", "{n} a year";
    unit: "单位", "Unit";
    whole: "合计", "All together";
    own: "本级", "The unit itself";
    fixed: "按固定顺序排列，不排名。", "Units stand in their fixed order; they are not ranked.";
    sheet: "看板", "Dashboard";

    map_title: "{unit}地图", "{unit}: map";
    map_measure: "看什么", "What";
    map_level: "分到哪一级", "Down to";
    map_at_present: "现在，与时段无关", "At present, whatever the period";
    map_near: "下一级", "The next level";
    map_far: "下两级", "Two levels down";
    map_none: "这里还没有地图", "There is no map here yet";
    map_none_text: "系统管理员导入单位边界之后，就能按区域看数。", "Once the system administrator has brought in the outlines, figures can be seen by area.";
    map_legend: "图例：颜色越深、线条越密，数值越大", "Legend: the darker and denser, the larger";
    map_nothing: "无", "None";
    map_value: "{unit}：{measure} {value}", "{unit}: {measure} {value}";
    map_without: "没有边界的单位只列在表里。", "Units without an outline are in the table only.";
    to_board: "返回看板", "Back to the dashboard";
    show: "查看", "Show";
}

web::texts! {
    /// Words of the pages where the map and the links of screens are kept.
    pub KeepTexts;
    map_menu: "单位地图", "Map of units";
    links_menu: "大屏链接", "Wall links";

    map_title: "单位地图", "Map of units";
    map_why: "导入单位边界后，看板可以按区域显示。文件由系统逐个检查，按代码对应到单位；不需要联网，不使用外部地图。", "With the outlines of units, dashboards can show figures by area. Each area is matched to its unit by code; no outside map is used.";
    map_file: "GeoJSON 文件", "GeoJSON file";
    map_file_hint: "要素集合（FeatureCollection），坐标为 CGCS2000 或 WGS 84 经纬度，每个区域的属性里有 code（单位代码），最大 12 MB。从高德、腾讯（GCJ-02）或百度（BD-09）地图描下来的边界会整体偏移几百米，请先转换。", "A feature collection in degrees of CGCS2000 or WGS 84, with the unit's code as the property `code`, 12 MB at most. Outlines traced from Amap or Tencent (GCJ-02) or Baidu maps (BD-09) lie some hundred metres off: convert them first.";
    map_file_missing: "请选择一个文件", "Please choose a file";
    map_look: "上传并查看", "Upload and look";
    map_now: "现在的地图", "The map now";
    map_now_units: "{n} 个单位有边界", "{n} units have an outline";
    map_now_none: "还没有地图", "There is no map yet";
    map_remove: "撤掉地图", "Take the map away";
    map_removed: "地图已撤掉，可以换回", "The map was taken away and can be put back";
    map_before: "上一张地图还在：{n} 个单位有边界。", "The map before is kept: {n} units have an outline in it.";
    map_undo: "换回上一张地图", "Put the map before back";
    map_undone: "已换回上一张地图", "The map before is back";
    preview_title: "核对地图", "Check the map";
    preview_found: "对应到单位的区域", "Areas of units";
    preview_unknown: "没有对应单位的区域", "Areas of no unit";
    preview_unknown_text: "第 {n} 个区域：代码 {code} {name}", "Area {n}: code {code} {name}";
    preview_meant: "。本区的 {unit} 代码是 {code}，可能是它", ". {unit} of this district has the code {code}: it may be meant";
    preview_shifted: "这张地图与现在的地图整体错开约 {n} 米。很可能其中一张用的是 GCJ-02（高德、腾讯）或 BD-09（百度）坐标，导入前请先弄清楚。居民反映的地点按地图判断属于哪个社区，错开会判错。", "This map lies about {n} metres beside the present one. One of the two may be in the coordinates of Amap or Tencent (GCJ-02) or Baidu (BD-09): find out before you bring it in. Which community a place belongs to is told from the map.";
    preview_more: "还有 {n} 个", "and {n} more";
    preview_twice: "同一代码出现多次，边界已合并：{codes}", "Codes that stand there more than once, their outlines put together: {codes}";
    preview_missing: "没有边界的{level}", "{level} without an outline";
    preview_nothing: "文件里没有一个区域能对应到本区的单位。请检查属性里的代码是不是单位代码。", "No area of the file belongs to a unit of this district. Check whether its codes are those of the units.";
    preview_replaces: "以上只是核对，还没有改动。导入后将替换现有的整张地图，替换下来的可以换回。", "Nothing was changed yet. This takes the place of the whole map that is there, which can be put back.";
    preview_take: "导入这张地图", "Bring in this map";
    preview_again: "换一个文件", "Choose another file";
    preview_gone: "上传的文件已过期，请重新上传", "The uploaded file is gone, please upload it again";
    map_taken: "地图已导入", "The map was brought in";
    level_district: "区", "District";
    level_town: "镇街", "towns";
    level_community: "社区、村", "communities";
    level_grid: "网格", "grids";
    units_n: "{n} 个", "{n}";

    links_title: "大屏链接", "Links for wall screens";
    links_why: "拿到链接的屏幕不用登录就能显示一个单位的汇总数，没有任何个人信息。链接只在创建时显示一次，随时可以收回。", "A screen with such a link shows one unit's totals without signing in, and no personal data. A link is shown once, when it is made, and can be taken back at any time.";
    link_unit: "显示哪个单位", "Which unit";
    link_name: "挂在哪里", "Where it hangs";
    link_name_hint: "例如：一楼大厅", "For example: hall on the ground floor";
    link_give: "创建链接", "Make a link";
    link_unit_wrong: "大屏只能显示区或镇街", "A wall shows the district or a town";
    link_name_wrong: "请填写 1 到 40 个字", "Please write 1 to 40 characters";
    link_many: "链接太多了，请先收回不用的", "There are too many links: take some back first";
    link_made: "链接已创建", "The link was made";
    link_made_text: "在大屏的浏览器里打开这个地址。离开本页后无法再次查看，丢失了就收回重建。", "Open this address in the screen's browser. It cannot be shown again: if it is lost, take it back and make another.";
    link_open: "使用中", "In use";
    link_gone: "已收回", "Taken back";
    link_revoke: "收回", "Take back";
    link_revoked: "链接已收回，屏幕随即停止显示", "The link was taken back, the screen stops at once";
    links_none: "还没有链接", "There are no links yet";
    links_none_text: "需要在大厅、指挥中心长期显示时，给那块屏幕建一个。", "Make one for a screen that shows figures all day.";
    col_name: "位置", "Place";
    col_unit: "单位", "Unit";
    col_since: "创建时间", "Since";
    col_state: "状态", "State";
    col_do: "操作", "Action";
}

web::texts! {
    /// Words of the wall screen.
    pub WallTexts;
    title: "{unit}居民诉求", "{unit}: residents' concerns";
    came_today: "今日收到", "Received today";
    open: "办理中", "Open";
    today: "今天到期", "Due today";
    late: "超期", "Late";
    units: "各单位办理中", "Open, by unit";
    departments: "各部门", "Departments";
    own: "本级", "Itself";
    turn_hold: "暂停翻页", "Pause";
    turn_go: "继续翻页", "Go on";
    turn_next: "下一页", "Next";
    late_of: "超期 {n}", "{n} late";
    short_n: "{n}万", "{n}k";
    recent: "最新", "Latest";
    recent_none: "暂时没有新的诉求", "Nothing new for now";
    rates: "本季回访", "Call-backs this quarter";
    rates_n: "{n} 件", "{n} cases";
    rates_few: "样本少", "too few";
    rates_none: "还没有", "none yet";
    trend: "近十二个月收到", "Received in twelve months";
    live: "实时", "Live";
    lost: "连接中断，正在重连", "Connection lost, trying again";
    at: "更新于 {time}", "As of {time}";
    unknown: "地点待核", "Place not known yet";
    leave: "退出大屏", "Leave";
}
