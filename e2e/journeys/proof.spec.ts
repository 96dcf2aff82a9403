// The record proved: a resident checks a receipt in the browser, from a saved file without a network, and by
// the program; an administrator changes a row by SQL, `verify` names it, and the receipt's page says so.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { command } from "../lib/program.ts";
import { report } from "../lib/resident.ts";
import { enter } from "../lib/staff.ts";
import { expect, test } from "../lib/test.ts";

/** What an administrator with the file at hand can do. */
function sql(data: string, statement: string): void {
  const file = join(data, "lianxin.db");
  const script = "import sqlite3, sys\nwith sqlite3.connect(sys.argv[1], timeout=20) as db:\n    assert db.execute(sys.argv[2]).rowcount == 1";
  const done = spawnSync("python3", ["-c", script, file, statement], { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`${statement}\n${done.stderr}`);
}

test("a receipt proves itself, and what is changed by SQL is named", async ({ newcomer, clean, people, district }, info) => {
  const page = await newcomer();
  const community = await enter(await newcomer(), people.community);
  const sent = await report(page, { text: "小区门口的窨井盖松了，车一过就响。", community: community.unit });

  // It is in the log within a second; the page is looked at again until it is.
  await expect(async () => {
    await page.goto(sent.path);
    await expect(page.locator(".proof-line.good")).toContainText("已核对", { timeout: 2_000 });
  }).toPass({ timeout: 20_000 });
  await expect(page.locator(".proof-line.good")).toContainText("自证");
  await clean(page, "receipt with its proof");
  await page.getByRole("link", { name: "逐步查看存证" }).click();
  await expect(page.locator(".proof-line.good")).toBeVisible();
  await expect(page.locator(".proof-step.good").first()).toContainText("在公开存证里");
  await clean(page, "proof step by step");

  const saving = page.waitForEvent("download");
  await page.getByRole("link", { name: "保存回执文件" }).click();
  const file = info.outputPath("receipt.html");
  await (await saving).saveAs(file);
  const alone = await newcomer();
  await alone.context().setOffline(true);
  await alone.goto(`file://${file}`);
  await expect(alone.locator(".proof-line.good")).toContainText("已核对");

  await page.goto("/proof");
  await clean(page, "public log");
  await page.getByLabel("选择保存的回执文件").setInputFiles(file);
  await expect(page.locator(".proof-line.good")).toContainText("已核对");
  const checked = command(["verify", "--receipt", file]);
  expect(checked.code, checked.said).toBe(0);
  expect(checked.said).toContain("The receipt agrees with the log");

  // A text is changed.
  const event = `event = (SELECT id FROM event WHERE kind = 'ConcernSubmitted' AND subject = (SELECT id FROM concern WHERE no = '${sent.no}'))`;
  sql(district.data, `UPDATE concern_text SET body = body || '没有的事。' WHERE part = 'words' AND ${event}`);
  await page.goto(sent.path);
  await expect(page.locator(".proof-line.wrong")).toContainText("对不上");
  const text = command(["verify", "--data", district.data]);
  expect(text.code).toBe(1);
  expect(text.said).toContain("concern_text");
  sql(district.data, `UPDATE concern_text SET body = replace(body, '没有的事。', '') WHERE part = 'words' AND ${event}`);

  // A step is back-dated, in the record itself.
  const row = `kind = 'ConcernSubmitted' AND subject = (SELECT id FROM concern WHERE no = '${sent.no}')`;
  sql(district.data, `UPDATE event SET occurred_at = occurred_at - 86400000000 WHERE ${row}`);
  await page.goto(`${sent.path}/proof`);
  await expect(page.locator(".proof-line.wrong")).toContainText("对不上");
  await expect(page.locator(".proof-step.wrong").first()).toBeVisible();
  await clean(page, "a proof that fails");
  const dated = command(["verify", "--data", district.data]);
  expect(dated.code).toBe(1);
  expect(dated.said).toMatch(/position \d+: event \S+ \(ConcernSubmitted\) is not what the leaf was made of/);
  // The file that the resident saved before proves what was there.
  expect(command(["verify", "--receipt", file]).code).toBe(0);
  sql(district.data, `UPDATE event SET occurred_at = occurred_at + 86400000000 WHERE ${row}`);
});
