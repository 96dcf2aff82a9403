// The record proved: a resident checks a receipt in the browser, from a saved file without a network, and by
// the program; an administrator changes a row by SQL, `verify` names it, and the receipt's page says so. What a
// resident erases leaves every proof as it was, and a witness from outside signs.

import type { Page } from "@playwright/test";
import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cast } from "../lib/cast.ts";
import { command, run } from "../lib/program.ts";
import { report } from "../lib/resident.ts";
import { claim, dispatch, enter, open, pass, resolve } from "../lib/staff.ts";
import { expect, test } from "../lib/test.ts";

/** What an administrator with the file at hand can do. */
function sql(data: string, statement: string): void {
  const file = join(data, "lianxin.db");
  const script = "import sqlite3, sys\nwith sqlite3.connect(sys.argv[1], timeout=20) as db:\n    assert db.execute(sys.argv[2]).rowcount == 1";
  const done = spawnSync("python3", ["-c", script, file, statement], { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`${statement}\n${done.stderr}`);
}

/** Looks at a receipt again until all its steps are under a signed head, and what is said then holds these words. */
async function proved(page: Page, path: string, words: string | RegExp): Promise<void> {
  await expect(async () => {
    await page.goto(path);
    const line = page.locator(".proof-line.good");
    await expect(line).toContainText(words, { timeout: 2_000 });
    await expect(line).not.toContainText("正在写入", { timeout: 100 });
  }).toPass({ timeout: 20_000 });
}

async function save(page: Page, path: string, file: string): Promise<void> {
  await page.goto(`${path}/proof`);
  const saving = page.waitForEvent("download");
  await page.getByRole("link", { name: "保存回执文件" }).click();
  await (await saving).saveAs(file);
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

  // A head that somebody else signed proves no step, and none is said to be in the log.
  const forged = info.outputPath("forged.html");
  const whole = readFileSync(file, "utf8");
  const signature = /(\u2014 \S+ [A-Za-z0-9+/]{20})([A-Za-z0-9+/])/;
  expect(whole).toMatch(signature);
  writeFileSync(forged, whole.replace(signature, (_, before: string, letter: string) => before + (letter === "A" ? "B" : "A")));
  await page.getByLabel("选择保存的回执文件").setInputFiles(forged);
  await expect(page.locator(".proof-line.wrong")).toContainText("总账的签名不对");
  await expect(page.locator(".proof-step")).toHaveCount(0);
  await alone.goto(`file://${forged}`);
  await expect(alone.locator(".proof-line.wrong")).toContainText("总账的签名不对");
  await expect(alone.locator(".proof-step")).toHaveCount(0);
  expect(command(["verify", "--receipt", forged]).code).toBe(1);

  // A text is changed.
  const event = `event = (SELECT id FROM event WHERE kind = 'ConcernSubmitted' AND subject = (SELECT id FROM concern WHERE no = '${sent.no}'))`;
  sql(district.data, `UPDATE concern_text SET body = body || '没有的事。' WHERE part = 'words' AND ${event}`);
  await page.goto(sent.path);
  await expect(page.locator(".proof-line.wrong")).toContainText("对不上");
  const text = command(["verify", "--data", district.data]);
  expect(text.code).toBe(1);
  expect(text.said).toContain("concern_text");
  sql(district.data, `UPDATE concern_text SET body = replace(body, '没有的事。', '') WHERE part = 'words' AND ${event}`);

  // Where it stands is changed, in the module's table alone: all steps are in the log, and the page says what they lead to.
  sql(district.data, `UPDATE concern SET state = 'in_hand' WHERE no = '${sent.no}'`);
  await page.goto(sent.path);
  await expect(page.locator(".proof-line.wrong")).toContainText("办理状态：存证记录是“正在确定承办单位”，页面上是“办理中”");
  await expect(page.locator(".proof-line.wrong p").first()).toContainText("页面上显示的内容和存证记录不一致");
  await page.goto(`${sent.path}/proof`);
  await expect(page.locator(".proof-line.wrong")).toContainText("页面上是“办理中”");
  await expect(page.getByText("页面上是“办理中”")).toHaveCount(1);
  await clean(page, "a page that shows another state than the record");
  const stood = command(["verify", "--data", district.data]);
  expect(stood.code).toBe(1);
  expect(stood.said).toContain(`table concern, row ${sent.no}, column state: by the record received, in the table in_hand`);
  sql(district.data, `UPDATE concern SET state = 'received' WHERE no = '${sent.no}'`);

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

  // A step is taken out.
  sql(district.data, `UPDATE event SET subject = zeroblob(16) WHERE ${row}`);
  await page.goto(sent.path);
  await expect(page.locator(".proof-line.wrong")).toContainText("对不上");
  await page.goto(`${sent.path}/proof`);
  await expect(page.locator(".proof-step.wrong")).toContainText("第 1 步的记录不见了");
  expect(command(["verify", "--data", district.data]).code).toBe(1);
  sql(district.data, `UPDATE event SET subject = (SELECT id FROM concern WHERE no = '${sent.no}') WHERE kind = 'ConcernSubmitted' AND subject = zeroblob(16)`);
});

