// What is seen: a wall that moves while somebody submits, a dashboard on both widths, and the way from the district to one case.

import { expect, test } from "../lib/test.ts";
import { line } from "../lib/line.ts";
import { report } from "../lib/resident.ts";
import { ahead } from "../lib/ahead.ts";
import { enterAs, said } from "../lib/staff.ts";
import { town } from "../lib/towns.ts";
import { turned, unreadable } from "../lib/wall.ts";

test("the wall moves when a concern is submitted in another window @desk", async ({ newcomer, clean, people }) => {
  const leader = await enterAs(await newcomer(), "区级领导");
  const { page } = leader;
  await page.setViewportSize({ width: 1920, height: 1080 });
  await page.goto("/board");
  await page.getByRole("link", { name: "大屏" }).click();
  await expect(page.locator("#state")).toHaveText("实时");
  const came = page.locator("[data-w=came]");
  const before = Number(await came.innerText());
  await clean(page, "wall");
  // Readable from five metres: figures of 64 px and more, no letter under 32, nothing cut off, nothing over something else.
  const size = await came.evaluate((element) => parseFloat(getComputedStyle(element).fontSize));
  expect(size).toBeGreaterThanOrEqual(64);
  expect(await unreadable(page)).toEqual([]);
  // Its parts are the whole: what units, departments and the district itself have open is what is open.
  const open = await page.locator("[data-list=units] .wu-n").allInnerTexts();
  const number = (text: string) => Number(text.replaceAll(",", ""));
  expect(open.map(number).reduce((sum, n) => sum + n, 0)).toBe(number(await page.locator("[data-w=open]").innerText()));

  const resident = await newcomer();
  await report(resident, { text: "广场的健身器材坏了，摇摇晃晃，孩子容易受伤。", community: people.community.unit });
  await expect(came).toHaveText(String(before + 1));
  await expect(page.locator("[data-list=recent] li").first()).toContainText(people.community.unit);
  await expect(page.locator("#wall")).not.toContainText("健身器材");
  expect(await unreadable(page), "after it moved").toEqual([]);

  // The same in English, whose words are longer.
  await page.context().addCookies([{ name: "lang", value: "en", url: page.url() }]);
  await page.reload();
  await expect(page.locator("#state")).toHaveText("Live");
  expect(await unreadable(page), "in English").toEqual([]);
});

test("the wall says when it is no longer kept up, and goes on by itself @desk", async ({ browser, newcomer, district, people }) => {
  const wire = await line(district.address);
  const context = await browser.newContext({ baseURL: wire.address, viewport: { width: 1920, height: 1080 }, locale: "zh-CN" });
  const { page } = await enterAs(await context.newPage(), "区级领导");
  await page.goto("/wall");
  const [came, state] = [page.locator("[data-w=came]"), page.locator("#state")];
  await expect(state).toHaveText("实时");
  const before = Number(await came.innerText());
  await wire.cut();
  await expect(state).toHaveText("连接中断，正在重连");
  await expect(came, "what was seen last stays, less bright").toHaveText(String(before));
  expect(await came.evaluate((element) => parseFloat(getComputedStyle(element).opacity))).toBeLessThan(1);
  expect(await unreadable(page), "while it is cut off").toEqual([]);

  await report(await newcomer(), { text: "小区门口的减速带松了，夜里响得厉害。", community: people.community.unit });
  await expect(came, "the screen cannot know").toHaveText(String(before));
  await wire.mend();
  await expect(state).toHaveText("实时", { timeout: 30_000 });
  await expect(came).toHaveText(String(before + 1));
  await wire.cut();
  await context.close();
});

