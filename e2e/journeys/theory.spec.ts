// A test from a teacher's Word file to the wrong-answer book: brought in, made a paper, set for a town, sat by three people, of
// whom one loses the network and goes on on another device and one has more time; marked, analysed.

import type { Page } from "@playwright/test";
import type { Member } from "../lib/cast.ts";
import { enter } from "../lib/staff.ts";
import { expect, test } from "../lib/test.ts";
import { word } from "../lib/word.ts";

const LINES = [
  "样例街道理论学习题",
  "一、单选题（每题2分）",
  "1．党的根本宗旨是（ A ）。",
  "A．全心全意为人民服务　　B．实事求是　　C．独立自主",
  "2、支部党员大会一般多久召开一次？",
  "A、每月 B、每季度 C、每年",
  "答案：B",
  "解析：一般每季度召开一次。",
  "3．没有答案的题",
  "A．甲",
  "B．乙",
  "二、判断题",
  "4．党员应当按期交纳党费。（√）",
  "三、填空题",
  "5．党的思想路线的核心是____。",
  "答案：实事求是",
  "四、简答题",
  "6．怎样办好居民的一件小事？",
  "答案：听清、联系、办理、回访。",
];

/** Tomorrow's and yesterday's hours are of no use here: a time near now, as the field wants it. */
function local(minutes: number): string {
  const at = new Date(Date.now() + minutes * 60_000 + 8 * 3_600_000);
  return at.toISOString().slice(0, 16);
}

async function begin(page: Page, name: string): Promise<void> {
  await page.goto("/tests");
  await page.getByRole("link", { name }).first().click();
  await page.getByRole("button", { name: "开始作答" }).click();
  await expect(page.locator("#q1")).toBeVisible();
}

/** Chooses in the question whose stem has these words. */
async function choose(page: Page, stem: string, option: string): Promise<void> {
  await page.locator(".q", { hasText: stem }).locator("label.row", { hasText: option }).click();
}

