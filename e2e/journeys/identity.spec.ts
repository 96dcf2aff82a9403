// Who is who: the three administrators apart from one another, signing in with a passkey and through another
// house, the elder version measured, and the five questions without a mouse.

import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { house } from "../lib/house.ts";
import { run } from "../lib/program.ts";
import { report } from "../lib/resident.ts";
import { enterAs, said } from "../lib/staff.ts";
import { expect, test } from "../lib/test.ts";

test("the three administrators see apart, and the audit changes nothing @desk", async ({ newcomer, clean }) => {
  const [system, security, audit] = [await newcomer(), await newcomer(), await newcomer()];
  await enterAs(system, "系统管理员");
  await enterAs(security, "安全管理员");
  await enterAs(audit, "审计管理员");

  // Nobody of the three reads the work.
  for (const page of [system, security, audit]) {
    for (const path of ["/work", "/work/all", "/work/desk", "/work/callbacks"]) {
      // Refused, or led to what is theirs.
      const answer = await page.goto(path);
      if (new URL(page.url()).pathname !== "/me") expect([403, 404], `${path} for ${page.url()}`).toContain(answer?.status());
    }
  }
  expect((await system.goto("/audit/record"))?.status()).toBe(403);
  expect((await security.goto("/audit/log/sign-in"))?.status()).toBe(403);
  expect((await audit.goto("/admin/people"))?.status()).toBe(403);

  // The system administrator enters a person and cannot give a post; the security administrator gives one.
  await system.goto("/admin/people/add");
  await system.getByLabel("姓名").fill("顾新来");
  await system.locator("main form button[type=submit]").last().click();
  await expect(system.getByRole("heading", { level: 1 })).toHaveText("顾新来");
  expect(await system.locator('a[href*="/admin/posts/give"]').count()).toBe(0);
  const give = async (role: string) => {
    await security.goto("/admin/units");
    await security.locator("li", { has: security.locator("span", { hasText: new RegExp(`^${role}$`) }) }).getByRole("link", { name: "授予" }).click();
    await security.locator("main input[name=q]").fill("顾新来");
    await security.locator('main form[method="get"] button').click();
    await security.getByRole("button", { name: "授予 顾新来" }).click();
  };
  await give("审计管理员");
  await said(security, "已授予");
  // One of the three, and so none of the others, and nothing of the work either.
  for (const other of ["系统管理员", "安全管理员", "区级领导"]) {
    await give(other);
    await expect(security.locator("main"), other).toContainText("不能由同一人兼任");
  }

  // And the audit finds it, with who and when, and nothing of the name that was typed.
  await expect(async () => {
    await audit.goto("/audit/record?kind=PersonCreated");
    await expect(audit.locator("table tbody tr").first()).toContainText("登记人员", { timeout: 500 });
  }).toPass();
  await clean(audit, "the record");
  await expect(audit.locator("main")).not.toContainText("顾新来");
  await audit.locator("table tbody a").first().click();
  await expect(audit.locator("main")).toContainText("PersonCreated");
  await expect(audit.locator("main")).not.toContainText("顾新来");
  expect(await audit.locator("main form[method=post]").count()).toBe(0);
  await clean(audit, "one event");
  for (const [path, words] of [["/audit/log/sign-in", "登录"], ["/audit/log/permission", "登记人员"], ["/audit/log/reading", "查看联系方式"]] as const) {
    await audit.goto(path);
    await expect(audit.locator("main")).toContainText(words);
  }
  await clean(audit, "a log");
  await audit.goto("/audit/integrity");
  await clean(audit, "integrity");
});

/** A browser with an authenticator that knows its user, as a phone or a computer has one. */
async function authenticator(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  await session.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true },
  });
}

