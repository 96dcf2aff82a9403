// Programs of others: the system administrator gives a key, and a client that we did not write (schemathesis) asks the
// running program everything that the published description allows, and much that it does not.

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { run } from "../lib/program.ts";
import { enterAs } from "../lib/staff.ts";
import { expect, test } from "../lib/test.ts";

const here = fileURLToPath(new URL("..", import.meta.url));
const SCHEMATHESIS = [process.env.LIANXIN_SCHEMATHESIS, `${here}node_modules/.python/bin/schemathesis`].find((path) => path && existsSync(path));

/** Gives a key on the page, and reads it while it is shown. */
async function give(page: Page, name: string): Promise<string> {
  await page.goto("/admin/open311");
  await page.getByLabel("谁的程序").fill(name);
  await page.getByRole("button", { name: "签发密钥" }).click();
  return page.locator("code").first().innerText();
}

test("a key is given, shown once, used, and taken back", async ({ newcomer, clean }, info) => {
  const { page } = await enterAs(await newcomer(), "系统管理员");
  await page.goto("/admin/open311");
  await clean(page, "programs, none yet");
  const name = `市 12345 热线平台（${info.project.name}）`;
  const key = await give(page, name);
  await clean(page, "programs, a key just given");
  expect(key).toMatch(/^[0-9a-f]{40}$/);

  const form = { api_key: key, service_code: "general", description: "公交站牌被撞歪了，晚上看不清。", address_string: "人民路站" };
  const api = (await newcomer()).request;
  const made = await api.post("/open311/v2/requests.json", { form });
  expect(made.status()).toBe(201);
  const [answer] = (await made.json()) as [{ service_request_id: string; receipt_url: string }];
  const resident = await newcomer();
  await resident.goto(new URL(answer.receipt_url).pathname);
  await expect(resident.locator(".tag").first()).toHaveText("正在确定承办单位");
  expect((await api.get(`/open311/v2/requests/${answer.service_request_id}.json`)).status(), "nothing is public by itself").toBe(404);

  await page.goto("/admin/open311");
  expect(await page.content()).not.toContain(key);
  const row = page.locator("tr", { hasText: name });
  await expect(row).toContainText("1");
  await row.getByRole("button", { name: "收回" }).click();
  await expect(page.locator(".flash")).toContainText("密钥已收回");
  expect((await api.post("/open311/v2/requests.json", { form })).status()).toBe(403);
});

test("schemathesis finds nothing wrong with the published description @desk", async ({ browser }) => {
  test.skip(!SCHEMATHESIS, "schemathesis is not installed: pip install schemathesis, or name it by LIANXIN_SCHEMATHESIS");
  test.setTimeout(180_000);
  const home = mkdtempSync(join(tmpdir(), "lianxin-open311-"));
  try {
    cpSync(join(process.env.LIANXIN_E2E ?? "", "seed"), join(home, "district"), { recursive: true });
    writeFileSync(join(home, "lianxin.toml"), '[limits]\napi = "off"\nsubmit = "off"\n');
    const program = await run(["serve", "--data", join(home, "district"), "--config", join(home, "lianxin.toml")]);
    const context = await browser.newContext({ baseURL: program.address, locale: "zh-CN" });
    const page = await context.newPage();
    await enterAs(page, "系统管理员");
    const key = await give(page, "schemathesis");
    await context.close();
    const tested = spawnSync(
      SCHEMATHESIS ?? "",
      ["--config-file", join(here, "lib/schemathesis.toml"), "run", `${program.address}/open311/v2/openapi.json`, "--header", `X-API-Key: ${key}`, "--no-color"],
      { encoding: "utf8", cwd: home, timeout: 150_000, env: { ...process.env, PYTHONPATH: join(here, "lib"), SCHEMATHESIS_HOOKS: "open311_hooks" } },
    );
    const made = await fetch(`${program.address}/open311/discovery.json`);
    expect(made.ok, "it still answers").toBeTruthy();
    await program.stop();
    expect(tested.status, `${tested.stdout}\n${tested.stderr}`).toBe(0);
    console.log(tested.stdout.split("\n").slice(-25).join("\n"));
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});
