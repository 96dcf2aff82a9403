// Assessment and inspection: a town opens its score down to one case and the rules of its day, appeals, oversight decides, the
// score follows and what was locked stays; and what an inspection found is put right with evidence and looked at again.

import { type Page } from "@playwright/test";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { square } from "../lib/picture.ts";
import { enter, enterAs, said } from "../lib/staff.ts";
import { expect, test } from "../lib/test.ts";

/** Nothing stands beyond the edge of the screen. */
async function fits(page: Page): Promise<void> {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(over, page.url()).toBeLessThanOrEqual(0);
}

/** The board of a scheme, of the towns' where none is named. */
async function board(page: Page, name = "镇街诉求办理考核"): Promise<void> {
  await page.goto("/scores");
  const scheme = await page.locator("select[name=s] option", { hasText: name }).getAttribute("value");
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

/** What a script that knows nothing of the program works out. */
function byHand(...asked: string[]): Record<string, number> {
  const done = spawnSync("python3", [new URL("../lib/by_hand.py", import.meta.url).pathname, ...asked], { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`${asked.join(" ")}\n${done.stderr}`);
  return JSON.parse(done.stdout) as Record<string, number>;
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

test("a department's three rates and its score are those that its events come to by hand", async ({ newcomer, district, clean }, info) => {
  test.setTimeout(180_000);
  const { page } = await enterAs(await newcomer(), "区级受理台");
  await board(page, "部门诉求办理考核");
  await page.getByRole("link", { name: /^上一时段/ }).click();
  const cards = await page.locator("#scores th a").evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href));
  let looked = 0;
  for (const card of cards) {
    await page.goto(card);
    // A score that was revised after an appeal is less a case: what was locked first is told from the events as they are.
    if ((await page.locator("#revisions li").count()) > 1) await page.locator("#revisions li a").first().click();
    const asked = new URL(card).searchParams;
    const first = asked.get("from") ?? "";
    const last = new Date(Date.UTC(Number(first.slice(0, 4)), Number(first.slice(5, 7)), 0)).toISOString().slice(0, 10);
    const n = byHand("events", join(district.data, "lianxin.db"), asked.get("unit") ?? "", first, last);
    const at = (name: string) => n[name] ?? 0;
    const pairs: [string, number, number, number][] = [
      ["联系率", 10, at("contacted"), at("asked_contacted")],
      ["解决率", 40, at("solved"), at("called_back")],
      ["满意率", 35, at("satisfied"), at("asked_satisfied")],
      ["按时办结", 15, at("in_time"), at("resolved")],
    ];
    let [sum, weights] = [0, 0];
    for (const [title, weight, above, below] of pairs) {
      const row = page.locator("#items tr", { has: page.getByRole("rowheader", { name: new RegExp(`^${title}`) }) });
      await expect(row.locator("td").first()).toContainText(below === 0 ? "—" : `${((100 * above) / below).toFixed(1)}%`);
      if (below === 0) continue;
      await expect(row.locator("td").first()).toContainText(`n = ${below}`);
      const share = above / below;
      const points = title === "按时办结" && share >= 0.98 ? 10_000 : Math.round(share * 10_000);
      await expect(row.locator("td.number").first()).toContainText((points / 100).toFixed(2));
      [sum, weights] = [sum + points * weight, weights + weight];
    }
    const total = weights > 0 ? (Math.floor((sum * 2 + weights) / (weights * 2)) / 100).toFixed(2) : "—";
    await expect(page.locator(".figure-number").first()).toHaveText(total);
    if (weights === 0 || looked > 0) continue;
    looked += 1;
    // The lists of cases leave as workbooks, and from their rows the same numbers come.
    const numbers = await page.locator("#items td a").evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href));
    for (const [at, number] of numbers.entries()) {
      const [title, , above, below] = pairs[at] ?? ["", 0, 0, 0];
      if (below === 0) continue;
      await page.goto(number);
      const href = await page.getByRole("link", { name: "导出" }).getAttribute("href");
      const sent = await page.request.get(href ?? "");
      const file = info.outputPath(`cases-${at}.xlsx`);
      writeFileSync(file, await sent.body());
      expect(byHand("workbook", file), title).toEqual({ above, below, rows: below });
    }
    await clean(page, "cases that leave as a workbook");
    await fits(page);
  }
  expect(looked, "a department had work in the month before").toBe(1);
});