test("what a resident erases leaves the receipt as good as it was", async ({ newcomer, clean, people, district }, info) => {
  test.setTimeout(180_000);
  const [desk, community] = [await enter(await newcomer(), people.desk), await enter(await newcomer(), people.community)];
  const page = await newcomer();
  const [words, spot, phone] = ["三单元的电梯一停电就关人，物业的电话没有人接。", "三单元门口", "13712345678"];
  const sent = await report(page, { text: words, community: community.unit, spot, phone });

  await test.step("it is handled, and closed when the resident says so", async () => {
    await open(desk.page, "/work/desk", sent.no);
    await dispatch(desk.page, community.unit, "物业服务不到位");
    await open(community.page, "/work", sent.no);
    await claim(community.page);
    await resolve(community.page, "电梯已加装备用电源，值班电话贴在轿厢里。");
    await open(desk.page, "/work/review", sent.no);
    await pass(desk.page);
    await page.goto(sent.path);
    await page.getByLabel("解决了", { exact: true }).check();
    await page.getByLabel("联系过", { exact: true }).check();
    await page.getByLabel("满意", { exact: true }).check();
    await page.getByRole("button", { name: "提交评价" }).click();
    await expect(page.locator(".tag").first()).toHaveText("已办结");
  });
  await proved(page, sent.path, "已核对：6 个步骤");
  const before = info.outputPath("before.html");
  await save(page, sent.path, before);
  expect(readFileSync(before, "utf8")).toContain(words);

  await test.step("name, telephone, words and photos are erased on the page of one's own information", async () => {
    await page.goto(`${sent.path}/info`);
    await page.getByRole("link", { name: "删除我的信息" }).click();
    await clean(page, "asked before erasing");
    await page.getByRole("button", { name: "删除称呼、电话、原话和照片" }).click();
    await expect(page.locator(".flash")).toContainText("已删除");
  });

  // The erasure is a step of its own, and each step before it is proved as it was.
  await proved(page, sent.path, "已核对：7 个步骤");
  await expect(page.locator("main")).toContainText("原话已删除");
  await expect(page.locator(".timeline")).toContainText("个人信息已删除");
  const left = await page.locator("main").innerText();
  for (const gone of [words, spot, phone]) expect(left).not.toContain(gone);
  await clean(page, "a receipt whose words are gone");
  await page.goto(`${sent.path}/proof`);
  await expect(page.locator(".proof-step.good")).toHaveCount(7);
  await expect(page.locator(".proof-step.wrong, .proof-step.waits")).toHaveCount(0);
  await expect(page.locator("main")).toContainText("电梯已加装备用电源");
  expect(await page.locator("main").innerText()).not.toContain(words);
  await clean(page, "the proof of a receipt whose words are gone");

  const after = info.outputPath("after.html");
  await save(page, sent.path, after);
  const held = readFileSync(after, "utf8");
  for (const gone of [words, spot, phone]) expect(held.includes(gone), `${gone} is in the file that was saved afterwards`).toBeFalsy();
  // Both files are checked without a network and by the program: the one with the words too, which the resident may keep.
  const alone = await newcomer();
  await alone.context().setOffline(true);
  for (const [file, n] of [
    [before, 6],
    [after, 7],
  ] as const) {
    await alone.goto(`file://${file}`);
    await expect(alone.locator(".proof-line.good")).toContainText(`已核对：${n} 个步骤`);
    expect(await alone.locator("main").innerText()).toEqual(n === 6 ? expect.stringContaining(words) : expect.not.stringContaining(words));
    const checked = command(["verify", "--receipt", file]);
    expect(checked.code, checked.said).toBe(0);
  }
  const whole = command(["verify", "--data", district.data]);
  expect(whole.code, whole.said).toBe(0);
});

