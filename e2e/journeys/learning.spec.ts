// Learning: a branch's plan with due lessons, a recording that goes on where one left off, and a training class from its
// notice to the certificate, with a waiting list, leave, signing in by the code on the screen and by its digits.

import { type Page } from "@playwright/test";
import { expect, test } from "../lib/test.ts";
import { ahead, type Ahead, civil, moves } from "../lib/ahead.ts";
import { enterAs, said } from "../lib/staff.ts";

/** The day in some days, as a date field has it, in +08:00. */
function day(ahead: number): string {
  return new Date(Date.now() + (8 * 60 + ahead * 24 * 60) * 60_000).toISOString().slice(0, 10);
}

/** When the class of the journey begins and ends: tomorrow's working day, or, where the clock cannot be moved, a minute soon. */
function hours(): { begins: Date; ends: Date } {
  const minute = Math.floor(Date.now() / 60_000) * 60_000;
  if (!moves) return { begins: new Date(minute + 3 * 60_000), ends: new Date(minute + 4 * 60_000) };
  const morning = new Date(`${day(1)}T09:00:00+08:00`);
  return { begins: morning, ends: new Date(morning.getTime() + 8 * 3_600_000) };
}

/** Seconds of a tone as a WAV file. */
function wav(seconds: number): Buffer {
  const rate = 8000;
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + rate * seconds, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write("data", 36);
  head.writeUInt32LE(rate * seconds, 40);
  return Buffer.concat([head, Buffer.from(Array.from({ length: rate * seconds }, (_, n) => (Math.floor(n / 12) % 2 ? 140 : 116)))]);
}

async function save(page: Page, name = "保存"): Promise<void> {
  await page.getByRole("button", { name, exact: true }).click();
}

