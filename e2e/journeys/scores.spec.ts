// Assessment and inspection: a town opens its score down to one case and the rules of its day, appeals, oversight decides, the
// score follows and what was locked stays; and what an inspection found is put right with evidence and looked at again.

import { type Page } from "@playwright/test";
import { square } from "../lib/picture.ts";
import { enter, enterAs, said } from "../lib/staff.ts";
import { expect, test } from "../lib/test.ts";

/** Nothing stands beyond the edge of the screen. */
async function fits(page: Page): Promise<void> {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(over, page.url()).toBeLessThanOrEqual(0);
}

/** The board of the towns' scheme. */
async function board(page: Page): Promise<void> {
  await page.goto("/scores");
  const scheme = await page.locator("select[name=s] option", { hasText: "镇街诉求办理考核" }).getAttribute("value");
  await page.goto(`/scores?s=${scheme}`);
}

/** Who takes in and dispatches in a town, as its page tells the system administrator. */
async function desk(admin: Page, unit: string, name: string): Promise<{ person: string; name: string; unit: string }> {
  const html = await (await admin.request.get(`/admin/units?unit=${unit}`)).text();
  const post = html.split("<li>").find((row) => row.includes(">镇街受理台</span>")) ?? "";
  const [, person, holder] = /<a href="\/admin\/people\/([0-9a-f]{32})">([^<]+)<\/a>/.exec(post) ?? [];
  if (!person || !holder) throw new Error(`nobody takes in at ${name}`);
  return { person, name: holder, unit: name };
}

/** The page of cases under the first number of a card that holds one which may be appealed. */
async function appealable(page: Page, card: string): Promise<string | undefined> {
  await page.goto(card);
  const numbers = await page.locator("#items td a").evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href));
  for (const number of numbers) {
    await page.goto(number);
    if ((await page.locator("#cases").getByRole("link", { name: /^申诉/ }).count()) > 0) return number;
  }
  return undefined;
}

