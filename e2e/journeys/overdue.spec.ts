// The last evening before a holiday: what is due at half past five is overdue a minute later, without anybody having opened
// a page, and the days of the holiday count for nothing. The program is real; what day it takes for today is not.

import type { Page } from "@playwright/test";
import { at, faketime } from "../lib/clock.ts";
import { cast } from "../lib/cast.ts";
import { run, type Running } from "../lib/program.ts";
import { report } from "../lib/resident.ts";
import { enter } from "../lib/staff.ts";
import { expect, test } from "../lib/test.ts";

test("overdue at half past five before a holiday @desk", async ({ browser, clean }, info) => {
  test.skip(!faketime(), "libfaketime is not on this machine");
  test.setTimeout(300_000);
  const data = info.outputPath("district");
  const on = async (moment: string, work: (fresh: (width?: number) => Promise<Page>, program: Running) => Promise<void>, ...more: string[]) => {
    const program = await run(["demo", "--data", data, ...more], at(moment));
    try {
      const fresh = async (width = 1440) => (await browser.newContext({ baseURL: program.address, viewport: { width, height: 900 }, locale: "zh-CN", timezoneId: "Asia/Shanghai" })).newPage();
      await work(fresh, program);
    } finally {
      await program.stop();
    }
  };
  let receipt = { no: "", path: "" };
  const light = (page: Page, no: string) => page.locator(`a.item[href*="${no}"] .light`);

  await on(
    "2026-09-29 15:00:00",
    async (fresh, program) => {
      const people = await cast(program.address);
      receipt = await report(await fresh(390), { text: "楼道的感应灯一直不亮，晚上上下楼要用手机照明。", community: people.community.unit });
    },
    "--small",
    "--seed",
    "9",
  );

  await on("2026-09-30 17:29:20", async (fresh, program) => {
    const people = await cast(program.address);
    const { page } = await enter(await fresh(), people.desk);
    await page.goto("/work/desk");
    await expect(light(page, receipt.no), "there is a little left").not.toContainText("超期");
    await clean(page, "the last minute");
    const resident = await fresh(390);
    await resident.goto(receipt.path);
    await expect(resident.locator("body")).toContainText("17:30");
    // Nobody opens the concern: the clock finds it.
    await expect(async () => {
      await page.goto("/work/desk");
      await expect(light(page, receipt.no)).toContainText("已超期", { timeout: 500 });
    }).toPass({ timeout: 120_000, intervals: [2_000] });
    await clean(page, "overdue");
    await expect(async () => {
      await page.goto(`/work/c/${receipt.no}`);
      await expect(page.locator(".timeline")).toContainText("超期", { timeout: 500 });
    }).toPass({ timeout: 60_000, intervals: [2_000] });

    // What comes in now is due on the first working day after the holiday.
    const late = await report(await fresh(390), { text: "小区大门口的路面有个坑，骑车容易摔倒。", community: people.community.unit });
    await page.goto(`/work/c/${late.no}`);
    await expect(page.locator("main")).toContainText(/10月(8|9)日.*17:30/);
  });

  await on("2026-10-08 10:00:00", async (fresh, program) => {
    const people = await cast(program.address);
    const { page } = await enter(await fresh(), people.desk);
    await page.goto("/work/desk");
    await expect(light(page, receipt.no), "seven days of holiday are no working days").toContainText("已超期 1 个工作日");
    await clean(page, "after the holiday");
  });
});
