// What a resident does, in the words that stand on the pages.

import { type Page, expect } from "@playwright/test";

export interface Concern {
  text: string;
  /** The community's name, as the list shows it. */
  community: string;
  spot?: string;
  photos?: string[];
  phone?: string;
  confidential?: boolean;
  /** Whether the words may be published once checked. */
  publish?: boolean;
  /** The unit that it is about. */
  about?: string;
}

export interface Receipt {
  /** Grouped, as it is spoken. */
  number: string;
  /** Digits only, as addresses have it. */
  no: string;
  /** /r/NO/SECRET */
  path: string;
}

type Look = (page: Page, where: string) => Promise<void>;

/** Finds a row of a list that may be folded, or an entry of a small list, and chooses it. */
export async function pick(page: Page, name: string, label: string): Promise<void> {
  const field = page.locator(`#f-${name}`);
  if ((await field.evaluate((element) => element.tagName)) === "SELECT") {
    await field.selectOption({ label });
    return;
  }
  // A town's name is in those of its communities: what ends with it, such as a path, comes first.
  const whole = page.locator("label.row", { has: page.locator(".row-text > span:first-child", { hasText: new RegExp(`(^|\\s)${label}$`) }) });
  const wanted = (await field.locator(whole).count()) > 0 ? whole : page.locator("label.row", { hasText: label });
  const row = field.locator(wanted).first();
  const folded = field.locator("details:not([open])", { has: wanted }).first();
  if ((await folded.count()) > 0 && !(await row.isVisible())) await folded.locator("summary").click();
  await row.click();
}

async function on(page: Page): Promise<void> {
  await page.getByRole("button", { name: "下一步" }).click();
}

/** One thing a page, from the home page to the receipt. */
export async function report(page: Page, concern: Concern, look: Look = async () => {}): Promise<Receipt> {
  await page.goto("/");
  await look(page, "home");
  await page.getByRole("link", { name: /我要反映/ }).click();

  await expect(page.getByRole("heading", { level: 1 })).toHaveText("您要反映什么事");
  await look(page, "what");
  await page.getByLabel("事情经过").fill(concern.text);
  if (concern.photos) await page.locator('input[type="file"]').first().setInputFiles(concern.photos);
  await on(page);

  await expect(page.getByRole("heading", { level: 1 })).toHaveText("事情发生在哪里");
  await look(page, "where");
  if (concern.spot) await page.getByLabel(/具体位置/).fill(concern.spot);
  await pick(page, "place", concern.community);
  await on(page);

  if (page.url().endsWith("/report/grid")) {
    await look(page, "grid");
    await page.getByLabel("不清楚，由社区判断").check();
    await on(page);
  }

  // Something like it may be public already.
  if (page.url().endsWith("/report/similar")) {
    await look(page, "similar");
    await page.getByRole("link", { name: "都不是，继续反映" }).click();
  }

  await expect(page.getByRole("heading", { level: 1 })).toHaveText("这件事针对某个单位或某个人吗");
  await look(page, "about");
  if (concern.about) {
    await page.getByLabel("针对某个单位").check();
    await pick(page, "about_unit", concern.about);
  }
  await on(page);

  await expect(page.getByRole("heading", { level: 1 })).toHaveText("怎么联系您");
  await look(page, "who");
  if (concern.phone) {
    await page.getByLabel("留电话").check();
    await page.getByLabel("手机号").fill(concern.phone);
  } else {
    await page.getByLabel("匿名").check();
  }
  if (concern.confidential) await page.getByLabel("对办理人员隐去我的身份").check();
  if (concern.publish) await page.locator('input[name="flag"][value="publish"]').check();
  await on(page);

  await expect(page.getByRole("heading", { level: 1 })).toHaveText("核对后提交");
  await expect(page.getByText(concern.text)).toBeVisible();
  await look(page, "check");
  await page.getByRole("button", { name: "提交" }).click();
  return receipt(page, look);
}

/** Reads the page that is shown once. */
export async function receipt(page: Page, look: Look = async () => {}): Promise<Receipt> {
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("已经收到");
  await look(page, "receipt");
  const number = await page.locator(".big-number strong").first().innerText();
  const path = await page.getByRole("link", { name: "看办理进度" }).getAttribute("href");
  if (!path) throw new Error("the receipt leads nowhere");
  return { number, no: number.replaceAll(/\D/g, ""), path };
}