test("a town's score opens down to a case, which is appealed and decided, and the score follows", async ({ newcomer, clean }) => {
  test.setTimeout(180_000);
  // Which town had work in the month before depends on the day: the district sees.
  const above = (await enterAs(await newcomer(), "区级受理台")).page;
  await board(above);
  await above.getByRole("link", { name: /^上一时段/ }).click();
  await clean(above, "locked scores, seen by the district");
  const towns = await above.locator("#scores th a").evaluateAll((links) => links.map((link) => ({ name: link.textContent ?? "", href: (link as HTMLAnchorElement).href })));
  const admin = (await enterAs(await newcomer(), "系统管理员")).page;
  let [page, cases, unit] = [above, "", ""];
  for (const town of towns) {
    const member = await desk(admin, new URL(town.href).searchParams.get("unit") ?? "", town.name);
    page = (await enter(await newcomer(), member)).page;
    cases = (await appealable(page, town.href)) ?? "";
    unit = town.name;
    if (cases) break;
  }
  expect(cases, "a town has a case that it may appeal").not.toBe("");

  await board(page);
  await clean(page, "scores of this month");
  await expect(page.locator("main")).toContainText("试算");
  // The month before is locked.
  await page.getByRole("link", { name: /^上一时段/ }).click();
  await expect(page.locator("main")).toContainText(/已锁定/);
  await clean(page, "locked scores");
  await fits(page);
  await page.locator("#scores th a", { hasText: unit }).click();
  const card = page.url();
  const total = await page.locator(".figure-number").first().innerText();
  await expect(page.getByRole("heading", { name: "规定动作" })).toBeVisible();
  await clean(page, "score card");
  await fits(page);

  // A number, its cases, one case, and the rules by which it was handled.
  await page.locator(`#items td a[href="${new URL(cases).pathname}${new URL(cases).search}"]`).first().click();
  await clean(page, "cases under a number");
  const row = page.locator("#cases tr", { has: page.getByRole("link", { name: /^申诉/ }) }).first();
  await row.getByRole("link", { name: /^记录与规则/ }).click();
  await page.getByRole("link", { name: /与现行规则相同/ }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("规则版本");
  await expect(page.locator("#rules")).toContainText("对得分提出申诉");
  await page.locator("summary", { hasText: "scores.toml" }).click();
  await expect(page.locator("pre", { hasText: "scores.appeal" })).toBeVisible();
  await clean(page, "version of the rules");
  await fits(page);

  // The appeal.
  await page.goto(cases);
  await row.getByRole("link", { name: /^申诉/ }).click();
  await clean(page, "appealing a case");
  await page.getByRole("button", { name: "提出申诉" }).click();
  await expect(page.locator(".error").first()).toContainText("请写明理由");
  await page.getByLabel("理由").fill("该地块上月已划归邻近街道管理，不应计入本单位。");
  await page.getByRole("button", { name: "提出申诉" }).click();
  await said(page, "申诉已提出");
  const appeal = new URL(page.url()).pathname;
  await clean(page, "an appeal that waits");

  // Who decides finds it among what is due, and decides.
  const oversight = (await enterAs(await newcomer(), "督查员")).page;
  await oversight.goto("/board/due?of=scores");
  await clean(oversight, "appeals that are due");
  await oversight.locator(`a.item[href="${appeal}"]`).click();
  await expect(oversight.locator(".prose").first()).toContainText("划归邻近街道");
  await oversight.getByLabel("复核意见").fill("经核实，区划调整文件已生效，该件不计入。");
  await oversight.getByRole("button", { name: "作出复核决定" }).click();
  await expect(oversight.locator(".error").first()).toContainText("请选择结论");
  await oversight.getByText("成立：这一件不再计入").click();
  await clean(oversight, "deciding on an appeal");
  await oversight.getByRole("button", { name: "作出复核决定" }).click();
  await said(oversight, "复核决定已记录");

  // The unit hears of it; the score was revised, and what was locked is still there.
  await expect(async () => {
    await page.goto("/notices");
    await expect(page.locator("main")).toContainText("考核申诉有了结论", { timeout: 1_000 });
  }).toPass({ timeout: 30_000 });
  await page.goto(card);
  const revisions = page.locator("#revisions li");
  expect(await revisions.count()).toBeGreaterThanOrEqual(2);
  await expect(revisions.last()).toContainText(/第 \d+ 次修订/);
  await clean(page, "a revised score card");
  await page.goto(cases);
  await expect(page.locator("#cases")).toContainText("申诉成立，不再计入");
  await page.goto(card);
  const before = revisions.nth((await revisions.count()) - 2).getByRole("link");
  await before.click();
  await expect(page.locator(".figure-number").first()).toHaveText(total);
  await expect(page.locator("main")).toContainText("此后");
  await board(page);
  await page.getByRole("link", { name: /^上一时段/ }).click();
  await expect(page.locator("#revisions a").first()).toHaveText("首次锁定");
  await clean(page, "revisions on the board");
  await page.locator("#revisions a").first().click();
  await expect(page.locator("main")).toContainText("首次锁定时的得分");
});

test("what an inspection found is put right and looked at again", async ({ newcomer, clean, people }) => {
  test.setTimeout(180_000);
  const oversight = (await enterAs(await newcomer(), "督查员")).page;
  await oversight.goto("/inspections/lists");
  await clean(oversight, "checklists");
  await oversight.locator("#rows a").first().click();
  const old = oversight.url();
  await oversight.getByRole("link", { name: "修改" }).click();
  const lines = oversight.getByLabel("检查内容");
  await lines.fill(`${await lines.inputValue()}\n楼栋长联系方式张贴到位`);
  await clean(oversight, "changing a checklist");
  await oversight.getByRole("button", { name: "保存检查表" }).click();
  await said(oversight, "检查表已保存");
  await expect(oversight.locator("main")).toContainText("楼栋长联系方式张贴到位");
  await clean(oversight, "a checklist with its versions");
  await oversight.goto(old);
  await expect(oversight.locator("main")).not.toContainText("楼栋长联系方式张贴到位");

  // A visit to a community, line by line.
  await oversight.goto("/inspections/new");
  const units = oversight.getByLabel("检查哪个单位");
  await units.selectOption(await units.locator("option", { hasText: new RegExp(` ${people.community.unit}$`) }).first().getAttribute("value"));
  await clean(oversight, "a visit, first step");
  await oversight.getByRole("button", { name: "下一步" }).click();
  await oversight.getByLabel("楼栋长联系方式张贴到位").fill("三号楼没有张贴。");
  await oversight.getByLabel("总体情况").fill("总体规范，一处需整改。");
  await clean(oversight, "a visit, line by line");
  await oversight.getByRole("button", { name: "登记检查" }).click();
  await said(oversight, "检查已登记");
  const visit = new URL(oversight.url()).pathname;
  await expect(oversight.locator("#lines")).toContainText("没有发现问题");
  await expect(oversight.locator("#lines")).toContainText("三号楼没有张贴");
  await clean(oversight, "a visit");
  await fits(oversight);

  // The community finds it, and says what was done, with a photo.
  const { page } = await enter(await newcomer(), people.community);
  await page.goto("/inspections");
  await clean(page, "findings");
  await fits(page);
  await page.locator("#rows a", { hasText: "楼栋长联系方式张贴到位" }).click();
  const finding = new URL(page.url()).pathname;
  const rectify = async (text: string) => {
    await page.goto(finding);
    await page.getByLabel("怎样整改的").fill(text);
    await page.locator("input[type=file]").first().setInputFiles({ name: "done.png", mimeType: "image/png", buffer: square() });
    await page.getByRole("button", { name: "提交整改" }).click();
    await said(page, "整改结果已提交");
  };
  await clean(page, "a finding to put right");
  await rectify("已逐栋张贴。");
  await expect(page.locator(".pictures img").first()).toBeVisible();
  await clean(page, "a finding that was put right");

  // Oversight looks again, twice.
  await oversight.goto("/board/due?of=inspections&step=rectified");
  await oversight.locator(`a.item[href="${finding}"]`).click();
  const look = async (choice: string, text: string) => {
    await oversight.goto(finding);
    await oversight.getByText(choice).click();
    await oversight.getByLabel("复查情况").fill(text);
    await oversight.getByRole("button", { name: "记录复查结果" }).click();
    await said(oversight, "复查结果已记录");
  };
  await clean(oversight, "looking again");
  await look("没有整改到位，退回", "三号楼二单元仍没有。");
  await rectify("二单元已补贴。");
  await look("整改到位，销号", "现场看过，已张贴。");
  await oversight.goto(visit);
  await expect(oversight.locator("#lines")).toContainText("已销号");

  // The list by its filters, the visits, and a workbook.
  await page.goto("/inspections?show=closed");
  await expect(page.locator("#rows")).toContainText("楼栋长联系方式张贴到位");
  await page.goto("/inspections/visits");
  await clean(page, "visits");
  await expect(page.locator(`#rows a[href="${visit}"]`)).toBeVisible();
  const book = await page.request.get("/inspections/findings.xlsx?show=ever");
  expect((await book.body()).subarray(0, 2).toString()).toBe("PK");
});

test("a branch records a Party lecture, and what the rules order of it is met, without points", async ({ newcomer, clean }) => {
  const { page } = await enterAs(await newcomer(), "支部书记");
  await page.goto("/scores");
  const scheme = await page.locator("select[name=s] option", { hasText: "党支部规定动作" }).getAttribute("value");
  await page.goto(`/scores?s=${scheme}`);
  await clean(page, "duties of branches");
  await fits(page);
  await page.locator("#scores th a").first().click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("规定动作");
  await expect(page.locator("main")).not.toContainText("等次");
  const card = page.url();
  const lecture = page.locator("main .list li", { hasText: "上党课" });
  await expect(lecture).toContainText("支部工作条例");
  const before = Number(/期内 (\d+) 次/.exec(await lecture.innerText())?.[1] ?? 0);
  await clean(page, "duties of a branch");
  await fits(page);

  await page.goto("/learning/branch/study");
  await page.getByLabel("学习主题").fill("党课：把群众的事办到位");
  await page.getByText("党课", { exact: true }).click();
  await page.getByLabel("学习时长（小时）").fill("2");
  await clean(page, "recording a collective study");
  await page.getByRole("button", { name: "登记", exact: true }).click();
  await said(page, "已登记");
  await clean(page, "a collective study");

  await expect(async () => {
    await page.goto(card);
    await expect(lecture).toContainText(`期内 ${before + 1} 次`, { timeout: 1_000 });
  }).toPass({ timeout: 30_000 });
  await expect(lecture).toContainText("已做到");
  await lecture.getByRole("link").click();
  await expect(page.locator("#cases")).toContainText("党课");
  await clean(page, "what a duty was met by");
});