test("a branch's plan with due lessons, and a recording that goes on", async ({ newcomer, clean }, info) => {
  // Ten pages are looked through by the checker.
  test.setTimeout(300_000);
  const secretary = (await enterAs(await newcomer(), "支部书记")).page;
  const title = `支部微党课 ${info.project.name}`;
  await secretary.goto("/learning/courses/new");
  await clean(secretary, "new course");
  await secretary.getByLabel("名称").fill(title);
  await secretary.getByLabel("简介").fill("一课文字，一段录音。");
  await save(secretary);
  const course = secretary.url();

  await secretary.getByRole("link", { name: "从文件导入" }).click();
  await secretary.locator("input[type=file]").setInputFiles({
    name: "讲义.md",
    mimeType: "text/markdown",
    buffer: Buffer.from("# 一张表的事\n\n- 只报一次\n- 处处读取\n"),
  });
  await secretary.getByRole("button", { name: "读取并预览" }).click();
  await expect(secretary.locator(".learn-preview h3")).toHaveText("一张表的事");
  await clean(secretary, "import preview");
  await secretary.getByLabel("来源", { exact: true }).fill("支部编写");
  await save(secretary, "保存为课时");
  await expect(secretary.getByText("来源：支部编写")).toBeVisible();

  await secretary.goto(`${course}/add`);
  await secretary.getByLabel("音频").check();
  await secretary.getByLabel("名称").fill("一段录音");
  await secretary.getByLabel("来源", { exact: true }).fill("支部录制");
  await secretary.getByLabel("计多少分钟").fill("15");
  await secretary.locator("input[type=file]").setInputFiles({ name: "tone.wav", mimeType: "audio/wav", buffer: wav(20) });
  await clean(secretary, "new lesson");
  await save(secretary);
  await said(secretary, "已增加");
  await secretary.goto(course);
  await secretary.getByRole("button", { name: "开放学习" }).click();
  await said(secretary, "已开放");
  await clean(secretary, "course");

  await secretary.goto("/learning/plans/new");
  await secretary.getByLabel("名称").fill(`${title}计划`);
  await secretary.getByLabel(title).check();
  await secretary.getByLabel("完成期限").fill(day(3));
  await clean(secretary, "new plan");
  await save(secretary);
  await said(secretary, "已制定");
  await clean(secretary, "plan");
  await secretary.goto("/learning/branch");
  await expect(secretary.locator("main")).toContainText(`${title}计划`);
  await clean(secretary, "branch");
  await expect(secretary.locator("#members")).toContainText("书记轮训");
  await secretary.getByRole("link", { name: "登记班子成员" }).click();
  await clean(secretary, "committee");
  await secretary.getByRole("checkbox").first().check();
  await save(secretary);
  await said(secretary, "已保存");
  await expect(secretary.locator("#members")).toContainText("班子成员");

  // The secretary is one of those who study: what is due stands first.
  await secretary.goto("/learning");
  await clean(secretary, "my learning");
  const due = secretary.locator("a.item", { hasText: `${title}计划` });
  await expect(due).toContainText("已学 0 课，共 2 课");
  await due.click();
  await secretary.locator("a.item", { hasText: title }).click();
  await secretary.locator("a.item", { hasText: "一段录音" }).click();
  const player = secretary.locator("audio");
  await expect.poll(() => player.evaluate((audio: HTMLAudioElement) => audio.readyState)).toBeGreaterThan(0);
  // The browser asks by ranges, and jumps.
  const part = await secretary.request.get((await player.getAttribute("src")) ?? "", { headers: { range: "bytes=100-199" } });
  expect(part.status()).toBe(206);
  expect((await part.body()).length).toBe(100);
  const kept = secretary.waitForResponse((answer) => answer.url().endsWith("/position"));
  await player.evaluate((audio: HTMLAudioElement) => (audio.currentTime = 12));
  expect((await kept).status()).toBe(204);
  await secretary.reload();
  await expect(secretary.locator("#resume")).toContainText("0:12");
  await expect.poll(() => player.evaluate((audio: HTMLAudioElement) => Math.round(audio.currentTime))).toBe(12);
  await clean(secretary, "lesson with a recording");
  await save(secretary, "学完了");
  await said(secretary, "已记为学完");
  await secretary.getByLabel("说点什么").fill("录音清楚。");
  await save(secretary, "发言");
  await expect(secretary.locator(".learn-remarks .office")).toContainText("录音清楚");
  await clean(secretary, "discussion");
  await secretary.goto(course);
  await secretary.locator("a.item", { hasText: "一张表的事" }).click();
  await save(secretary, "学完了");
  await said(secretary, "证书已生成");
  await secretary.goto("/learning");
  await expect(secretary.locator("main")).not.toContainText(`${title}计划`);
  const certificate = await secretary.locator("a.item", { hasText: title }).first().getAttribute("href");
  const pdf = await secretary.request.get(certificate ?? "");
  expect(pdf.status()).toBe(200);
  expect((await pdf.body()).subarray(0, 5).toString()).toBe("%PDF-");
});

test("a training class from its notice to the certificate", async ({ browser, clean }, info) => {
  test.setTimeout(moves ? 240_000 : 600_000);
  const house = await ahead(browser, info);
  try {
    await fromNoticeToCertificate(house, clean, `实务培训 ${info.project.name}`);
  } finally {
    await house.stop();
  }
});

