// 派单目录: whose duty a kind is. A kind is entered, given to a unit, changed, taken back and ended; the same as a table of
// the office, which is undone as a whole.

import type { Page } from "@playwright/test";
import writeExcelFile from "write-excel-file/node";
import { enterAs, said } from "../lib/staff.ts";
import { expect, test } from "../lib/test.ts";

/** The line of a kind in the list, by its code. */
function line(page: Page, code: string) {
  return page.locator("main table tbody tr", { has: page.getByRole("cell", { name: code, exact: true }) });
}

/** Looks for something in the list, as somebody who types it. */
async function look(page: Page, query: string): Promise<void> {
  await page.goto(`/work/catalogue?q=${encodeURIComponent(query)}`);
}

async function table(path: string, rows: string[][]): Promise<string> {
  const cell = (value: string) => ({ value });
  const heads = ["类别编码", "类别名称", "上级类别编码", "推测用词", "责任单位代码", "责任单位", "依据文件"];
  await writeExcelFile([heads.map(cell), ...rows.map((row) => row.map(cell))], { sheet: "派单目录" }).toFile(path);
  return path;
}

test("a kind of the catalogue from its entry to its end, and a table that is taken back", async ({ newcomer, clean, people }, info) => {
  const tag = info.project.name === "phone" ? "P" : "D";
  const [code, brought] = [`T${tag}.1`, `T${tag}.2`];
  const { page } = await enterAs(await newcomer(), "区级受理台");

  await test.step("entered, and what is wrong is said beside the field", async () => {
    await page.goto("/work/catalogue");
    await clean(page, "catalogue");
    await page.getByRole("link", { name: "新增类别" }).click();
    await clean(page, "a new kind");
    await page.getByLabel("编码").fill("有 空格");
    await page.getByLabel("类别", { exact: true }).fill("电动车飞线充电");
    await page.getByRole("button", { name: "保存" }).click();
    await expect(page.locator("#e-code")).toContainText("字母、数字");
    await clean(page, "a new kind, wrong");
    await page.getByLabel("编码").fill(code);
    await page.getByLabel(/推测用词/).fill("飞线 充电");
    await page.getByRole("button", { name: "保存" }).click();
    await said(page, "已保存");
  });

  await test.step("given to a department, which the list names with the document", async () => {
    await page.goto(`/work/catalogue/${code}`);
    const unit = page.locator("#assign select[name=unit]");
    const value = await unit.locator("option", { hasText: people.department.unit }).first().getAttribute("value");
    await unit.selectOption(value ?? "");
    await page.locator("#assign").getByLabel("依据文件").fill("三定规定第 6 条");
    await page.getByRole("button", { name: "增加" }).click();
    await said(page, "已增加责任单位");
    await clean(page, "a kind with a unit");
    await look(page, "飞线");
    await expect(line(page, code)).toContainText(people.department.unit);
    await expect(line(page, code)).toContainText("三定规定第 6 条");
    await clean(page, "found in the catalogue");
  });

  await test.step("changed, and taken back from the department", async () => {
    await line(page, code).getByRole("link").click();
    await page.getByLabel("类别", { exact: true }).fill("电动车违规充电");
    await page.getByRole("button", { name: "保存" }).click();
    await said(page, "已保存");
    await page.goto(`/work/catalogue/${code}`);
    await page.getByRole("button", { name: /^撤销/ }).click();
    await said(page, "已撤销");
    await look(page, code);
    await expect(line(page, code)).toContainText("电动车违规充电");
    await expect(line(page, code)).toContainText("由属地办理");
  });

  await test.step("a table brings another kind and says what it cannot read", async () => {
    const rows = [
      [brought, "充电桩故障", code, "充电桩", "", people.department.unit, "三定规定第 7 条"],
      [`${brought}x`, "没有这个单位", "", "", "NOWHERE", "", "文件"],
    ];
    await page.goto("/work/catalogue");
    await page.getByRole("link", { name: "表格导入导出" }).click();
    await page.getByLabel("表格文件").setInputFiles(await table(info.outputPath("duties.xlsx"), rows));
    await page.getByRole("button", { name: "上传并查看" }).click();
    await clean(page, "columns of the table");
    await page.getByRole("button", { name: "试导入" }).click();
    await expect(page.getByText(/试导入结果：新增 1.*有错误 1/)).toBeVisible({ timeout: 60_000 });
    await page.getByRole("button", { name: "开始导入" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "导入结果" })).toBeVisible({ timeout: 60_000 });
    await clean(page, "the table is in");
    const result = page.url();
    await look(page, brought);
    await expect(line(page, brought)).toContainText(people.department.unit);

    // A kind with parts in use is not ended.
    await page.goto(`/work/catalogue/${code}`);
    await page.getByRole("button", { name: "停用这个类别" }).click();
    await expect(page.locator("#f-end .error")).toContainText("先停用下级类别");
    await clean(page, "a kind with parts");

    await page.goto(result);
    await page.getByRole("link", { name: "撤销这次导入" }).click();
    await page.getByRole("button", { name: "确认撤销" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "导入已撤销" })).toBeVisible({ timeout: 60_000 });
    await look(page, brought);
    await expect(line(page, brought).or(page.getByText("没有符合的类别")).first()).toContainText(/已停用|没有符合的类别/);
  });

  await test.step("ended, and offered no more", async () => {
    await page.goto(`/work/catalogue/${code}`);
    await page.getByRole("button", { name: "停用这个类别" }).click();
    await said(page, "类别已停用");
    await look(page, code);
    await expect(line(page, code)).toContainText("已停用");
    await page.goto("/work/catalogue/new");
    await expect(page.locator("#f-parent option", { hasText: "电动车违规充电" })).toHaveCount(0);
  });
});

