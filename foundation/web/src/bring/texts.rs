//! Words of tables in and out.

use super::BringError;
use crate::Lang;

crate::texts! {
    /// Words of tables in and out.
    pub(crate) BringTexts;

    menu: "表格进出", "Tables";
    title: "表格导入导出", "Import and export";
    intro: "用手头的 Excel 表格导入，也按同样的表头导出。标题行、填表说明、合计和签字行会自动跳过。", "Import the spreadsheets you already have, and export with the same headers. Title, instruction, total and signature rows are skipped.";
    title_units: "单位", "Units";
    intro_units: "各级单位和党组织。已有的代码按新内容更新，没有的新设。上级要排在下级前面。", "Units and Party organisations. Known codes are updated, new ones created; list a unit after the one above it.";
    title_links: "党组织对应", "Links of units and Party organisations";
    intro_links: "哪个单位对应哪个党组织，一行一对；网格公示牌上的党组织也由此得出。单位和党组织要先有。导入只增加，不解除。", "Which Party organisation is that of which unit, one pair a row; boards of grids take it from here. Bring units in first. A table adds and takes nothing apart.";
    title_grids: "网格信息", "Grids";
    intro_grids: "网格和公示牌的内容。网格长、网格员和党组织由岗位和党组织关系得出，导入时不看这几列。", "Grids and what their boards say. Grid workers and Party organisations are known from posts and links, so those columns are not read.";
    title_posts: "岗位", "Posts";
    intro_posts: "各单位设有哪些岗位。", "Which posts the units have.";
    title_people: "人员", "People";
    intro_people: "工作人员的姓名和电话。姓名和电话都相同的看作同一人。", "Names and telephone numbers of staff. Rows alike in both are one person.";
    title_holdings: "任职", "Who holds which post";
    intro_holdings: "谁担任哪个岗位，什么时候起；代理的写明截止日期。人员和岗位要先有。", "Who holds which post and since when; for somebody acting, until when. Import people and posts first.";

    scope: "导入到", "Into";
    file: "表格文件", "File";
    file_hint: ".xlsx、.xls 或 .csv，最大 12 MB。更大的文件请在服务器上用命令导入。", ".xlsx, .xls or .csv, up to 12 MB. Import larger files from the command line of the server.";
    upload: "上传并查看", "Upload and preview";
    export: "导出（.xlsx）", "Export (.xlsx)";
    export_text: "现有的内容，表头和导入时一样。", "What is there now, with the same headers as for import.";
    earlier: "以往的导入", "Earlier imports";
    none: "还没有导入过", "Nothing has been imported yet";
    none_text: "上传第一个表格后，这里列出每次导入的结果，可以下载错误行，也可以撤销。", "Once a file is uploaded, each import is listed here with its result. Wrong rows can be downloaded, and an import can be undone.";
    back: "返回", "Back";

    state_draft: "待确认", "To be confirmed";
    state_checking: "正在试导入", "Checking";
    state_running: "正在导入", "Importing";
    state_done: "已导入", "Imported";
    state_undoing: "正在撤销", "Undoing";
    state_undone: "已撤销", "Undone";
    rows: "共 {n} 行", "{n} rows";
    sum: "新增 {n}，已有 {s}，更新 {c}，有错误 {w}", "{n} new, {s} known, {c} changed, {w} wrong";
    sum_undone: "撤销 {n}，保留 {k}", "{n} undone, {k} kept";

    choose_title: "核对要导入的列", "Check the columns";
    fact_scope: "导入到", "Into";
    fact_file: "文件", "File";
    fact_rows: "内容行数", "Rows";
    fact_left_out: "没有当作内容的行", "Rows left out";
    left_out_title: "有 {n} 行没有当作内容，请核对", "{n} rows were left out: have a look";
    left_out_hint: "勾选的行会照常导入", "What is ticked is taken in";
    left_out_row: "第 {row} 行（{why}）：{text}", "Row {row} ({why}): {text}";
    fact_unmatched: "没有用到的列", "Columns not used";
    columns_title: "每一项对应表格的哪一列（{m} 项中已选 {n} 项）", "Which column is which ({n} of {m} chosen)";
    place: "{letter} 列 {header}", "{letter}: {header}";
    place_none: "不导入", "Not imported";
    place_needed: "这一项必须有", "This one is needed";
    place_found: "按表头自动认出", "Found by its header";
    look: "按所选的列再看一遍", "Preview again";
    preview_title: "前几行", "The first rows";
    row: "行号", "Row";
    check: "试导入", "Check only";
    check_text: "试导入逐行检查，不写入任何内容。", "This checks every row and writes nothing.";
    checked: "试导入结果：新增 {n}，已有 {s}，更新 {c}，有错误 {w}", "Checked: {n} new, {s} known, {c} changed, {w} wrong";
    start: "开始导入", "Import";
    discard: "不导入了", "Cancel this import";
    others_draft: "这份表格由{name}上传，还没有导入。里面是居民的信息，只有上传的人能查看和导入。", "{name} uploaded this file and has not imported it yet. It is about residents: only who uploaded it may look into it and import it.";
    discarded: "已放弃，文件已删除", "Cancelled; the file was removed";

    working_text: "可以离开这个页面，工作会继续进行。", "You may leave this page; the work goes on.";
    refresh: "刷新", "Refresh";
    failed: "中途停下了：{why}", "It stopped: {why}";
    resume: "继续", "Go on";
    done_title: "导入结果", "Result";
    undone_title: "导入已撤销", "Import undone";
    fact_when: "导入时间", "When";
    fact_made: "新增", "New";
    fact_same: "已有，没有变化", "Known, unchanged";
    fact_changed: "更新", "Changed";
    fact_wrong: "有错误，没有导入", "Wrong, skipped";
    fact_removed: "已撤销", "Undone";
    fact_kept: "已被使用，保留", "In use, kept";
    wrong_title: "有问题的行", "Wrong rows";
    workbook: "下载错误行（.xlsx）", "Download wrong rows (.xlsx)";
    workbook_text: "格式和原表一样，只有出错的行，最后一列写明原因。改好后再次导入即可，不会重复。", "The same layout as the file, only the wrong rows, with the reasons in the last columns. Correct it and import it again; nothing is doubled.";
    workbook_name: "导入错误", "wrong-rows";
    undo: "撤销这次导入", "Undo this import";
    undo_back: "会恢复", "Undone";
    undo_back_text: "这次新增的 {n} 项和更新的 {c} 项", "{n} new ones and {c} changed ones of this import";
    undo_kept: "会保留", "Kept";
    undo_kept_text: "导入后已被使用或又改过的内容，以及撤销的记录", "What was used or changed since, and the record of the undoing";
    undo_confirm: "确认撤销", "Undo it";

    error_no_file: "请选择文件", "Choose a file";
    error_large: "文件超过 12 MB，请拆成几个，或在服务器上用命令导入", "The file is larger than 12 MB; split it, or import it from the command line of the server";
    error_columns: "还没有选定：{columns}", "Not chosen yet: {columns}";
    error_not_found: "没有这次导入", "There is no such import";
    error_not_now: "这一步已经做过，或现在还不能做", "This was done already, or cannot be done now";
    error_denied: "当初导入的人已没有这个权限", "Whoever started it no longer has this permission";
    error_gone: "文件已按期删除", "The file was removed on schedule";
    error_later: "没有完成，请稍后再试", "It did not finish; please try again later";
}

/// Words of an error, in the reader's language.
pub fn say(lang: Lang, error: &BringError) -> String {
    let t = BringTexts::of(lang);
    match error {
        BringError::Read(error) => either(lang, || error.zh(), || error.to_string()),
        BringError::Write(error) => either(lang, || error.zh(), || error.to_string()),
        BringError::NotFound => t.error_not_found.to_owned(),
        BringError::NotNow | BringError::Lost => t.error_not_now.to_owned(),
        BringError::Denied => t.error_denied.to_owned(),
        BringError::Columns(headers) => {
            crate::fill(t.error_columns, &[("columns", &headers.join(if lang.is_chinese() { "、" } else { ", " }))])
        }
        BringError::FileGone => t.error_gone.to_owned(),
        BringError::Failed(_) | BringError::Io(_) | BringError::Store(_) => t.error_later.to_owned(),
    }
}

/// What is written in two languages by hand.
pub(super) fn either(lang: Lang, zh: impl Fn() -> String, en: impl Fn() -> String) -> String {
    match lang {
        Lang::Hans => zh(),
        Lang::Hant => crate::lang::to_hant(&zh()),
        Lang::En => en(),
    }
}