test("signing in with a passkey, and through another house @desk", async ({ browser, district, clean }, info) => {
  const other = await house("lianxin", "a secret of one test");
  const data = info.outputPath("district");
  cpSync(join(process.env.LIANXIN_E2E ?? "", "seed"), data, { recursive: true });
  writeFileSync(join(data, "secret"), "a secret of one test\n");
  const file = join(data, "lianxin.toml");
  writeFileSync(file, `[sign_in]\nname = "政务统一认证"\nissuer = "${other.issuer}"\nclient_id = "lianxin"\nclient_secret_file = "secret"\n`);
  const program = await run(["demo", "--data", data, "--config", file]);
  // Passkeys belong to a name, not to a number.
  const address = program.address.replace("127.0.0.1", "localhost");
  expect(district.address).not.toBe(address);
  other.open(`${address}/login/outside/back`);
  const context = await browser.newContext({ baseURL: address, viewport: info.project.use.viewport, locale: "zh-CN" });
  try {
    const page = await context.newPage();
    await authenticator(page);
    await enterAs(page, "镇街受理台");
    const name = await page.locator(".who-name").innerText();

    await page.goto("/me/passkeys");
    await clean(page, "passkeys");
    await page.getByLabel(/名字/).fill("办公室电脑");
    await page.getByRole("button", { name: "添加这台设备" }).click();
    await expect(page.locator(".flash")).toContainText("已添加");
    await expect(page.locator("main")).toContainText("办公室电脑");

    const leave = async () => {
      await page.context().clearCookies();
      await page.goto("/login");
    };
    await leave();
    await clean(page, "sign-in");
    await page.getByRole("button", { name: "用通行密钥登录" }).click();
    await expect(page.locator(".who-name")).toContainText(name);

    // Through the other house: not before it is linked.
    await page.goto("/me/outside");
    await page.getByRole("button", { name: "绑定“政务统一认证”" }).click();
    await page.getByRole("link", { name: "前往“政务统一认证”" }).click();
    await page.locator('input[name="login"]').fill("u-4711");
    await page.locator('input[name="password"]').fill("anything");
    await page.locator('button[type="submit"]').click();
    await page.locator('button[type="submit"]').click();
    await expect(page.locator(".flash")).toContainText("已绑定");
    await clean(page, "linked");

    await leave();
    await page.getByRole("link", { name: "用“政务统一认证”登录" }).click();
    const asks = page.locator('input[name="login"]');
    await asks.fill("u-4711");
    await page.locator('input[name="password"]').fill("anything");
    await page.locator('button[type="submit"]').click();
    await page.locator('button[type="submit"]').click();
    await expect(page.locator(".who-name")).toContainText(name);
  } finally {
    await context.close();
    await program.stop();
    await other.stop();
  }
});

const RESIDENTS = ["/report/all", "/track", "/whose", "/public", "/public/units", "/my/sign-in", "/complaints", "/privacy", "/login"];

/** Type of 18 points, targets of 60 pixels, and nothing wider than the screen. */
async function large(page: Page, where: string): Promise<void> {
  const wrong = await page.evaluate(() => {
    const found: string[] = [];
    const seen = (element: Element) => {
      const box = element.getBoundingClientRect();
      const style = getComputedStyle(element);
      return box.width > 1 && box.height > 1 && style.visibility !== "hidden" && style.clipPath === "none" && !element.closest(".unseen, .skip");
    };
    for (const element of document.querySelectorAll("main p, main li, main label, main dd, main dt, main input, main textarea, main select, main button, main a")) {
      const size = Number.parseFloat(getComputedStyle(element).fontSize);
      if (seen(element) && size < 24) found.push(`${size}px: ${element.outerHTML.slice(0, 80)}`);
    }
    for (const element of document.querySelectorAll("main button, main a.button, main input:not([type=hidden]), main select, main summary, main .tile")) {
      // What is pressed for a box is its row.
      const target = element.matches("input[type=radio], input[type=checkbox], input[type=file]") ? (element.closest("label") ?? element) : element;
      const box = target.getBoundingClientRect();
      if (seen(target) && box.height < 59.5) found.push(`${box.height}px high: ${element.outerHTML.slice(0, 80)}`);
    }
    const over = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    if (over > 0) found.push(`${over}px wider than the screen`);
    return found;
  });
  expect.soft(wrong, where).toEqual([]);
}

test("the elder version: text of 18 points, targets of 60 pixels, nothing beside the page @phone", async ({ newcomer, people }) => {
  const page = await newcomer();
  expect(page.viewportSize()?.width, "a phone").toBeLessThanOrEqual(390);
  await page.goto("/");
  await page.getByRole("link", { name: "长辈版" }).first().click();
  await large(page, "/");
  // The whole way of somebody who reports, and what they see of it after.
  const receipt = await report(page, { text: "楼道里堆了很多杂物，老人走路不方便。", community: people.community.unit, phone: "13900001357" }, large);
  for (const path of [receipt.path, `${receipt.path}/info`, `${receipt.path}/proof`, ...RESIDENTS]) {
    await page.goto(path);
    await large(page, path.replace(receipt.path, "/r/…"));
  }
});

/** What is read out and reached by Tab comes in the order in which it is seen: nothing jumps up the page, or is put first by a number. */
async function inOrder(page: Page): Promise<void> {
  expect.soft(await disordered(page), page.url()).toEqual([]);
}

