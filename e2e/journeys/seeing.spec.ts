// What is seen: a wall that moves while somebody submits, a dashboard on both widths, and the way from the district to one case.

import { expect, test } from "../lib/test.ts";
import { report } from "../lib/resident.ts";
import { enterAs } from "../lib/staff.ts";

test("the wall moves when a concern is submitted in another window @desk", async ({ newcomer, clean, people }) => {
  const leader = await enterAs(await newcomer(), "区级领导");
  const { page } = leader;
  await page.setViewportSize({ width: 1920, height: 1080 });
  await page.goto("/board");
  await page.getByRole("link", { name: "大屏" }).click();
  await expect(page.locator("#state")).toHaveText("实时");
  const came = page.locator("[data-w=came]");
  const before = Number(await came.innerText());
  await clean(page, "wall");
  // Readable from five metres: figures of 64 px and more, nothing cut off at the edges of the screen.
  const size = await came.evaluate((element) => parseFloat(getComputedStyle(element).fontSize));
  expect(size).toBeGreaterThanOrEqual(64);
  const over = await page.evaluate(() => [document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]);
  expect(over.every((n) => n <= 0)).toBeTruthy();
  for (const block of await page.locator(".wall-block").all()) {
    expect(await block.evaluate((element) => element.scrollHeight - element.clientHeight), "nothing is cut off in its block").toBeLessThanOrEqual(0);
  }

  const resident = await newcomer();
  await report(resident, { text: "广场的健身器材坏了，摇摇晃晃，孩子容易受伤。", community: people.community.unit });
  await expect(came).toHaveText(String(before + 1));
  await expect(page.locator("[data-list=recent] li").first()).toContainText(people.community.unit);
  await expect(page.locator("#wall")).not.toContainText("健身器材");
});

test("from the district to the single case in four taps", async ({ newcomer, clean }) => {
  const { page } = await enterAs(await newcomer(), "区级领导");
  await page.goto("/board?p=year");
  await expect(page.locator("canvas").first()).toBeVisible();
  await clean(page, "dashboard of the district");
  // Another period comes without the page being loaded again, and the way back leads back.
  await page.evaluate(() => ((window as unknown as { stays: boolean }).stays = true));
  await page.getByRole("link", { name: "季", exact: true }).click();
  await expect(page).toHaveURL(/p=quarter/);
  await expect(page.locator(".spans [aria-current]")).toHaveText("季");
  expect(await page.evaluate(() => (window as unknown as { stays?: boolean }).stays)).toBe(true);
  await page.goBack();
  await expect(page.locator(".spans [aria-current]")).toHaveText("年");

  let taps = 0;
  const tap = async (link: ReturnType<typeof page.locator>) => {
    await link.click();
    taps += 1;
  };
  const row = page.locator(".units-table tbody tr", { has: page.locator("td a") }).first();
  const town = await row.locator(".unit-link").innerText();
  await tap(row.locator(".unit-link"));
  await expect(page.locator("h1")).toContainText(town);
  await clean(page, "dashboard of a town");
  await tap(page.locator(".board-due .figure a").first());
  await expect(page.locator("a.item").first()).toBeVisible();
  const href = await page.locator("a.item").first().getAttribute("href");
  await clean(page, "what is due in the town");
  await tap(page.locator("a.item").first());
  await expect(page.getByText("居民反映").first()).toBeVisible();
  expect(href).toContain("/work/c/");
  expect(taps).toBeLessThanOrEqual(4);
});

test("the map, by shade, by keyboard and as a table", async ({ newcomer, clean }) => {
  const { page } = await enterAs(await newcomer(), "区级领导");
  await page.goto("/board/map?p=year");
  const areas = page.locator("svg.map a.area");
  await expect(areas.first()).toBeVisible();
  expect(await areas.count()).toBe(await page.locator(".map-table tbody tr").count());
  await clean(page, "map");
  await page.getByLabel("分到哪一级").selectOption("far");
  await expect(page).toHaveURL(/level=far/);
  await areas.first().focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/board\?unit=/);
});

test("what communities are asked, and what the record answers instead", async ({ newcomer, clean }) => {
  const { page } = await enterAs(await newcomer(), "社区书记");
  await page.goto("/burden");
  await expect(page.locator(".burden-block").first()).toBeVisible();
  await clean(page, "burden ledger of a community");
  await page.getByRole("link", { name: "登记一项要求" }).first().click();
  await page.getByLabel("要什么").fill("楼道灯统计表");
  await page.getByLabel("区外单位名称").fill("某公司");
  await page.getByLabel("要求谁填").selectOption({ index: 1 });
  await page.getByLabel("要填的项目").fill("社区名称\n楼道灯盏数");
  await page.getByLabel(/多少分钟/).fill("30");
  await clean(page, "entering a demand");
  await page.getByRole("button", { name: "登记", exact: true }).click();
  await expect(page.locator(".flash")).toContainText("已登记");
  await expect(page.locator("main")).toContainText("记录已有 1 项，共 2 项");
  await clean(page, "a demand");
});
