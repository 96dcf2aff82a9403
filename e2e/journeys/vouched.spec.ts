// A resident signs in through another house, if they wish: nothing but a digest of who they are there is kept, and what they
// see is what they added by its receipt.

import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { house } from "../lib/house.ts";
import { run } from "../lib/program.ts";
import { report } from "../lib/resident.ts";
import { expect, test } from "../lib/test.ts";

test("a resident signs in through another house, adds a receipt, and erases the sign-in", async ({ browser, people, clean }, info) => {
  test.setTimeout(120_000);
  const other = await house("lianxin-residents", "a secret of one test");
  const data = info.outputPath("district");
  cpSync(join(process.env.LIANXIN_E2E ?? "", "seed"), data, { recursive: true });
  writeFileSync(join(data, "secret"), "a secret of one test\n");
  const file = join(data, "lianxin.toml");
  const says = `[residents_sign_in]\nname = "省统一身份认证"\nissuer = "${other.issuer}"\nclient_id = "lianxin-residents"\nclient_secret_file = "secret"\n`;
  writeFileSync(file, says);
  const program = await run(["demo", "--data", data, "--config", file]);
  other.open(`${program.address}/my/outside/back`);
  const { viewport, hasTouch, locale, timezoneId } = info.project.use;
  const open = () => browser.newContext({ baseURL: program.address, viewport, hasTouch, locale, timezoneId });
  const context = await open();
  try {
    const page = await context.newPage();
    const receipt = await report(page, { text: "小区东门的路灯不亮，晚上看不清台阶。", community: people.community.unit });

    const signIn = async (as: string) => {
      await page.goto("/my/sign-in");
      await page.getByRole("link", { name: "用“省统一身份认证”登录" }).click();
      await page.locator('input[name="login"]').fill(as);
      await page.locator('input[name="password"]').fill("anything");
      await page.locator('button[type="submit"]').click();
      await page.locator('button[type="submit"]').click();
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("我的诉求");
    };
    await page.goto("/my/sign-in");
    await clean(page, "signing in");
    await signIn("resident-1");
    await expect(page.locator("main"), "nobody joins them to what they raised").toContainText("这里还没有诉求");
    await clean(page, "an empty list");

    await page.goto(receipt.path);
    await page.getByRole("button", { name: "加到我的诉求" }).click();
    await expect(page.locator("body")).toContainText("已加到我的诉求");
    await page.goto("/my");
    await expect(page.locator("main .list button")).toHaveCount(1);
    await clean(page, "one's own list");
    await page.locator("main .list button").click();
    await expect(page.locator("body")).toContainText(receipt.number);
    await clean(page, "one's own concern");

    // Whoever is somebody else there sees nothing of it.
    await page.goto("/my");
    await page.getByRole("button", { name: "退出登录" }).click();
    await context.clearCookies();
    await signIn("resident-2");
    await expect(page.locator("main")).toContainText("这里还没有诉求");

    // The first comes back from another telephone, finds it, and erases the sign-in.
    await context.clearCookies();
    await signIn("resident-1");
    await expect(page.locator("main .list button")).toHaveCount(1);
    await page.locator("summary", { hasText: "注销登录" }).click();
    await page.getByRole("button", { name: "注销登录" }).click();
    await expect(page.locator("body")).toContainText("已注销");
    await context.clearCookies();
    await signIn("resident-1");
    await expect(page.locator("main"), "what was kept of them is gone").toContainText("这里还没有诉求");
  } finally {
    await context.close();
    await program.stop();
    await other.stop();
  }
});
