// Concerns of another system are brought in: looked at first, then with progress, wrong rows handed
// back as a workbook, brought in again without doubling, undone as a whole.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { enterAs } from "../lib/staff.ts";
import { expect, test } from "../lib/test.ts";
import { workbook } from "../lib/workbook.ts";

/** The number beside a term of the result. */
async function figure(page: Page, term: string): Promise<number> {
  const row = page.locator(".facts > div").filter({ has: page.locator("dt", { hasText: new RegExp(`^${term}$`) }) });
  if ((await row.count()) === 0) return 0;
  return Number((await row.locator("dd").first().innerText()).replaceAll(/\D/g, ""));
}

async function bringIn(page: Page, path: string, source: string, look?: (page: Page, where: string) => Promise<void>): Promise<void> {
  await page.goto("/work/import");
  await look?.(page, "import");
  await page.getByLabel("表格文件").setInputFiles(path);
  await page.getByRole("button", { name: "上传并查看" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("核对要导入的列");
  await look?.(page, "columns and preview");
  await page.getByLabel("来源名称").fill(source);
  await page.getByRole("button", { name: "开始导入" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "导入结果" })).toBeVisible({ timeout: 240_000 });
}

test("a workbook with the habits of real ones comes in, comes again without doubling, and is undone", async ({ newcomer, clean }, info) => {
  test.setTimeout(300_000);
  const tag = 1_000 + info.workerIndex * 10 + (info.project.name === "phone" ? 1 : 2);
  const sheet = await workbook(info.outputPath("messages.xlsx"), 40, tag);
  const { page } = await enterAs(await newcomer(), "区级受理台");
  const source = `样例平台${tag}`;

  await bringIn(page, sheet.path, source, clean);
  await clean(page, "result");
  expect(await figure(page, "新增")).toBe(sheet.good);
  expect(await figure(page, "有错误，没有导入")).toBe(sheet.bad);
  const waiting = page.waitForEvent("download");
  await page.getByRole("link", { name: /下载错误行/ }).click();
  expect((await waiting).suggestedFilename()).toMatch(/\.xlsx$/);
  const first = page.url();

  await bringIn(page, sheet.path, source);
  expect(await figure(page, "新增"), "nothing comes in twice").toBe(0);
  expect(await figure(page, "以前导入过，没有变化")).toBe(sheet.good);

  await page.goto("/work/all?q=" + encodeURIComponent("样例路1号"));
  await expect(page.locator("a.item").first()).toBeVisible();
  await page.locator("a.item").first().click();
  await expect(page.locator(".words").first()).toContainText("希望尽快修好");
  const shown = await page.locator(".words p").first().evaluate((paragraph) => paragraph.textContent ?? "");
  expect(shown, "what stood between the words in the file is gone").not.toMatch(/[\t\r\n\u00a0]| {2}/);

  await page.goto(first);
  await page.getByRole("link", { name: "撤销这次导入" }).click();
  await page.getByRole("button", { name: "确认撤销" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "导入已撤销" })).toBeVisible({ timeout: 60_000 });
  expect(await figure(page, "已撤销")).toBe(sheet.good);
});

test("the real files come in whole @desk", async ({ newcomer }) => {
  const folder = process.env.LIANXIN_REAL_DATA ?? "";
  test.skip(!folder || !existsSync(folder), "LIANXIN_REAL_DATA names no folder with real workbooks");
  test.setTimeout(600_000);
  const { page } = await enterAs(await newcomer(), "区级受理台");
  const files = readdirSync(folder).filter((name) => name.endsWith(".xlsx"));

  await page.goto("/work/import");
  for (const name of files.filter((name) => name.startsWith("categories"))) {
    await page.locator("summary", { hasText: "导入分类目录" }).click();
    await page.getByLabel("分类表格").setInputFiles(join(folder, name));
    await page.getByRole("button", { name: "导入分类" }).click();
    await expect(page.locator(".flash")).toContainText("新增");
  }
  for (const name of files.filter((name) => name.startsWith("messages-replied"))) {
    await bringIn(page, join(folder, name), "真实留言");
    const [made, wrong] = [await figure(page, "新增"), await figure(page, "有错误，没有导入")];
    expect(made + wrong).toBeGreaterThan(2_000);
    expect(wrong / made, "rows that could not be read").toBeLessThan(0.02);
    await bringIn(page, join(folder, name), "真实留言");
    expect(await figure(page, "新增"), "nothing comes in twice").toBe(0);
  }
});
