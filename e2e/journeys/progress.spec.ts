// The progress report: one press, a figure opened, a paragraph put otherwise, a problem that does not go in silence, finished,
// taken away as Word and PDF and opened by other programs.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { act, enterAs, said } from "../lib/staff.ts";
import { expect, test } from "../lib/test.ts";

/** Whether a program of this machine can be asked. */
function has(program: string, ...args: string[]): boolean {
  return spawnSync(program, args, { encoding: "utf8" }).status === 0;
}

async function taken(page: Page, address: string, path: string): Promise<void> {
  const answer = await page.request.get(address);
  expect(answer.ok(), address).toBeTruthy();
  const { writeFileSync } = await import("node:fs");
  writeFileSync(path, await answer.body());
}

test("a report is made, edited, finished and opened elsewhere", async ({ newcomer, clean }, info) => {
  test.setTimeout(240_000);
  const { page } = await enterAs(await newcomer(), "区级受理台");
  await page.goto("/reports");
  await clean(page, "reports");
  await page.getByRole("button", { name: "生成汇报" }).click();
  await said(page, "草稿已生成");
  const report = new URL(page.url()).pathname;
  await expect(page.locator(".paper-h1")).toHaveText(["一、做法与成效", "二、创新机制", "三、载体", "四、保障", "五、问题与下一步"]);
  await clean(page, "report");

  // Every figure opens to its evidence, those of tables and of the annex too.
  const opened = await page.locator(".paper a").evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href));
  expect(opened.length).toBeGreaterThan(20);
  for (const href of new Set(opened)) expect((await page.request.get(href)).status(), href).toBe(200);
  await page.locator("a.fig").first().click();
  await expect(page.getByText("怎样计").first()).toBeVisible();
  await clean(page, "figure");

  await page.goto(`${report}/edit`);
  await clean(page, "edit");
  const fields = page.locator("form.report-edit textarea[name^='t.']");
  const before = await fields.first().inputValue();
  await fields.first().fill(`${before}另组织志愿者入户77次。`);
  const problem = page.locator(".report-problem").first();
  await expect(problem, "the demonstration has something overdue").toBeVisible();
  await problem.getByRole("checkbox").check();
  await page.getByRole("button", { name: "保存为新版本" }).click();
  await expect(page.locator(".error").first()).toContainText("理由");
  await expect(fields.first(), "what was typed is kept").toHaveValue(/志愿者入户77次/);
  await page.locator(".report-problem").first().getByLabel("理由").fill("已列入专项清理，另行报告");
  await page.getByRole("button", { name: "保存为新版本" }).click();
  await said(page, "已保存为第 2 版");
  await expect(page.locator(".typed")).toHaveText("77");
  await expect(page.locator(".paper-dropped")).toContainText("已列入专项清理");
  await page.goto(`${report}/history`);
  await expect(page.locator("ins").first()).toContainText("志愿者");
  await clean(page, "history");

  await page.goto(report);
  await act(page, "定稿");
  await page.getByRole("button", { name: "定稿" }).click();
  await said(page, "已定稿");

  const [word, print] = [info.outputPath("report.docx"), info.outputPath("report.pdf")];
  await taken(page, `${report}/report.docx`, word);
  expect(readFileSync(word).subarray(0, 2).toString()).toBe("PK");
  await taken(page, `${report}/report.pdf`, print);
  expect(readFileSync(print).subarray(0, 5).toString()).toBe("%PDF-");
  await taken(page, `${report}/figures.xlsx`, info.outputPath("figures.xlsx"));

  // Other programs open them without complaint, where they are there to be asked.
  if (has("pdftotext", "-v")) {
    const text = spawnSync("pdftotext", [print, "-"], { encoding: "utf8" }).stdout.replaceAll(/\s/g, "");
    expect(text).toContain("五、问题与下一步");
    expect(text, "the mark is in the document").toContain("未写入正文");
  }
  if (has("soffice", "--version")) {
    const out = info.outputPath("office");
    const done = spawnSync("soffice", [`-env:UserInstallation=file://${out}`, "--headless", "--convert-to", "pdf", "--outdir", out, word], { encoding: "utf8" });
    expect(done.status, done.stderr).toBe(0);
    expect(readFileSync(`${out}/report.pdf`).length).toBeGreaterThan(10_000);
  }
  if (has("python3", "-c", "import docx")) {
    const read = spawnSync("python3", ["-c", LAYOUT, word], { encoding: "utf8" });
    expect(read.status, read.stderr).toBe(0);
    const layout = JSON.parse(read.stdout) as Layout;
    expect(layout.first).toBe("Title");
    expect(layout.headings).toEqual(["一、做法与成效", "二、创新机制", "三、载体", "四、保障", "五、问题与下一步"]);
    expect(layout.tables).toBeGreaterThan(1);
    // GB/T 9704: A4, 天头 37 mm, 订口 28 mm, 版心 156 × 225 mm; 3号仿宋, 22 lines; 2号小标宋; page numbers at the outer edge.
    expect(layout.paper).toEqual([210, 297]);
    expect(layout.margins).toEqual({ top: 37, left: 28, right: 26, bottom: 35 });
    expect(layout.pitch).toBe(579);
    expect(layout.styles).toEqual({
      "Title": ["方正小标宋简体", 22],
      "Heading 1": ["黑体", 16],
      "Heading 2": ["楷体_GB2312", 16],
      "Heading 3": ["仿宋_GB2312", 16],
      "Body Text": ["仿宋_GB2312", 16],
    });
    expect(layout.footers).toEqual(["right", "left"]);
  }
});

