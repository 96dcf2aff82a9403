//! Words of the import's pages.

web::texts! {
    /// Words of the import's pages.
    pub(crate) ImportTexts;

    title: "导入历史诉求", "Import concerns";
    intro: "把其他系统导出的留言、工单表格导入进来。有答复的直接归档，没有答复的进入区级派单。导入的内容一律不公开。", "Import messages or work orders exported from another system. Answered ones are archived; the rest go to the district’s desk. Nothing imported is ever public.";
    file: "表格文件", "File";
    file_hint: ".xlsx、.xls 或 .csv，最大 12 MB。更大的文件请在服务器上用命令导入。", ".xlsx, .xls or .csv, up to 12 MB. Import larger files from the command line of the server.";
    upload: "上传并查看", "Upload and preview";
    earlier: "以往的导入", "Earlier imports";
    none: "还没有导入过", "Nothing has been imported yet";
    none_text: "上传第一个表格后，这里会列出每次导入的结果，可以下载错误行，也可以撤销。", "Once a file is uploaded, each import is listed here with its result. Wrong rows can be downloaded, and an import can be undone.";
    kinds_title: "导入分类目录", "Import the catalogue of kinds";
    kinds_text: "表格应有“一级分类”一列，可以再有“二级分类”“三级分类”。已有的分类不会改变，新的分类自动编号。", "The table has a column for the first level and may have two more. Known kinds stay as they are, new ones are given codes.";
    kinds_file: "分类表格", "Table of kinds";
    kinds_send: "导入分类", "Import kinds";
    kinds_done: "读了 {n} 行，新增 {m} 个分类", "{n} rows read, {m} kinds added";

    state_draft: "待确认", "To be confirmed";
    state_running: "正在导入", "Importing";
    state_done: "已导入", "Imported";
    state_undoing: "正在撤销", "Undoing";
    state_undone: "已撤销", "Undone";
    rows: "共 {n} 行", "{n} rows";
    sum: "新增 {n}，已有 {s}，有变化 {c}，有错误 {w}", "{n} new, {s} known, {c} changed, {w} wrong";
    sum_undone: "撤销 {n}，保留 {k}", "{n} removed, {k} kept";
    n: "{n}", "{n}";

    choose_title: "核对要导入的列", "Check the columns";
    fact_file: "文件", "File";
    fact_rows: "内容行数", "Rows";
    fact_skipped: "没有当作内容的行", "Rows left out";
    left_out_title: "有 {n} 行没有当作内容，请核对", "{n} rows were left out: have a look";
    left_out_hint: "勾选的行会照常导入", "What is ticked is taken in";
    fact_unmatched: "没有用到的列", "Columns not used";
    source: "来源名称", "Name of the source";
    source_hint: "同一来源里编号相同的行只导入一次，再次导入同一系统的表格时请用同样的名称。", "Rows with the same number in the same source are imported once; use the same name for later files of the same system.";
    columns_title: "每一项对应表格的哪一列（{m} 项中已选 {n} 项）", "Which column is which ({n} of {m} chosen)";
    place: "{letter} 列 {header}", "{letter}: {header}";
    place_none: "不导入", "Not imported";
    place_needed: "这一项必须有", "This one is needed";
    place_found: "按表头自动认出", "Found by its header";
    look: "按所选的列再看一遍", "Preview again";
    preview_title: "前几行会这样导入", "The first rows as they would be imported";
    row: "行号", "Row";
    check_good: "查看了 {n} 行，{g} 行可以导入", "{n} rows checked, {g} can be imported";
    check_wrong: "{n} 行有问题，不会导入，导入后可以下载改正", "{n} rows have errors and will be skipped; download and correct them afterwards";
    check_open: "{n} 行没有答复，导入后进入区级派单，从今天起算时限", "{n} rows have no answer and will come to the district’s desk, with deadlines from today";
    wrong_title: "有问题的行", "Rows with errors";
    start: "开始导入", "Import";
    discard: "不导入了", "Cancel this import";
    discarded: "已放弃，文件已删除", "Cancelled; the file was removed";

    col_no: "留言编号", "Number";
    col_user: "留言用户", "User";
    col_title: "留言主题", "Title";
    col_at: "留言时间", "Time";
    col_words: "留言详情", "Words";
    col_answer: "答复意见", "Answer";
    col_answered: "答复时间", "Time of the answer";
    col_kind1: "一级分类", "Kind, first level";
    col_kind2: "二级分类", "Kind, second level";
    col_kind3: "三级分类", "Kind, third level";

    working_title: "正在处理", "In progress";
    done_title: "导入结果", "Result of the import";
    undone_title: "导入已撤销", "The import was undone";
    working_text: "可以离开这个页面，导入会继续进行。", "You may leave this page; the work goes on.";
    refresh: "刷新", "Refresh";
    failed: "中途停下了：{why}", "It stopped: {why}";
    resume: "继续", "Go on";
    fact_source: "来源", "Source";
    fact_when: "导入时间", "Imported";
    fact_made: "新增", "New";
    fact_same: "以前导入过，没有变化", "Imported before, unchanged";
    fact_changed: "以前导入过，内容有变化", "Imported before, changed since";
    fact_wrong: "有错误，没有导入", "Wrong, skipped";
    fact_removed: "已撤销", "Removed";
    fact_kept: "已有人办理，保留", "Worked on since, kept";
    changed_title: "内容有变化的行", "Changed rows";
    changed_text: "这些行以前导入过，现在的内容不同。已导入的诉求没有改动，请对照处理。", "These rows were imported before and say something else now. The concerns were left as they are; please compare.";
    changed_row: "第 {row} 行：{what}", "Row {row}: {what}";
    unknown_title: "目录里没有的分类", "Kinds that the catalogue does not have";
    unknown_text: "这些诉求没有分类，导入分类目录后可以在派单时选。", "These concerns have no kind; it can be chosen when they are dispatched.";
    kept_title: "保留的诉求", "Concerns that were kept";
    kept_text: "撤销时已经有人办理，所以保留。", "Somebody had worked on them before the import was undone.";
    workbook: "下载错误行（.xlsx）", "Download rows with errors (.xlsx)";
    workbook_text: "格式和原表一样，只有出错的行，最后一列写明原因。改好后再次导入即可，不会重复。", "The same layout as the file, only the wrong rows, with the reasons in the last columns. Correct it and import it again; nothing is doubled.";
    workbook_name: "导入错误", "import-errors";
    see: "查看导入的诉求", "See the imported concerns";
    undo: "撤销这次导入", "Undo this import";
    undo_title: "撤销这次导入", "Undo this import";
    undo_what: "会删除", "Removed";
    undo_what_text: "这次导入的 {n} 件诉求和它们的文字", "{n} concerns of this import, with their texts";
    undo_kept: "会保留", "Kept";
    undo_kept_text: "导入后已经有人办理的诉求，以及撤销的记录", "Concerns that somebody has worked on since, and the record of the undoing";
    undo_confirm: "确认撤销", "Undo it";
    back: "返回导入列表", "Back to the imports";

    error_no_file: "请选择文件", "Choose a file";
    error_large: "文件超过 12 MB，请拆成几个，或在服务器上用命令导入", "The file is larger than 12 MB; split it, or import it at the server’s command line";
    error_columns: "还没有选定：{columns}", "Not chosen yet: {columns}";
    error_source: "请填写来源名称，最多 60 个字", "Name the source, in at most 60 characters";
    error_not_found: "没有这次导入", "There is no such import";
    error_not_now: "这一步已经做过，或现在还不能做", "This was done already, or cannot be done now";
    error_no_district: "还没有建立区级单位，不能导入", "There is no district yet; nothing can be imported";
    error_file_gone: "文件已按期删除", "The file was removed when its time was over";
    error_later: "没有完成，请稍后再试", "It was not done; please try again later";
}