test("a test from Word to the result, with a device that drops off", async ({ newcomer, people, clean }, info) => {
  test.setTimeout(180_000);
  const tag = `${info.workerIndex}${info.project.name}`;
  const [bank, name] = [`题库${tag}`, `镇街测试${tag}`];
  const { page: desk } = await enter(await newcomer(), people.desk);
  await desk.goto("/tests/banks");
  await clean(desk, "banks");
  await desk.getByLabel("题库名称").fill(bank);
  await desk.getByRole("button", { name: "建题库" }).click();
  await desk.getByRole("link", { name: "导入 Word 或 Excel" }).click();
  await clean(desk, "import");
  await desk.getByLabel(/Word（.docx）/).setInputFiles(word(info.outputPath("questions.docx"), LINES));
  await desk.getByRole("button", { name: "预览" }).click();
  await expect(desk.getByText("识别出 6 道，1 道有问题")).toBeVisible();
  await expect(desk.getByText("答案没有填，或不在选项里")).toBeVisible();
  await clean(desk, "preview");
  await desk.getByRole("button", { name: "导入 5 道" }).click();
  await expect(desk.getByText("已导入 5 道")).toBeVisible();
  await clean(desk, "bank");
  const waiting = desk.waitForEvent("download");
  await desk.getByRole("link", { name: "导出 Word" }).click();
  expect((await waiting).suggestedFilename()).toMatch(/\.docx$/);

  const id = desk.url().split("/").at(-1) ?? "";
  await desk.goto(`/tests/papers/new?bank=${id}&how=fixed`);
  await desk.getByLabel("试卷名称").fill(`试卷${tag}`);
  await clean(desk, "new paper");
  await desk.getByRole("button", { name: "生成试卷" }).click();
  await expect(desk.getByText("试卷已生成")).toBeVisible();
  await clean(desk, "paper");
  // Drawn by a blueprint, more is asked for than there is: the refusal says of which line.
  await desk.goto(`/tests/papers/new?bank=${id}&how=drawn`);
  await desk.getByLabel("试卷名称").fill(`抽题卷${tag}`);
  await desk.getByLabel("单选题 · 不限知识点 · 中等").fill("9");
  await clean(desk, "blueprint");
  await desk.getByRole("button", { name: "生成试卷" }).click();
  await expect(desk.getByText("“单选题 · 不限知识点 · 中等”要 9 道，题库里还能抽的只有 2 道").first()).toBeVisible();

  await desk.goto("/tests/new");
  await desk.getByLabel("测试名称").fill(name);
  await desk.getByLabel("试卷", { exact: true }).selectOption({ label: `试卷${tag}` });
  await desk.locator("select[name=unit]").selectOption({ label: await unitOf(desk, people.desk.unit) });
  await desk.locator("input[name=opens]").fill(local(-1));
  await desk.locator("input[name=closes]").fill(local(90));
  await clean(desk, "set a test");
  await desk.getByRole("button", { name: "安排", exact: true }).click();
  await expect(desk.getByRole("heading", { level: 1 })).toHaveText(name);
  const run = desk.url();
  await clean(desk, "people of a test");
  await desk.getByPlaceholder("姓名或登录名").fill(people.town.name);
  await desk.getByPlaceholder("姓名或登录名").press("Enter");
  await expect(desk.locator("#people tbody tr")).toHaveCount(1);
  await desk.getByRole("link", { name: people.town.name, exact: true }).first().click();
  await desk.getByLabel("延长时间（百分之几）").fill("25");
  await clean(desk, "somebody who sits a test");
  await desk.getByRole("button", { name: "给予便利" }).click();
  await expect(desk.getByText("延长 25%")).toBeVisible();
  await desk.goto(run.replace("/run", "/typed"));
  await clean(desk, "whose sheet is typed in");
  await desk.getByRole("link", { name: people.community.name }).first().click();
  await expect(desk.locator("#q1")).toBeVisible();
  await clean(desk, "a sheet from paper");

  // The first loses the network in the middle of it.
  const { page: first } = await enter(await newcomer(), people.community);
  await first.goto("/tests");
  await clean(first, "my tests");
  await begin(first, name);
  await clean(first, "sitting");
  await choose(first, "党的根本宗旨", "全心全意为人民服务");
  await expect(first.locator("#state")).toHaveText("已保存");
  await first.context().setOffline(true);
  await choose(first, "支部党员大会", "每季度");
  await expect(first.locator("#state")).toHaveText(/未保存/);
  await first.context().setOffline(false);
  await expect(first.locator("#state")).toHaveText("已保存", { timeout: 20_000 });
  // And goes on on another device, where all of it is.
  const { page: second } = await enter(await newcomer(), people.community);
  await second.goto(first.url());
  await expect(second.locator("#numbers a.on")).toHaveCount(2);
  await expect(second.locator(".q", { hasText: "支部党员大会" }).locator("input:checked")).toHaveCount(1);
  await choose(second, "党员应当按期", "正确");
  await second.locator(".q", { hasText: "思想路线" }).locator("input").fill("实事求是");
  await second.locator(".q", { hasText: "一件小事" }).locator("textarea").fill("听清楚，当天联系，办完回访。");
  await expect(second.locator("#state")).toHaveText("已保存");
  await second.getByRole("button", { name: "交卷" }).first().click();
  await second.locator("dialog").getByRole("button", { name: "交卷" }).click();
  await expect(second.getByText("等待阅卷").first()).toBeVisible();
  await clean(second, "handed in");
  await choose(first, "党的根本宗旨", "独立自主");
  await expect(first.getByText("等待阅卷").first(), "the other device learns that it was handed in").toBeVisible({ timeout: 15_000 });

  // The second has more time, the third answers little.
  const { page: longer } = await enter(await newcomer(), people.town);
  await longer.goto("/tests");
  await longer.getByRole("link", { name }).first().click();
  await expect(longer.getByText("75 分钟（已为您延长 25%）")).toBeVisible();
  await longer.getByRole("button", { name: "开始作答" }).click();
  await expect(longer.locator("#clock")).toHaveText(/^1:1[345]:/);
  await choose(longer, "党的根本宗旨", "实事求是");
  await expect(longer.locator("#state")).toHaveText("已保存");
  await longer.getByRole("button", { name: "交卷" }).first().click();
  await expect(longer.locator("dialog").getByText("还有 4 题没有答")).toBeVisible();
  await longer.locator("dialog").getByRole("button", { name: "交卷" }).click();
  await expect(longer.getByText("不合格").first()).toBeVisible();
  await begin(desk, name);
  await choose(desk, "党员应当按期", "正确");
  await expect(desk.locator("#state")).toHaveText("已保存");
  await desk.getByRole("button", { name: "交卷" }).first().click();
  await desk.locator("dialog").getByRole("button", { name: "交卷" }).click();
  await expect(desk.getByText("已交卷").first()).toBeVisible();

  await desk.goto(run);
  await desk.getByRole("link", { name: "阅卷" }).click();
  await expect(desk.getByText("当天联系")).toBeVisible();
  await clean(desk, "marking");
  await desk.getByLabel(/得分/).fill("9");
  await desk.getByRole("button", { name: /给分/ }).click();
  await expect(desk.getByText("没有等您阅的答案")).toBeVisible();
  await second.reload();
  await expect(second.getByText("合格", { exact: true })).toBeVisible();
  await desk.goto(run.replace("/run", "/analysis"));
  await expect(desk.getByText("交卷满 10 人后才有分析")).toBeVisible();
});