test("a wall that hangs through an upgrade comes anew by itself, once @desk", async ({ newcomer, people }) => {
  const { page } = await enterAs(await newcomer(), "区级领导");
  await page.setViewportSize({ width: 1920, height: 1080 });
  // The page of the program before, as often as the screen asks for it.
  let [old, loads] = [true, 0];
  await page.route("**/wall", async (route) => {
    loads += 1;
    const answer = await route.fetch();
    const text = await answer.text();
    await route.fulfill({ response: answer, body: old ? text.replace(/data-build="[^"]*"/, 'data-build="0.0.0"') : text });
  });
  const came = page.locator("[data-w=came]");
  const report_one = async () => {
    const before = Number(await came.innerText());
    await report(await newcomer(), { text: "路口的信号灯不亮，过马路不安全。", community: people.community.unit });
    await expect(came).toHaveText(String(before + 1));
  };
  await page.goto("/wall");
  await expect.poll(() => loads, { message: "it came anew" }).toBe(2);
  // It got the old page again, as where two programs serve one house: it goes on with what it has.
  await expect(page.locator("#state")).toHaveText("实时");
  await report_one();
  expect(loads, "and is not loaded over and over").toBe(2);
  // The page is the new one: nothing is loaded for it.
  old = false;
  await page.evaluate(() => sessionStorage.clear());
  await page.reload();
  await expect(page.locator("#state")).toHaveText("实时");
  await report_one();
  expect(loads).toBe(3);
});

test("the wall shows every unit by its whole name, however many there are @desk", async ({ browser }, info) => {
  test.setTimeout(180_000);
  const house = await ahead(browser, info);
  try {
    const { page: admin } = await enterAs(await house.newcomer(), "系统管理员");
    const { page } = await enterAs(await house.newcomer(), "区级领导");
    await page.setViewportSize({ width: 1920, height: 1080 });
    const many = (n: number, name: (at: number) => string) => Array.from({ length: n }, (_, at) => name(at + 1));
    const long = "经济技术开发区管理委员会综合执法局";
    const short = (at: number) => `${"东西南北"[at % 4]}${String.fromCodePoint(0x4e00 + at)}社区`;
    const mixed = (at: number) => (at % 5 === 0 ? `第${at}${long.slice(-14)}` : at % 3 === 0 ? `${short(at)}居民委员会` : short(at));
    const cases: [string, string[]][] = [
      ["一个单位", [long]],
      ["八个单位", many(8, short)],
      ["十六个单位", many(16, short)],
      ["十七个单位", many(17, (at) => `${short(at)}居委会`)],
      ["二十四个单位", many(24, mixed)],
      [`明水${long}四十个单位`, many(40, short)],
      ["名字最长的", many(5, (at) => `${at}${long}${long}${long}`.slice(0, 60))],
    ];
    for (const [no, [name, names]] of cases.entries()) {
      const { unit } = await town(admin, 901 + no, name, names);
      for (const lang of ["zh-Hans", "en"]) {
        await page.context().addCookies([{ name: "lang", value: lang, url: new URL(admin.url()).origin }]);
        await page.goto(`/wall?unit=${unit}`);
        await expect(page.locator("#state")).toHaveText(lang === "en" ? "Live" : "实时");
        const seen = await turned(page, async (at) => expect(await unreadable(page), `${name}, page ${at}, ${lang}`).toEqual([]));
        expect(seen, `${name}, ${lang}`).toEqual(names);
        // The same with as much to do as a unit may have.
        await page.evaluate(() => {
          const large = document.querySelector(".small") === null;
          for (const n of document.querySelectorAll(".wu-n")) n.textContent = large ? "12888" : "888";
          for (const late of document.querySelectorAll(".wu-late")) late.textContent = (document.documentElement.lang === "en" ? "8888 late" : "超期 8888").replace("8888", large ? "8888" : "88");
        });
        expect(await unreadable(page), `${name}, busy, ${lang}`).toEqual([]);
      }
    }
    // Pages turn by themselves; who would rather have them still stops them.
    await page.clock.install();
    await page.reload();
    const at = page.locator("[data-turn=at]");
    const first = await at.innerText();
    expect(first).toMatch(/^[12]\/2$/);
    await page.clock.runFor(10_000);
    const second = await at.innerText();
    expect(second).not.toBe(first);
    await page.getByRole("button", { name: "Pause" }).click();
    await page.clock.runFor(60_000);
    expect(await at.innerText()).toBe(second);
    await page.getByRole("button", { name: "Next" }).click();
    await expect(at).toHaveText(first);
    await page.getByRole("button", { name: "Go on" }).click();
    await page.clock.runFor(10_000);
    await expect(at).toHaveText(second);
    await page.emulateMedia({ reducedMotion: "reduce" });
    await page.reload();
    await expect(page.getByRole("button", { name: "Go on" }), "where less motion is asked for they stand still").toBeVisible();
    const still = await at.innerText();
    await page.clock.runFor(60_000);
    expect(await at.innerText()).toBe(still);
  } finally {
    await house.stop();
  }
});

test("from the district to the single case in four taps", async ({ newcomer, clean }) => {
  const { page } = await enterAs(await newcomer(), "区级领导");
  await page.goto("/board?p=year");
  await expect(page.locator("canvas").first()).toBeVisible();
  await clean(page, "dashboard of the district");
  // Another period comes without the page being loaded again, and the way back leads back.
  await page.evaluate(() => ((window as unknown as { stays: boolean }).stays = true));
  await page.getByRole("link", { name: "季", exact: true }).click();
  await expect(page).toHaveURL(/p=quarter/);
  await expect(page.locator(".spans [aria-current]")).toHaveText("季");
  expect(await page.evaluate(() => (window as unknown as { stays?: boolean }).stays)).toBe(true);
  const [span, stays] = [page.locator(".spans [aria-current]"), () => page.evaluate(() => (window as unknown as { stays?: boolean }).stays)];
  await page.goBack();
  await expect(span).toHaveText("年");
  await expect(page).toHaveURL(/p=year/);
  await expect(page.locator("canvas").first(), "charts are drawn there too").toBeVisible();
  await page.goForward();
  await expect(span).toHaveText("季");
  await page.goBack();
  await expect(span).toHaveText("年");
  expect(await stays(), "the way back loads nothing again").toBe(true);

  // So does another level, and there is a way back from it.
  let taps = 0;
  const tap = async (link: ReturnType<typeof page.locator>) => {
    await link.click();
    taps += 1;
  };
  const row = page.locator(".units-table tbody tr", { has: page.locator("td a") }).first();
  const town = await row.locator(".unit-link").innerText();
  await tap(row.locator(".unit-link"));
  await expect(page.locator("h1")).toContainText(town);
  await page.goBack();
  await expect(page.locator("h1")).not.toContainText(town);
  await expect(page).toHaveTitle(new RegExp(await page.locator("h1").innerText()));
  await page.goForward();
  await expect(page.locator("h1")).toContainText(town);
  expect(await stays(), "another level comes without the page being loaded again, and goes so").toBe(true);
  await clean(page, "dashboard of a town");
  await tap(page.locator(".board-due .figure a").first());
  await expect(page.locator("a.item").first()).toBeVisible();
  const href = await page.locator("a.item").first().getAttribute("href");
  await clean(page, "what is due in the town");
  await tap(page.locator("a.item").first());
  await expect(page.getByText("居民反映").first()).toBeVisible();
  expect(href).toContain("/work/c/");
  expect(taps).toBeLessThanOrEqual(4);
});

test("the map, by shade, by keyboard and as a table", async ({ newcomer, clean }) => {
  const { page } = await enterAs(await newcomer(), "区级领导");
  await page.goto("/board/map?p=year");
  const areas = page.locator("svg.map a.area");
  await expect(areas.first()).toBeVisible();
  expect(await areas.count()).toBe(await page.locator(".map-table tbody tr").count());
  await clean(page, "map");
  await page.getByLabel("分到哪一级").selectOption("far");
  await expect(page).toHaveURL(/level=far/);
  const [book] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "导出表格" }).click()]);
  expect(book.suggestedFilename()).toContain("地图");
  await areas.first().focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/board\?unit=/);
});

