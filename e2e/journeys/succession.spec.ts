// Units and posts change while the work goes on: a unit is merged into another one with what it has in hand, and somebody
// acts for another from one day to another.

import type { Page } from "@playwright/test";
import { pick, report } from "../lib/resident.ts";
import { act, choose, claim, enter, enterAs, open, said } from "../lib/staff.ts";
import { expect, test } from "../lib/test.ts";

/** A day in China, so many days from now. */
function day(from: number): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(new Date(Date.now() + from * 86_400_000));
}

/** Enters a department under the district; gives the address of its page. */
async function department(page: Page, code: string, name: string): Promise<string> {
  await page.goto("/admin/units");
  await page.getByRole("link", { name: "增设下级单位" }).click();
  await page.getByLabel("层级", { exact: true }).selectOption({ label: "部门" });
  await page.getByLabel("名称", { exact: true }).fill(name);
  await page.getByLabel("代码", { exact: true }).fill(code);
  await page.getByRole("button", { name: "增设", exact: true }).click();
  await said(page, "已增设");
  await page.goto("/admin/units");
  const href = await page.getByRole("link", { name, exact: true }).first().getAttribute("href");
  return href ?? "";
}

test("a department is merged into another, and what it had goes on there", async ({ newcomer, clean, people }, info) => {
  test.setTimeout(120_000);
  const tag = info.project.name === "phone" ? "P" : "D";
  const [system, desk] = [(await enterAs(await newcomer(), "系统管理员")).page, await enter(await newcomer(), people.desk)];
  const [old, next] = [`园林管理处${tag}`, `城市园林局${tag}`];
  const from = await department(system, `YLCO${tag}`, old);
  const into = await department(system, `YLCN${tag}`, next);
  await system.goto(from);
  await clean(system, "a unit");

  const resident = await newcomer();
  const receipt = await report(resident, { text: `公园步道旁的树枯了半边，刮风就掉枝子，${tag}区的老人都绕着走。`, community: people.community.unit });
  await open(desk.page, "/work/desk", receipt.no);
  await act(desk.page, "派单");
  await choose(desk.page, old);
  await said(desk.page, "已派给");

  await test.step("it does not end while nobody takes over", async () => {
    await system.goto(from);
    await system.getByRole("link", { name: "撤销单位" }).click();
    await clean(system, "closing a unit");
    await system.getByRole("button", { name: "撤销单位" }).click();
    await expect(system.locator("#e-successor")).toContainText("在办诉求 1 件");
    await clean(system, "a unit that has something in hand");
  });

  await test.step("merged: what it has is named before, and counted after", async () => {
    await system.goto(from.replace("/admin/units?", "/admin/units/around?"));
    await system.locator("summary", { hasText: "并入另一个单位" }).click();
    await expect(system.locator("main")).toContainText("在办诉求 1 件");
    await clean(system, "merging");
    // Nothing chosen, and a unit that is no more: said beside the choices, which stay as they were.
    await system.getByRole("button", { name: "并入", exact: true }).click();
    await expect(system.locator("#e-merge")).toContainText("请选择并入哪个单位");
    const first = system.locator("#f-merge input[type=radio]").first();
    await first.evaluate((input: HTMLInputElement) => (input.value = "NOWHERE"));
    await first.evaluate((input: HTMLInputElement) => (input.checked = true));
    await system.getByRole("button", { name: "并入", exact: true }).click();
    await expect(system.locator("#e-merge")).toContainText("没有代码为“NOWHERE”的单位");
    await clean(system, "merging, refused");
    const box = system.locator("#f-merge").getByRole("searchbox");
    if (await box.isVisible()) {
      await box.fill(next);
      await expect(system.locator("#f-merge label.row:visible")).toHaveCount(1);
    }
    await pick(system, "merge", next);
    await system.getByRole("button", { name: "并入", exact: true }).click();
    await said(system, /已并入：.*1 件事项/);
    await expect(system.locator("main")).toContainText(`由 ${next}（代码 YLCN${tag}）接续`);
    await clean(system, "merged");
    await system.goto(into.replace("/admin/units?", "/admin/units/around?"));
    await expect(system.locator("main")).toContainText(`接续 ${old}`);
  });

  await test.step("desk and resident see who has it now", async () => {
    await desk.page.goto(`/work/c/${receipt.no}`);
    await expect(desk.page.locator("main")).toContainText(next);
    await clean(desk.page, "a concern that was passed on");
    await resident.goto(receipt.path);
    await expect(resident.locator("main")).toContainText(next);
    await clean(resident, "tracking, passed on");
  });
});