test("what a report compares is compared on paper too @desk", async ({ newcomer }) => {
  const { page } = await enterAs(await newcomer(), "区级受理台");
  await page.goto("/reports");
  // This month so far stands beside as many days before it, of which there is a record; the demonstration has none of last year.
  await page.getByLabel("时间").selectOption({ label: (await page.locator("select[name=period] option").allInnerTexts()).at(-1) ?? "" });
  await page.getByRole("button", { name: "生成汇报" }).click();
  await said(page, "草稿已生成");
  const annex = page.locator("article table").last();
  await expect(page.locator("article")).toContainText("附件 文中数字与上期、上年同期对照");
  await expect(annex.locator("tbody tr").first()).toContainText(/\d+件.*\d+件.*(没有记录|记录不全)/);
  await expect(page.locator("article")).toContainText(/工作记录自\d+年\d+月\d+日开始/);
});

interface Layout {
  first: string;
  headings: string[];
  tables: number;
  paper: number[];
  margins: Record<string, number>;
  pitch: number;
  styles: Record<string, [string, number]>;
  footers: string[];
}

/** What python-docx reads of the layout. */
const LAYOUT = `
import docx, json, sys
from docx.oxml.ns import qn
d = docx.Document(sys.argv[1])
s = d.sections[0]
mm = lambda x: round(x.mm)
def style(name):
    of = d.styles[name]
    return [of.element.rPr.find(qn("w:rFonts")).get(qn("w:eastAsia")), of.font.size.pt]
side = lambda footer: footer.paragraphs[0]._p.pPr.find(qn("w:jc")).get(qn("w:val"))
print(json.dumps({
  "first": d.paragraphs[0].style.name,
  "headings": [p.text for p in d.paragraphs if p.style.name == "Heading 1"],
  "tables": len(d.tables),
  "paper": [mm(s.page_width), mm(s.page_height)],
  "margins": {"top": mm(s.top_margin), "left": mm(s.left_margin), "right": mm(s.right_margin), "bottom": mm(s.bottom_margin)},
  "pitch": int(s._sectPr.find(qn("w:docGrid")).get(qn("w:linePitch"))),
  "styles": {name: style(name) for name in ["Title", "Heading 1", "Heading 2", "Heading 3", "Body Text"]},
  "footers": [side(s.footer), side(s.even_page_footer)],
}))
`;

test("a template that is wrong says where, one that is right is seen before it is kept @desk", async ({ newcomer, clean }) => {
  const { page } = await enterAs(await newcomer(), "区级受理台");
  await page.goto("/reports/templates/concerns.channels");
  await clean(page, "template");
  const field = page.locator("textarea[name=text]");
  await field.fill("居民可以在{网点}反映。");
  await page.getByRole("button", { name: "保存模板" }).click();
  await expect(page.locator(".error").first()).toContainText("第 1 行第 6 字");
  await field.fill("全区{网格}网格都能受理。");
  await page.getByRole("button", { name: "预览" }).click();
  await expect(page.locator(".paper-part")).toContainText(/全区\d+个网格都能受理/);
});