test("a map is looked at before it is brought in, told of its mistakes, and undone @desk", async ({ newcomer, clean }) => {
  const { page } = await enterAs(await newcomer(), "系统管理员");
  await page.goto("/admin/map");
  await clean(page, "keeping the map");
  const units = (await page.locator("main").innerText()).match(/(\d+) 个单位有边界/)?.[1] ?? "";
  const bring = async (what: object) => {
    const buffer = Buffer.from(JSON.stringify({ type: "FeatureCollection", ...what }));
    await page.getByLabel("GeoJSON 文件").setInputFiles({ name: "map.geojson", mimeType: "application/geo+json", buffer });
    await page.getByRole("button", { name: "上传并查看" }).click();
  };
  const area = (code: string, name: string, ring: number[][]) => ({
    type: "Feature",
    properties: code ? { code, name } : { name },
    geometry: { type: "Polygon", coordinates: [ring] },
  });
  const square = [[150, 20], [150.1, 20], [150.1, 20.1], [150, 20]];
  await bring({ crs: { type: "name", properties: { name: "GCJ-02" } }, features: [area("1", "甲", square)] });
  await expect(page.locator(".error").first()).toContainText("会整体偏移几百米");
  await clean(page, "a map of shifted coordinates");
  await bring({ features: [area("", "甲", square), area("2", "乙", square.map(([x, y]) => [y ?? 0, x ?? 0]))] });
  await expect(page.locator(".error").first()).toContainText("第 1 个区域没有代码");
  await expect(page.locator(".error").first()).toContainText("第 2 个区域把纬度写在了前面");
  const town = "东门街道";
  await bring({ features: [area("000000000000", town, square)] });
  await expect(page.locator("main")).toContainText("没有一个区域能对应");
  await expect(page.locator("main")).toContainText(/可能是它/);
  const code = (await page.locator("main").innerText()).match(/代码是 (\d+)/)?.[1] ?? "";
  await page.goto("/admin/map");
  await bring({ features: [area(code, town, square)] });
  await expect(page.locator("main")).toContainText("还没有改动");
  await clean(page, "a map that is looked at");
  await page.getByRole("button", { name: "导入这张地图" }).click();
  await said(page, "地图已导入");
  await expect(page.locator("main")).toContainText("1 个单位有边界");
  await page.getByRole("button", { name: "换回上一张地图" }).click();
  await said(page, "已换回上一张地图");
  await expect(page.locator("main")).toContainText(`${units} 个单位有边界`);
});

