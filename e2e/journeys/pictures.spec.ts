// The pictures of docs/, taken from the running product on the full demo district: ./dev pictures.

import { join } from "node:path";
import type { Page } from "@playwright/test";
import { root } from "../lib/program.ts";
import { pick, report } from "../lib/resident.ts";
import { act, claim, dispatch, enter, enterAs, open } from "../lib/staff.ts";
import { test } from "../lib/test.ts";
import { workbook } from "../lib/workbook.ts";

const PHONE = { width: 390, height: 844 };
const DESK = { width: 1440, height: 900 };

async function picture(page: Page, name: string): Promise<void> {
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.waitForTimeout(300);
  await page.screenshot({ path: join(root, "docs/pictures", `${name}.png`), animations: "disabled" });
}

test("pictures @pictures", async ({ newcomer, people }, info) => {
  test.setTimeout(300_000);
  const words = "三号楼前的下水道从上周三开始往外冒水，晚上路滑，老人出门要绕一大圈。已经向物业反映过两次，还没有修。";
  const [desk, community] = [await enter(await newcomer(), people.desk), await enter(await newcomer(), people.community)];
  for (const { page } of [desk, community]) await page.setViewportSize(DESK);

  const page = await newcomer();
  await page.setViewportSize(PHONE);
  await page.goto("/");
  await picture(page, "home-phone");
  await page.goto("/report/what");
  await page.getByLabel("事情经过").fill(words);
  await picture(page, "report-phone");
  await page.getByRole("button", { name: "下一步" }).click();
  await pick(page, "place", community.unit);
  await picture(page, "where-phone");
  const receipt = await report(page, { text: words, community: community.unit, phone: "13812345678" });
  await picture(page, "receipt-phone");

  await desk.page.goto("/work/desk");
  await picture(desk.page, "desk-desktop");
  await open(desk.page, "/work/desk", receipt.no);
  await act(desk.page, "派单");
  await picture(desk.page, "dispatch-desktop");
  await desk.page.goto(`/work/c/${receipt.no}`);
  await dispatch(desk.page, community.unit, "物业服务不到位");

  await community.page.goto("/work");
  await picture(community.page, "work-desktop");
  await open(community.page, "/work", receipt.no);
  await claim(community.page);
  await picture(community.page, "concern-desktop");
  await community.page.setViewportSize(PHONE);
  await community.page.goto("/work");
  await picture(community.page, "work-phone");

  await page.goto(receipt.path);
  await picture(page, "track-phone");
  await page.goto("/");
  await page.getByRole("link", { name: /长辈/ }).click();
  await picture(page, "elder-phone");

  const district = await enterAs(await newcomer(), "区级受理台");
  await district.page.setViewportSize(DESK);
  await district.page.goto("/work/all");
  await picture(district.page, "all-desktop");
  const sheet = await workbook(info.outputPath("messages.xlsx"), 40, 5_000);
  await district.page.goto("/work/import");
  await district.page.getByLabel("表格文件").setInputFiles(sheet.path);
  await district.page.getByRole("button", { name: "上传并查看" }).click();
  await picture(district.page, "import-desktop");

  const leader = await enterAs(await newcomer(), "区级领导");
  await leader.page.setViewportSize(DESK);
  await leader.page.goto("/board?p=quarter");
  await picture(leader.page, "board-desktop");
  await leader.page.goto("/burden");
  await picture(leader.page, "burden-desktop");
  await leader.page.setViewportSize({ width: 1920, height: 1080 });
  await leader.page.goto("/wall");
  await picture(leader.page, "wall");

  const start = await newcomer();
  await start.setViewportSize(DESK);
  await start.goto("/demo");
  await picture(start, "demo-desktop");
});