async function fromNoticeToCertificate(house: Ahead, clean: (page: Page, where: string) => Promise<void>, title: string): Promise<void> {
  const as = async (role: string) => enterAs(await house.newcomer(), role);
  let office = (await as("党务干部")).page;
  await office.goto("/learning/classes/new");
  await office.getByLabel("名称").fill(title);
  await office.getByLabel("通知", { exact: true }).fill("请准时到课。");
  await office.getByLabel("地点").fill("区委党校");
  const { begins, ends } = hours();
  await office.getByLabel("上课时间").fill(`${civil(begins).day} ${civil(begins).time}-${civil(ends).time}`);
  await office.getByLabel("报名截止日期").fill(civil(begins).day);
  await office.getByLabel("名额").fill("2");
  await clean(office, "new class");
  await save(office, "发布培训班");
  await said(office, "已发布");
  const place = new URL(office.url()).pathname;
  await clean(office, "class");

  let member = (await as("党员")).page;
  await member.goto("/learning/classes");
  await clean(member, "classes");
  await member.goto(place);
  await save(member, "报名");
  await said(member, "报名成功");
  const grid = await as("网格员");
  await grid.page.goto(place);
  await save(grid.page, "报名");
  await said(grid.page, "报名成功");
  let secretary = (await as("支部书记")).page;
  await secretary.goto(place);
  await save(secretary, "报名");
  await said(secretary, "已列入候补");
  await expect(secretary.locator("main")).toContainText("候补第 1 位");

  // Leave: asked for with a reason, decided by the office.
  await member.locator("summary", { hasText: "请假" }).click();
  await member.getByLabel("事由").fill("当天值班");
  await save(member, "请假");
  await said(member, "已提交请假");
  await office.goto(place);
  await expect(office.locator("main")).toContainText("当天值班");
  await clean(office, "class with leave");
  await save(office, "准假");
  await said(office, "已处理");
  await member.reload();
  await expect(member.locator("main")).toContainText("已准假");

  // The place is corrected: the trace stands on the page, and whoever joined is told.
  await office.getByRole("link", { name: "更正" }).click();
  await clean(office, "correct a class");
  await office.getByLabel("地点").fill("区文化馆");
  await save(office, "更正");
  await said(office, "已更正");
  await expect(office.locator("main")).toContainText("地点：区委党校 → 区文化馆");
  await clean(office, "corrected class");
  await member.reload();
  await expect(member.locator("main")).toContainText("更正记录");

  // A seat that is given back goes to the first who waits.
  await save(member, "退出报名");
  await said(member, "已退出");
  await secretary.goto(place);
  await expect(secretary.locator("main")).toContainText("已报名");

  // On the day. The screen: a code to scan, and digits to say for who has no phone.
  await house.until(new Date(begins.getTime() + (moves ? 5 * 60_000 : 0)));
  office = (await as("党务干部")).page;
  secretary = (await as("支部书记")).page;
  await office.goto(place);
  await office.getByRole("link", { name: "签到屏" }).click();
  const digits = office.locator("#short");
  await expect(digits).toHaveText(/^\d{6}$/);
  await expect(office.locator(".qr-svg")).toBeVisible();
  await clean(office, "sign-in screen");
  await secretary.goto((await office.locator("#screen").getAttribute("data-link")) ?? "");
  await clean(secretary, "scanned");
  await save(secretary, "我已到课");
  await said(secretary, "签到成功");
  await office.reload();
  await office.getByLabel("姓名").selectOption({ label: grid.name });
  await office.getByLabel("屏幕上的六位数字").fill(await digits.innerText());
  await save(office, "签到");
  await said(office, "已签到");
  await expect(office.locator("#screen")).toContainText("已签到 2 人，共 2 人");

  await office.goto(place);
  await expect(office.getByRole("button", { name: "结业并发证书" }), "it is not over").toHaveCount(0);

  // It ends, and whoever came has a certificate.
  await house.until(new Date(ends.getTime() + (moves ? 60_000 : 1_000)));
  office = (await as("党务干部")).page;
  secretary = (await as("支部书记")).page;
  member = (await as("党员")).page;
  await office.goto(place);
  await save(office, "结业并发证书");
  await said(office, "发放证书 2 份");
  await clean(office, "finished class");
  const roster = await office.request.get(`${place}/roster.xlsx`);
  expect(roster.status()).toBe(200);
  expect((await roster.body()).subarray(0, 2).toString()).toBe("PK");
  await office.goto("/learning/classes");
  await expect(office.getByRole("heading", { name: "往期" })).toBeVisible();
  await clean(office, "classes with past ones");
  await secretary.goto("/learning");
  const row = secretary.locator("a.item", { hasText: title });
  await expect(row).toContainText("结业证书");
  await clean(secretary, "my learning with a certificate");
  const pdf = await secretary.request.get((await row.getAttribute("href")) ?? "");
  expect(pdf.status()).toBe(200);
  expect((await pdf.body()).subarray(0, 5).toString()).toBe("%PDF-");
  await member.goto("/learning");
  await expect(member.locator("a.item", { hasText: title })).toHaveCount(0);
}
