// People of an office come in from its own table: tried first, wrong rows handed back, put right, brought
// in again without doubling, undone as a whole.

import { spawnSync } from "node:child_process";
import type { Page } from "@playwright/test";
import writeExcelFile from "write-excel-file/node";
import { enterAs } from "../lib/staff.ts";
import { expect, test } from "../lib/test.ts";

/** The number beside a term of the result. */
async function figure(page: Page, term: string): Promise<number> {
  const row = page.locator(".facts > div").filter({ has: page.locator("dt", { hasText: new RegExp(`^${term}$`) }) });
  if ((await row.count()) === 0) return 0;
  return Number((await row.locator("dd").first().innerText()).replaceAll(/\D/g, ""));
}

const TITLE = "样例街道工作人员花名册";

/** What stands under the title: instructions, a total and signatures too, as offices keep it. */
function lines(rows: string[][]): string[][] {
  const line = (...cells: string[]) => ["", "", "", ""].map((_, at) => cells[at] ?? "");
  return [line("序号", "姓名", "联系电话", "备注"), line("填表说明：没有的填“无”"), ...rows.map((row) => line(...row)), line("合计", String(rows.length)), line("填表人：")];
}

async function table(path: string, rows: string[][]): Promise<string> {
  const title = [{ value: TITLE, columnSpan: 4 }, null, null, null];
  const data = [title, ...lines(rows).map((row) => row.map((value) => ({ value })))];
  await writeExcelFile(data, { sheet: "花名册" }).toFile(path);
  return path;
}

/** The same as .xls, where this machine has what writes one. */
async function oldTable(path: string, rows: string[][]): Promise<string> {
  const writer = new URL("../lib/old_table.py", import.meta.url).pathname;
  if (spawnSync("python3", ["-c", "import xlwt"]).status !== 0) return table(`${path}.xlsx`, rows);
  const done = spawnSync("python3", [writer, `${path}.xls`], { encoding: "utf8", input: JSON.stringify([[TITLE], ...lines(rows)]) });
  expect(done.status, done.stderr).toBe(0);
  return `${path}.xls`;
}

async function upload(page: Page, path: string): Promise<void> {
  await page.goto("/tables/people");
  await page.getByLabel("表格文件").setInputFiles(path);
  await page.getByRole("button", { name: "上传并查看" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("核对要导入的列");
}

async function bringIn(page: Page): Promise<void> {
  await page.getByRole("button", { name: "开始导入" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "导入结果" })).toBeVisible({ timeout: 60_000 });
}

test("people come in with errors, put right, again without doubling, and are undone", async ({ newcomer, clean }, info) => {
  const tag = `${info.workerIndex}${info.project.name === "phone" ? 1 : 2}`;
  const mobile = (n: number) => `1990000${tag.padStart(2, "0").slice(-2)}${String(n).padStart(2, "0")}`;
  const rows = [
    ["1", `样一${tag}`, mobile(1), "无"],
    ["2", `样二${tag}`, "1381234", ""],
    ["3", `样三${tag}`, "无", ""],
    ["4", "", mobile(4), ""],
  ];
  const { page } = await enterAs(await newcomer(), "系统管理员");
  await page.goto("/tables");
  await clean(page, "tables");
  await upload(page, await table(info.outputPath("people.xlsx"), rows));
  await clean(page, "columns and preview");
  await page.getByRole("button", { name: "试导入" }).click();
  await expect(page.getByText(/试导入结果：新增 2.*有错误 2/)).toBeVisible({ timeout: 60_000 });
  await bringIn(page);
  await clean(page, "result");
  expect([await figure(page, "新增"), await figure(page, "有错误，没有导入")]).toEqual([2, 2]);
  const waiting = page.waitForEvent("download");
  await page.getByRole("link", { name: /下载错误行/ }).click();
  expect((await waiting).suggestedFilename()).toMatch(/\.xlsx$/);
  const first = page.url();

  rows[1] = ["2", `样二${tag}`, mobile(2), ""];
  rows[3] = ["4", `样四${tag}`, mobile(4), ""];
  await upload(page, await oldTable(info.outputPath("people-fixed"), rows));
  await bringIn(page);
  expect([await figure(page, "新增"), await figure(page, "已有，没有变化")], "nobody comes in twice").toEqual([2, 2]);

  for (const url of [page.url(), first]) {
    await page.goto(url);
    await page.getByRole("link", { name: "撤销这次导入" }).click();
    await page.getByRole("button", { name: "确认撤销" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "导入已撤销" })).toBeVisible({ timeout: 60_000 });
    expect(await figure(page, "已撤销")).toBe(2);
  }
  await page.goto(`/admin/people?q=${encodeURIComponent(`样一${tag}`)}`);
  await expect(page.locator("main")).not.toContainText(mobile(1));
});
