// What a resident can do besides reporting: see what was typed again after a mistake, follow by number
// and code, add words, take it back to the desk after the archive; in large type and in other languages.

import { writeFileSync } from "node:fs";
import { square } from "../lib/picture.ts";
import { receipt, report } from "../lib/resident.ts";
import { enter } from "../lib/staff.ts";
import { expect, test } from "../lib/test.ts";

test("what was typed survives a mistake, and the receipt opens what was sent @resident", async ({ newcomer, clean, people }, info) => {
  const page = await newcomer();
  const community = await enter(await newcomer(), people.community);
  await page.goto("/report/what");
  await page.getByLabel("事情经过").fill("灯坏");
  await page.getByRole("button", { name: "下一步" }).click();
  await expect(page.locator(".errors")).toBeVisible();
  await expect(page.getByLabel("事情经过")).toHaveValue("灯坏");
  await clean(page, "what, with an error");

  const picture = info.outputPath("square.png");
  writeFileSync(picture, square());
  const sent = await report(page, { text: "小广场的健身器材松动，孩子攀爬时摇晃得厉害。", community: community.unit, photos: [picture], confidential: true });

  await page.goto("/track");
  await clean(page, "track");
  await page.getByLabel("编号").fill(sent.number);
  await page.getByLabel("查询码").fill("AAAA-AAAA-AAAA-AAAA");
  await page.getByRole("button", { name: "查看" }).click();
  await expect(page.locator(".errors")).toContainText("对不上");
  await page.getByLabel("查询码").fill(sent.path.split("/").at(-1) ?? "");
  await page.getByRole("button", { name: "查看" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("办理进度");
  await expect(page.locator(".words")).toContainText("健身器材松动");
  const photo = page.locator(".pictures img").first();
  await expect(photo).toBeVisible();
  expect(await photo.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);

  await page.locator("summary", { hasText: "补充情况" }).click();
  await page.getByLabel(/要补充的话/).fill("昨天又有一颗螺丝掉下来了。");
  await page.getByRole("button", { name: "补充", exact: true }).click();
  await expect(page.locator(".flash")).toContainText("已经补充进去");
  await expect(page.locator(".timeline")).toContainText("螺丝掉下来");
  await clean(page, "tracking, with what was added");
});

test("everything on one page @resident", async ({ newcomer, clean, people }) => {
  const page = await newcomer();
  const community = await enter(await newcomer(), people.community);
  await page.goto("/report/all");
  await clean(page, "all on one page");
  await page.getByLabel("事情经过").fill("楼道里堆满了杂物，消防通道被挡住。");
  const option = page.locator("#f-place option", { hasText: community.unit }).first();
  await page.locator("#f-place").selectOption((await option.getAttribute("value")) ?? "");
  await page.getByLabel("匿名").check();
  await page.getByRole("button", { name: "提交" }).click();
  await receipt(page, clean);
});

test("large type, traditional characters, English @resident", async ({ newcomer, clean }) => {
  const page = await newcomer();
  await page.goto("/");
  const size = () => page.locator("main").evaluate((main) => Number.parseFloat(getComputedStyle(main).fontSize));
  const plain = await size();
  await page.getByRole("link", { name: /长辈/ }).click();
  expect(await size()).toBeGreaterThanOrEqual(24);
  expect(await size()).toBeGreaterThan(plain);
  await clean(page, "home, elder version");
  await page.goto("/report/what");
  await clean(page, "what, elder version");

  for (const [name, heading] of [["繁", "您要反映什麼事"], ["English", "What would you like to report?"]] as const) {
    await page.locator("details.lang > summary").click();
    await page.locator("details.lang a", { hasText: name }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(heading);
    await clean(page, heading);
  }
});

test("whose job it is, complaints, and a page that is not there @resident", async ({ newcomer, clean }) => {
  const page = await newcomer();
  await page.goto("/whose");
  await clean(page, "whose");
  await page.getByLabel(/说几个字/).fill("路灯");
  await page.getByRole("button", { name: "查一查" }).click();
  await expect(page.locator(".card").first()).toBeVisible();
  await clean(page, "whose, found");
  await page.goto("/complaints");
  await clean(page, "complaints");
  expect((await page.goto("/nothing/here"))?.status()).toBe(404);
  await clean(page, "not found");
});
