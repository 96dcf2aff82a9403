// What everybody may read: one person of the desk writes it, a second one checks it. Where a desk has one
// person only, somebody acts for it, and what they did stays theirs. It can be withdrawn at any time.

import { report } from "../lib/resident.ts";
import { dispatch, enter, enterAs, open, said } from "../lib/staff.ts";
import { expect, test } from "../lib/test.ts";

const PROPERTY = "物业服务不到位";

/** The day in China, some days from now, as a field of dates takes it. */
function day(ahead: number): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(Date.now() + ahead * 86_400_000);
}

test("somebody acts at the desk, and two people publish what everybody reads", async ({ newcomer, clean, people }, info) => {
  test.setTimeout(180_000);
  const security = await enterAs(await newcomer(), "安全管理员");

  await test.step("a post is held for some days", async () => {
    const { page } = security;
    await page.goto("/admin/units");
    await page.getByRole("link", { name: people.desk.unit, exact: true }).first().click();
    const post = page.locator("li", { has: page.locator(".tag", { hasText: /^镇街受理台$/ }) });
    const acting = post.getByText(people.town.name);
    if ((await acting.count()) === 0) {
      await post.getByRole("link", { name: /授予/ }).click();
      await page.getByRole("searchbox").fill(people.town.name);
      await page.getByRole("button", { name: "查找" }).click();
      await page.getByLabel("任职开始").fill(day(0));
      await page.getByLabel("代理截止").fill(day(7));
      await clean(page, "give a post");
      await page.getByRole("button", { name: `授予 ${people.town.name}` }).first().click();
      await said(page, "已授予");
    }
    await page.goto(`/admin/people/${people.town.person}`);
    await expect(page.locator("main")).toContainText("（代理）");
    await clean(page, "somebody who acts");
  });

  const [desk, second] = [await enter(await newcomer(), people.desk), await enter(await newcomer(), people.town)];
  const resident = await newcomer();
  const spot = info.project.name === "desk" ? "南门" : "北门";
  const receipt = await report(resident, { text: `小区${spot}的路灯坏了两盏，晚上回家看不清台阶，老人摔过跤。`, community: people.community.unit, publish: true });

  await test.step("the desk writes it, and cannot pass it alone", async () => {
    await open(desk.page, "/work/desk", receipt.no);
    await dispatch(desk.page, desk.unit, PROPERTY);
    await desk.page.locator('.facts a[href$="/publish"]').click();
    await clean(desk.page, "write for everybody");
    await desk.page.getByLabel("公开的内容").fill(`小区${spot}两盏路灯损坏，夜间出行不便。`);
    await desk.page.getByRole("button", { name: "提交复核" }).click();
    await said(desk.page, "已提交");
    await desk.page.goto(`/work/c/${receipt.no}/publish`);
    await expect(desk.page.getByRole("button", { name: "认不出任何人，公开" })).toHaveCount(0);
    const early = await resident.request.get(`/public/${receipt.no}`);
    expect(early.status(), "nobody reads it before the second look").toBe(404);
  });

  await test.step("a second person passes it, and everybody reads it", async () => {
    await second.page.goto("/work/second");
    await clean(second.page, "second looks");
    await second.page.locator(`a.item[href*="${receipt.no}"]`).click();
    await second.page.goto(`/work/c/${receipt.no}/publish`);
    await clean(second.page, "second look");
    await second.page.getByRole("button", { name: "认不出任何人，公开" }).click();
    await said(second.page, "已公开");
    const passerby = await newcomer();
    await passerby.goto(`/public/${receipt.no}`);
    await expect(passerby.locator("main")).toContainText("夜间出行不便");
    await expect(passerby.locator("main"), "the resident's own words stay with those who handle it").not.toContainText("老人摔过跤");
    await clean(passerby, "a public concern");
  });

  await test.step("it is withdrawn", async () => {
    await desk.page.goto(`/work/c/${receipt.no}/publish`);
    await desk.page.locator("summary", { hasText: "撤下" }).click();
    await desk.page.getByLabel("为什么撤下").fill("路灯已修好，居民不愿再公开。");
    await desk.page.locator("#withdraw").getByRole("button", { name: "撤下" }).click();
    await said(desk.page, "已撤下");
    const gone = await resident.request.get(`/public/${receipt.no}`);
    expect(gone.status()).toBe(404);
  });
});

test("a filter is kept under a name, found again, and dropped", async ({ newcomer, clean, people }, info) => {
  const { page } = await enter(await newcomer(), people.desk);
  const name = `电话来的 ${info.project.name}`;
  await page.goto("/work/all");
  // The list follows the choice by itself.
  await page.locator("select[name=source]").selectOption({ label: "电话" });
  await page.waitForURL(/source=/);
  await clean(page, "all, filtered");
  const filtered = new URL(page.url()).search;
  expect(filtered).toContain("source=");
  await page.locator("summary", { hasText: "保存这个筛选" }).click();
  await page.getByLabel("叫作").fill(name);
  await page.getByRole("button", { name: "保存", exact: true }).click();
  await said(page, "筛选已保存");
  await page.goto("/work/all");
  await page.getByRole("link", { name }).click();
  await expect(page.locator("select[name=source] option:checked")).toHaveText("电话");
  await clean(page, "a kept filter");
  await page.getByRole("button", { name: `不再保留这个筛选 ${name}` }).click();
  await said(page, "筛选已删除");
  await expect(page.getByRole("link", { name })).toHaveCount(0);
});