test("what communities are asked, and what the record answers instead", async ({ newcomer, clean }) => {
  const { page } = await enterAs(await newcomer(), "社区书记");
  await page.goto("/burden");
  await expect(page.locator(".burden-block").first()).toBeVisible();
  await page.getByText("这些数怎样算").click();
  await expect(page.getByText("系统不记录任何人填表用了多久")).toBeVisible();
  await expect(page.locator(".burden-list")).toContainText(/填了 \d+ 次、\d+ 项/);
  await expect(page.locator(".burden-list")).toContainText(/记录代答 \d+ 次、\d+ 项，省下/);
  await clean(page, "burden ledger of a community");
  await page.getByRole("link", { name: "登记一项要求" }).first().click();
  await page.getByLabel("要什么").fill("楼道灯统计表");
  await page.getByLabel("区外单位名称").fill("某公司");
  await page.getByLabel("要求谁填").selectOption({ index: 1 });
  await page.getByLabel("要填的项目").fill("社区名称\n楼道灯盏数");
  await page.getByLabel(/多少分钟/).fill("30");
  await clean(page, "entering a demand");
  await page.getByRole("button", { name: "登记", exact: true }).click();
  await expect(page.locator(".flash")).toContainText("已登记");
  await expect(page.locator("main")).toContainText("记录已有 1 项，共 2 项");
  await clean(page, "a demand");
});

test("figures that leave as files stand in the audit log @desk", async ({ newcomer }) => {
  const { page } = await enterAs(await newcomer(), "区级领导");
  for (const path of ["/board.xlsx", "/board/map.xlsx", "/burden.xlsx", "/burden/requests.xlsx"]) {
    expect((await page.request.get(path)).ok(), path).toBe(true);
  }
  const { page: audit } = await enterAs(await newcomer(), "审计管理员");
  for (const [table, name] of [["board", "看板"], ["board.map", "地图数据"], ["burden", "减负账"], ["burden.requests", "减负账要求清单"]] as const) {
    await expect(async () => {
      await audit.goto(`/audit/log/data?table=${table}`);
      await expect(audit.locator("table tbody tr").first()).toContainText(new RegExp(`${name}，\\d+ 行`), { timeout: 500 });
    }, `${table} is named`).toPass({ timeout: 20_000 });
  }
});
