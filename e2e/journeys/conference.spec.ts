// 联席会议: what is decided becomes a task of somebody, until whoever called the conference has seen that it is done.

import { enter, enterAs, said } from "../lib/staff.ts";
import { expect, test } from "../lib/test.ts";

/** A day in China, so many days from now. */
function day(from: number): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(new Date(Date.now() + from * 86_400_000));
}

test("a decision becomes a task, is reported, given back, and confirmed", async ({ newcomer, clean, people }, info) => {
  test.setTimeout(120_000);
  const desk = await enterAs(await newcomer(), "区级受理台");
  const department = await enter(await newcomer(), people.department);
  const stranger = await enter(await newcomer(), people.stranger);
  const about = `汛期排涝${info.project.name}`;

  await test.step("the conference is written down with who took part", async () => {
    await desk.page.goto("/conferences");
    await clean(desk.page, "conferences");
    await desk.page.getByRole("link", { name: "登记一次联席会议" }).click();
    await clean(desk.page, "a new conference");
    await desk.page.getByLabel("议题").fill(about);
    await desk.page.getByLabel("会议日期").fill(day(1));
    await desk.page.getByLabel("地点").fill("区政府三楼会议室");
    await desk.page.getByRole("checkbox", { name: people.department.unit }).check();
    await desk.page.getByLabel("会议纪要").fill("议定汛前完成易涝点整治。");
    await desk.page.getByRole("button", { name: "登记", exact: true }).click();
    await expect(desk.page.locator("#e-on"), "not before it was held").toContainText("不能晚于今天");
    await desk.page.getByLabel("会议日期").fill(day(0));
    await desk.page.getByRole("button", { name: "登记", exact: true }).click();
    await said(desk.page, "会议已登记");
    await clean(desk.page, "a conference");
  });

  await test.step("what was decided is given out with a day", async () => {
    await desk.page.getByLabel("做什么").fill("清淤三处易涝点，备齐水泵。");
    const unit = desk.page.locator("#f-unit");
    await expect(unit.locator("option", { hasText: people.stranger.unit }), "only who took part").toHaveCount(0);
    const value = await unit.locator("option", { hasText: people.department.unit }).first().getAttribute("value");
    await unit.selectOption(value ?? "");
    await desk.page.getByLabel("完成时限").fill(day(5));
    await desk.page.getByRole("button", { name: "派出" }).click();
    await said(desk.page, "任务已派出");
    await clean(desk.page, "a conference with a task");
  });

  const task = (await desk.page.locator("#rows a.item").first().getAttribute("href")) ?? "";
  await test.step("the department does it, nobody else sees it", async () => {
    expect((await stranger.page.goto(task))?.status()).toBe(404);
    await department.page.goto("/conferences");
    await department.page.locator(`#rows a.item[href="${task}"]`).click();
    await clean(department.page, "a task to be done");
    await department.page.getByLabel("做了什么").fill("三处已清淤，水泵已到位。");
    await department.page.getByRole("button", { name: "报告完成" }).click();
    await said(department.page, "等召集单位确认");
    await clean(department.page, "a task that waits");
  });

  await test.step("given back with another day, and done again", async () => {
    await desk.page.goto(task);
    await desk.page.getByLabel("没有完成，退回").check();
    await desk.page.getByLabel(/新的完成时限/).first().fill(day(8));
    await desk.page.getByLabel("意见").fill("有一处仍积水，请补做。");
    await clean(desk.page, "looking at a task");
    await desk.page.getByRole("button", { name: "记录结论" }).click();
    await said(desk.page, "结论已记录");
    await department.page.goto(task);
    await expect(department.page.locator("main")).toContainText("有一处仍积水");
    await department.page.getByLabel("做了什么").fill("补做完成，已试排水。");
    await department.page.getByRole("button", { name: "报告完成" }).click();
    await said(department.page, "等召集单位确认");
  });

  await test.step("confirmed and closed", async () => {
    await desk.page.goto(task);
    await desk.page.getByLabel("已完成，销号").check();
    await desk.page.getByLabel("意见").fill("现场看过，属实。");
    await desk.page.getByRole("button", { name: "记录结论" }).click();
    await said(desk.page, "结论已记录");
    await expect(desk.page.locator("main")).toContainText("确认完成，销号");
    await clean(desk.page, "a task that is done");
    await department.page.goto("/conferences");
    await expect(department.page.locator(`#rows a.item[href="${task}"]`), "it waits for nobody").toHaveCount(0);
  });
});