test("a witness from outside signs, and what was kept of its heads finds another past", async ({ browser, clean }, info) => {
  test.setTimeout(180_000);
  const [home, mine] = [process.env.LIANXIN_E2E ?? "", info.outputPath("district")];
  cpSync(join(home, "seed"), mine, { recursive: true });
  const place = info.outputPath("witness");
  const witness = await run(["witness", "--name", "witness.example.org", "--data", place]);
  const key = (await (await fetch(`${witness.address}/key`)).text()).trim();
  const config = info.outputPath("lianxin.toml");
  writeFileSync(config, `witness_every = 1\n[[witness]]\nkey = "${key}"\nurl = "${witness.address}"\n[limits]\ntrack = "off"\n`);
  const program = await run(["demo", "--data", mine, "--config", config]);
  const { viewport, hasTouch, locale, timezoneId } = info.project.use;
  const context = await browser.newContext({ baseURL: program.address, viewport, hasTouch, locale, timezoneId });
  try {
    const page = await context.newPage();
    await expect(async () => {
      await page.goto("/proof");
      await expect(page.locator("main")).toContainText("witness.example.org，最近一次没有答复", { timeout: 500 });
    }, "a witness that does not know the log signs nothing").toPass({ timeout: 20_000 });
    await expect(page.locator("main")).toContainText("目前是自证");

    // The witness writes down the key that the page shows; it counts without a new start.
    const log = (await page.locator("main").innerText()).match(/lianxin\/[0-9a-f]{8}\+[0-9a-f]{8}\+[\w+/=]+/)?.[0] ?? "";
    writeFileSync(join(place, "logs"), `${readFileSync(join(place, "logs"), "utf8")}${log}\n`);
    await expect(async () => {
      await page.goto("/proof");
      await expect(page.locator("main")).toContainText(/witness\.example\.org，.* 见证到第 \d+ 条/, { timeout: 500 });
    }).toPass({ timeout: 20_000 });
    await expect(page.locator("main")).not.toContainText("自证");
    await clean(page, "public log with a witness");
    expect(await (await fetch(witness.address)).text()).toContain(`\n${log.split("+")[0]}\n`);
    const old = info.outputPath("old");
    writeFileSync(old, await (await page.request.get("/checkpoint/witnessed")).text());

    const { community } = await cast(program.address);
    const sent = await report(page, { text: "河边的护栏少了两根，孩子放学从那里过。", community: community.unit });
    await proved(page, sent.path, "外部见证：witness.example.org");
    await expect(page.locator(".proof-line")).not.toContainText("自证");
    const file = info.outputPath("receipt.html");
    await save(page, sent.path, file);
    const checked = command(["verify", "--receipt", file, "--key", log]);
    expect(checked.code, checked.said).toBe(0);
    expect(checked.said).toContain("Outside witness witness.example.org");
    expect(checked.said).toContain(key);

    // Two heads that were kept, one of the other; and what is damaged says what it is.
    const young = info.outputPath("young");
    writeFileSync(young, await (await page.request.get("/checkpoint/witnessed")).text());
    const both = command(["verify", "--data", mine, "--checkpoint", old, "--checkpoint", young]);
    expect(both.code, both.said).toBe(0);
    expect(both.said).toMatch(/The head of \d+ entries is a beginning of that of \d+/);
    writeFileSync(young, readFileSync(old, "utf8").replace(/\n(\d+)\n/, (_, n) => `\n${Number(n) + 1}\n`));
    const forged = command(["verify", "--data", mine, "--checkpoint", young]);
    expect(forged.code, forged.said).toBe(1);
    expect(forged.said).toContain("the signature does not fit");
    writeFileSync(young, "something else");
    expect(command(["verify", "--data", mine, "--checkpoint", young]).said).toContain("it was not saved from /checkpoint");

    // The tree is changed by SQL and something happens after: nothing more is signed, and the program still names the place.
    sql(mine, "UPDATE log_tile SET hashes = CAST(substr(hashes, 1, length(hashes) - 32) || zeroblob(32) AS BLOB) WHERE id = (SELECT MAX(id) FROM log_tile WHERE id < 281474976710656)");
    await report(page, { text: "护栏又少了一根，请尽快装上。", community: community.unit });
    const named = command(["verify", "--data", mine]);
    expect(named.code, named.said).toBe(1);
    expect(named.said).toMatch(/log, position \d+: the tile of the tree holds another leaf than the log/);
    expect(named.said).toMatch(/the first position of the log that does not agree is \d+/);
    expect(named.said).toContain("Nothing more is signed: log_tile");
  } finally {
    await context.close();
    await program.stop();
    await witness.stop();
  }
});