test("the holidays of next year are pasted as they are published, looked at, brought in and taken back @desk", async ({ newcomer, clean }) => {
  const { page } = await enterAs(await newcomer(), "区级受理台");
  const year = page.locator("dt", { hasText: "2027 年" }).locator("xpath=following-sibling::dd[1]");

  await test.step("the rules say that next year's are not published", async () => {
    await page.goto("/work/rules");
    await expect(year).toContainText("尚未公布");
    await clean(page, "rules of time");
    await page.getByRole("link", { name: "导入放假安排" }).click();
    await clean(page, "holidays, empty");
  });

  await test.step("the notice of another year is known by its days of the week", async () => {
    await page.getByLabel("哪一年").selectOption("2027");
    await page.getByLabel("通知名称").fill("国务院办公厅关于2027年部分节假日安排的通知");
    await page.getByLabel("通知正文").fill("一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。");
    await page.getByRole("button", { name: "核对" }).click();
    await expect(page.locator("#e-text")).toContainText("可能是另一年的通知");
    await clean(page, "holidays, of another year");
  });

  await test.step("what was read is shown day by day before it holds", async () => {
    await page.getByLabel("通知正文").fill("一、元旦：1月1日（周五）至3日（周日）放假，共3天。\n二、春节：2月5日（周五）至11日（周四）放假调休，共7天。2月14日（周日）上班。");
    await page.getByRole("button", { name: "核对" }).click();
    await expect(page.locator("main")).toContainText("10 天放假、1 天调休上班");
    await expect(page.locator("main")).toContainText("2月5日（周五）至2月11日（周四）");
    await clean(page, "holidays, looked at");
    await page.getByRole("button", { name: "导入 2027 年放假安排" }).click();
    await said(page, "放假安排已导入");
    await expect(year).toContainText("国务院办公厅关于2027年");
    await clean(page, "rules of time with next year's holidays");
  });

  await test.step("and taken back", async () => {
    await page.getByRole("link", { name: "导入放假安排" }).click();
    await page.getByRole("button", { name: "撤回 2027 年的导入" }).click();
    await said(page, "已撤回");
    await expect(year).toContainText("尚未公布");
  });
});