test("of a test that is over, the analysis and the wrong answers", async ({ newcomer, people, clean }) => {
  const { page: desk } = await enter(await newcomer(), people.desk);
  await desk.goto("/tests");
  await clean(desk, "tests of an office");
  const over = desk.locator("a.item[href$='/run']", { hasText: "组织生活应知应会测试" });
  await expect(over, "the demonstration sets its tests for this town").toHaveCount(1);
  await over.click();
  await clean(desk, "a test that is over");
  await desk.getByRole("link", { name: "试题分析" }).click();
  await expect(desk.getByRole("columnheader", { name: "区分度" })).toBeVisible();
  await clean(desk, "analysis");
  await desk.goBack();
  const waiting = desk.waitForEvent("download");
  await desk.getByRole("link", { name: "导出成绩" }).click();
  expect((await waiting).suggestedFilename()).toMatch(/\.xlsx$/);
  // Whoever did worst has something wrong, whatever the dice of the demonstration said.
  const { page: person } = await enter(await newcomer(), await lowest(desk, people.desk));
  await person.goto("/tests/wrong");
  await clean(person, "wrong answers");
  await person.locator("form.wrong-one").first().getByRole("button", { name: "看答案" }).click();
  await expect(person.getByText("正确答案").first()).toBeVisible();
  await clean(person, "a wrong answer tried again");
});

test("a question with sound, and a test that is called off", async ({ newcomer, people, clean }) => {
  const { page: desk } = await enter(await newcomer(), people.desk);
  await desk.goto("/tests/banks");
  await desk.getByRole("link", { name: "党务和群众工作" }).first().click();
  await desk.locator("a.item", { hasText: "有音频" }).first().click();
  const player = desk.locator("audio");
  await clean(desk, "a question with sound");
  // Nothing of it is fetched before somebody wants to hear it; then the browser asks by ranges.
  expect(await player.evaluate((audio: HTMLAudioElement) => audio.readyState)).toBe(0);
  await player.evaluate((audio: HTMLAudioElement) => audio.load());
  await player.evaluate((audio: HTMLAudioElement) => {
    audio.muted = true;
    return audio.play();
  });
  await expect.poll(() => player.evaluate((audio: HTMLAudioElement) => audio.duration)).toBeGreaterThan(1);
  const part = await desk.request.get((await player.getAttribute("src")) ?? "", { headers: { range: "bytes=0-3" } });
  expect([part.status(), (await part.body()).toString()]).toEqual([206, "RIFF"]);
  await desk.locator("input[name=recording]").setInputFiles({ name: "说明.mp3", mimeType: "audio/mpeg", buffer: Buffer.from("no sound at all") });
  await desk.getByRole("button", { name: "上传" }).click();
  await expect(desk.getByText("认不出这个文件")).toBeVisible();

  await desk.goto("/tests");
  await desk.locator("a.item[href$='/run']", { hasText: "年终理论测试" }).click();
  await desk.locator("summary", { hasText: "取消测试" }).click();
  await desk.getByLabel("取消原因").fill("与区里的安排重复，不再组织。");
  await clean(desk, "calling a test off");
  await desk.getByRole("button", { name: "取消测试" }).click();
  await expect(desk.getByText("测试已取消")).toBeVisible();
  const { page: person } = await enter(await newcomer(), people.community);
  await person.goto("/tests");
  const off = person.locator("a.item", { hasText: "年终理论测试" });
  await expect(off).toContainText("与区里的安排重复");
  await clean(person, "tests that were called off");
  await off.click();
  await expect(person.getByText("不用参加")).toBeVisible();
  await clean(person, "a test that was called off");
});

/** Whoever has the lowest score on the page of a test. */
async function lowest(page: Page, like: Member): Promise<Member> {
  const rows = await page.locator("#people tbody tr").evaluateAll((list) =>
    list.map((row) => ({
      person: row.querySelector("a")?.getAttribute("href")?.split("/").at(-1) ?? "",
      name: row.querySelector("a")?.textContent ?? "",
      score: Number.parseFloat(row.querySelector("td.number")?.textContent || "NaN"),
    })),
  );
  const [worst] = rows.filter((row) => row.score >= 0).sort((a, b) => a.score - b.score);
  if (!worst) throw new Error("nobody sat the test");
  return { ...like, person: worst.person, name: worst.name };
}

/** The label of the option for a unit: its full name. */
async function unitOf(page: Page, unit: string): Promise<string> {
  const labels = await page.locator("select[name=unit] option").allInnerTexts();
  return labels.find((label) => label.trim().endsWith(unit)) ?? unit;
}