test("what is typed beside a list outlives another press on its row and a look at another @desk", async ({ newcomer }) => {
  const { page } = await enterAs(await newcomer(), "督查员");
  await page.goto("/board/due?of=scores");
  const rows = page.locator("[data-split] a.item");
  const detail = page.locator("#detail, .split-detail").first();
  await expect(detail.getByLabel("复核意见")).toBeVisible();
  // A second press on the row that is shown, with a network that answers late: whoever writes meanwhile loses nothing.
  let held: (() => void) | undefined;
  const asked: string[] = [];
  await page.route(/beside=1/, async (route) => {
    asked.push(route.request().url());
    await new Promise<void>((resolve) => (held = resolve));
    await route.continue();
  });
  await rows.first().click();
  await detail.getByLabel("复核意见").fill("经核实，正在写。");
  held?.();
  await page.waitForLoadState("networkidle");
  await expect(detail.getByLabel("复核意见")).toHaveValue("经核实，正在写。");
  expect(asked, "the page that is shown is not fetched again").toEqual([]);
  await page.unroute(/beside=1/);
  // Another row, and back.
  expect(await rows.count(), "two appeals wait in the demonstration").toBeGreaterThan(1);
  await rows.nth(1).click();
  await expect(detail.getByLabel("复核意见")).toHaveValue("");
  await rows.first().click();
  await expect(detail.getByLabel("复核意见")).toHaveValue("经核实，正在写。");
  // Whoever leaves is asked, whichever of the rows is shown.
  await rows.nth(1).click();
  await expect(detail.getByLabel("复核意见")).toHaveValue("");
  const question = page.waitForEvent("dialog");
  void page.goto("/work").catch(() => undefined);
  const dialog = await question;
  expect(dialog.type()).toBe("beforeunload");
  await dialog.dismiss();
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

test("a branch writes down a general meeting, its duty is met, and no score may be made of it", async ({ newcomer, clean }) => {
  const { page } = await enterAs(await newcomer(), "支部书记");
  await page.goto("/scores");
  const scheme = await page.locator("select[name=s] option", { hasText: "党支部规定动作" }).getAttribute("value");
  await page.goto(`/scores?s=${scheme}`);
  await page.locator("#scores th a").first().click();
  const card = page.url();
  const meeting = page.locator("main .list li", { hasText: "召开支部党员大会" });
  await expect(meeting).toContainText("支部工作条例");
  const before = Number(/期内 (\d+) 次/.exec(await meeting.innerText())?.[1] ?? 0);

  await page.goto("/learning/meetings");
  await clean(page, "book of meetings");
  await fits(page);
  await page.getByRole("link", { name: "登记会议" }).click();
  await expect(page.locator("main")).toContainText("半数以上有表决权的党员到会");
  await clean(page, "recording a meeting");
  await fits(page);
  await page.getByText("支部党员大会", { exact: true }).click();
  const topic = `讨论预备党员转正 ${Date.now() % 100_000}`;
  await page.getByLabel("主题").fill(topic);
  await page.getByLabel("主持人").fill("支部书记");
  await page.getByLabel("应到人数").fill("12");
  await page.getByLabel("实到人数").fill("13");
  await page.getByLabel("决议").fill("同意按期转正。");
  await page.getByRole("button", { name: "登记", exact: true }).click();
  await expect(page.locator(".error").first()).toContainText("实到人数应在 1 到应到人数之间");
  await expect(page.getByLabel("决议")).toHaveValue("同意按期转正。");
  await page.getByLabel("实到人数").fill("9");
  await page.getByRole("button", { name: "登记", exact: true }).click();
  await said(page, "会议已登记");
  await expect(page.locator("main")).toContainText("应到 12 人，实到 9 人（75%）");
  await clean(page, "a meeting");
  await fits(page);
  await page.goto("/learning/meetings?what=general_meeting");
  await expect(page.locator("#rows")).toContainText(topic);
  const book = await page.request.get("/learning/meetings.xlsx");
  expect((await book.body()).subarray(0, 2).toString()).toBe("PK");

  await expect(async () => {
    await page.goto(card);
    await expect(meeting).toContainText(`期内 ${before + 1} 次`, { timeout: 1_000 });
  }).toPass({ timeout: 30_000 });
  await expect(meeting).toContainText("已做到");

  // Whoever writes schemes cannot make points of it.
  const desk = (await enterAs(await newcomer(), "区级受理台")).page;
  await desk.goto("/scores/schemes/edit");
  await desk.locator("[name=name]").fill("会议次数");
  await desk.locator("[name=title0]").fill("大会");
  await desk.locator("[name=formula0]").fill("learning.general_meetings * 100");
  await desk.locator("[name=weight0]").fill("100");
  await desk.getByRole("button", { name: "保存" }).click();
  await expect(desk.locator("main")).toContainText("“learning.general_meetings”是规定动作，不计分");
});