test("without scripts a unit is closed in favour of another that is chosen by name @desk", async ({ browser, newcomer, district }) => {
  const [old, next] = ["旧档案室", "新档案馆"];
  const system = (await enterAs(await newcomer(), "系统管理员")).page;
  const from = await department(system, "DAO", old);
  const into = await department(system, "DAN", next);
  const context = await browser.newContext({ baseURL: district.address, locale: "zh-CN", javaScriptEnabled: false, storageState: await system.context().storageState() });
  try {
    const plain = await context.newPage();
    await plain.goto(from.replace("/admin/units?", "/admin/units/close?"));
    await expect(plain.getByLabel("没有单位接续")).toBeChecked();
    await pick(plain, "successor", next);
    await plain.getByRole("button", { name: "撤销单位" }).click();
    await said(plain, "已撤销");
    await plain.goto(into.replace("/admin/units?", "/admin/units/around?"));
    await expect(plain.locator("main")).toContainText(`接续 ${old}`);
  } finally {
    await context.close();
  }
});

test("somebody acts for another from one day to another", async ({ newcomer, clean, people }, info) => {
  const tag = info.project.name === "phone" ? "甲" : "乙";
  const [system, security] = [(await enterAs(await newcomer(), "系统管理员")).page, (await enterAs(await newcomer(), "安全管理员")).page];
  const name = `代理${tag}某`;
  await system.goto("/admin/people/add");
  await system.getByLabel("姓名").fill(name);
  await system.locator("main form button[type=submit]").last().click();
  const person = new URL(system.url()).pathname;

  await security.goto("/admin/units");
  await security.getByRole("link", { name: people.department.unit, exact: true }).first().click();
  await security.getByRole("link", { name: "授予" }).first().click();
  await security.locator("main input[name=q]").fill(name);
  await security.locator('main form[method="get"] button').click();
  await clean(security, "giving a post");

  // The last day lies after the first.
  await security.getByLabel(/任职开始/).fill(day(20));
  await security.getByLabel(/代理截止/).fill(day(10));
  await security.getByRole("button", { name: `授予 ${name}` }).click();
  await expect(security.locator("main")).toContainText("代理截止应在开始和今天之后");
  await security.goBack();
  await security.getByLabel(/任职开始/).fill(day(0));
  await security.getByLabel(/代理截止/).fill(day(10));
  await security.getByRole("button", { name: `授予 ${name}` }).click();
  await said(security, "已授予");

  await system.goto(person);
  await expect(system.locator("main")).toContainText("（代理）");
  await clean(system, "somebody who acts");
});

test("who leaves a post leaves nothing behind: a colleague has it @desk", async ({ newcomer, clean, people }) => {
  test.setTimeout(120_000);
  const { department: colleague, stranger: guest } = people;
  const security = (await enterAs(await newcomer(), "安全管理员")).page;
  const [desk, leaving] = [await enter(await newcomer(), people.desk), await enter(await newcomer(), guest)];

  // Somebody of another department is given a post in this one, and takes up a concern there.
  await security.goto("/admin/units");
  await security.getByRole("link", { name: colleague.unit, exact: true }).first().click();
  await security.locator("li", { has: security.locator("span", { hasText: /^部门干部$/ }) }).getByRole("link", { name: "授予" }).click();
  await security.locator("main input[name=q]").fill(guest.name);
  await security.locator('main form[method="get"] button').click();
  await security.getByRole("button", { name: `授予 ${guest.name}` }).first().click();
  await said(security, "已授予");
  const receipt = await report(await newcomer(), { text: "河边的护栏松了，孩子靠上去很危险。", community: people.community.unit });
  await open(desk.page, "/work/desk", receipt.no);
  await act(desk.page, "派单");
  await choose(desk.page, colleague.unit);
  await said(desk.page, "已派给");
  await leaving.page.goto(`/work/c/${receipt.no}`);
  await claim(leaving.page);
  const due = /\d+月\d+日[^\n]*?前/.exec(await leaving.page.locator(".facts").first().innerText())?.[0] ?? "";
  expect(due, "a deadline runs").not.toBe("");

  // The post ends: what was in hand goes to whom the security administrator names.
  await security.goto(`/admin/people/${guest.person}`);
  await clean(security, "somebody who leaves");
  const held = security.locator("li", { has: security.getByRole("link", { name: colleague.unit }) });
  await held.getByLabel(/在办事项交给/).selectOption({ label: colleague.name });
  await held.getByRole("button", { name: "免去" }).click();
  await said(security, "1 件在办事项已交接");
  expect((await leaving.page.goto(`/work/c/${receipt.no}`))?.status(), "nothing of it is seen any more").toBeGreaterThanOrEqual(400);

  const next = await enter(await newcomer(), colleague);
  await next.page.goto("/work");
  await expect(next.page.locator("main")).toContainText("护栏");
  await next.page.goto(`/work/c/${receipt.no}`);
  await expect(next.page.locator("main"), "with no more time than before").toContainText(due);
});