async function disordered(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    let last = { bottom: -1, words: "" };
    for (const element of document.querySelectorAll<HTMLElement>("main a[href], main button, main input:not([type=hidden]), main select, main textarea, main summary, main [tabindex]")) {
      if (element.tabIndex > 0) found.push(`tabindex ${element.tabIndex}: ${element.outerHTML.slice(0, 80)}`);
      const box = element.getBoundingClientRect();
      if (element.tagName !== "SUMMARY" && element.closest("details:not([open])")) continue;
      if (box.width < 2 || box.height < 2 || element.closest(".unseen, dialog, [hidden]") || element.tabIndex < 0) continue;
      const top = box.top + scrollY;
      if (top + box.height <= last.bottom - 4) found.push(`after ${last.words} up to ${element.outerHTML.slice(0, 80)}`);
      last = { bottom: top, words: element.outerHTML.slice(0, 80) };
    }
    return found;
  });
}

test("a resident's side by keyboard alone, in the order of reading @desk", async ({ newcomer, people }) => {
  const page = await newcomer();
  /** Goes on by Tab to what is wanted, as somebody does who sees no pointer. */
  const to = async (selector: string) => {
    for (let presses = 0; presses < 80; presses += 1) {
      await page.keyboard.press("Tab");
      if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
    }
    throw new Error(`${selector} was not reached on ${page.url()}`);
  };
  const on = async () => {
    await to("main form button[type=submit]");
    const here = page.url();
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.href !== here);
  };
  const heading = (text: string) => expect(page.getByRole("heading", { level: 1 })).toHaveText(text);

  await page.goto("/");
  await inOrder(page);
  await to('main a[href="/report"]');
  await page.keyboard.press("Enter");
  await heading("您要反映什么事");
  await to("textarea");
  await page.keyboard.type("楼道的灯坏了，老人夜里下楼看不见。");
  await on();
  await heading("事情发生在哪里");
  await inOrder(page);
  const place = page.locator("#f-place label.row", { hasText: people.community.unit }).first();
  const folded = page.locator("#f-place details:not([open])", { has: page.locator("label.row", { hasText: people.community.unit }) }).first();
  if (!(await place.isVisible()) && (await folded.count()) > 0) {
    await folded.locator("summary").evaluate((summary) => summary.setAttribute("data-wanted", ""));
    await to("summary[data-wanted]");
    await page.keyboard.press("Enter");
  }
  await place.locator("input").evaluate((input) => input.setAttribute("data-wanted", ""));
  // The radios of one list are one stop; the arrows go through them.
  await to("#f-place input[type=radio]");
  for (let presses = 0; presses < 200; presses += 1) {
    if (await page.evaluate(() => document.activeElement?.hasAttribute("data-wanted") ?? false)) break;
    await page.keyboard.press("ArrowDown");
  }
  await page.keyboard.press("Space");
  await expect(place.locator("input")).toBeChecked();
  await on();
  if (page.url().endsWith("/report/grid")) {
    await to("input[type=radio]");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Space");
    await on();
  }
  await heading("这件事针对某个单位或某个人吗");
  await to("input[type=radio]");
  await page.keyboard.press("Space");
  await on();
  await heading("怎么联系您");
  await inOrder(page);
  await page.getByLabel("匿名").evaluate((input) => input.setAttribute("data-wanted", ""));
  await to("input[type=radio]");
  for (let presses = 0; presses < 10; presses += 1) {
    if (await page.evaluate(() => document.activeElement?.hasAttribute("data-wanted") ?? false)) break;
    await page.keyboard.press("ArrowDown");
  }
  await page.keyboard.press("Space");
  await on();
  await heading("核对后提交");
  await inOrder(page);
  await on();
  await heading("已经收到");
  await inOrder(page);

  // On to the concern itself, which more is said to, and to what is held of oneself; still without a pointer.
  await to('main a[href^="/r/"]');
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/r\/\d+\/[^/]+$/);
  const concern = page.url();
  await inOrder(page);
  await to('main form[action$="/add"] textarea, main summary:not([data-tried])');
  if (await page.evaluate(() => document.activeElement?.tagName === "SUMMARY")) {
    await page.keyboard.press("Enter");
    await to('main form[action$="/add"] textarea');
  }
  await page.keyboard.type("灯泡型号是螺口的。");
  await to('main form[action$="/add"] button[type=submit]');
  await page.keyboard.press("Enter");
  await expect(page.locator("main")).toContainText("灯泡型号是螺口的");
  await page.goto(concern);
  await to('main a[href$="/info"]');
  await page.keyboard.press("Enter");
  await heading("我的信息");
  await inOrder(page);
  for (const path of RESIDENTS) {
    await page.goto(path);
    await inOrder(page);
  }

  // That it can fail: what is drawn above what comes before it, and what is put first by a number.
  expect(await disordered(page)).toEqual([]);
  await page.evaluate(() => {
    const link = document.createElement("a");
    Object.assign(link, { href: "/", textContent: "planted", tabIndex: 1 });
    Object.assign(link.style, { position: "fixed", top: "0", left: "0", width: "40px", height: "20px" });
    document.querySelector("main")?.append(link);
  });
  expect((await disordered(page)).length).toBe(2);
});
