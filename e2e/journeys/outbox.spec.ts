// What leaves the house: a resident who agreed is told by text message and signs in by a code; a member of staff is told by
// e-mail of what was dispatched. The mail server and the check of signatures are not ours.

import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cast } from "../lib/cast.ts";
import { gateway, mail, words } from "../lib/peers.ts";
import { run } from "../lib/program.ts";
import { report } from "../lib/resident.ts";
import { dispatch, enter, enterAs, open } from "../lib/staff.ts";
import { expect, test } from "../lib/test.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

test("told by text message and by mail, signed in by a code", async ({ browser, clean }, info) => {
  test.setTimeout(180_000);
  const [post, sms] = [await mail("lianxin", "a password of one test"), await gateway(SECRET)];
  const data = info.outputPath("district");
  cpSync(join(process.env.LIANXIN_E2E ?? "", "seed"), data, { recursive: true });
  writeFileSync(join(data, "sms"), `${SECRET}\n`);
  writeFileSync(join(data, "mail"), "a password of one test\n");
  const file = join(data, "lianxin.toml");
  writeFileSync(
    file,
    `[outbox]
address = "https://lianxin.example.gov.cn"
[outbox.email]
host = "127.0.0.1"
port = ${post.port}
security = "none"
from = "no-reply@lianxin.example.gov.cn"
user = "lianxin"
password_file = "mail"
[outbox.sms]
url = "http://127.0.0.1:${sms.port}/sms"
secret_file = "sms"
`,
  );
  const program = await run(["demo", "--data", data, "--config", file]);
  const { viewport, hasTouch } = info.project.use;
  const fresh = async () => (await browser.newContext({ baseURL: program.address, viewport, hasTouch, locale: "zh-CN" })).newPage();
  try {
    const people = await cast(program.address);

    // A member of staff says where they want to be told.
    const staff = await fresh();
    await enter(staff, people.department);
    await staff.goto("/me/notices");
    await staff.getByLabel("邮箱").fill("not an address");
    await staff.getByRole("button", { name: "保存" }).click();
    await expect(staff.locator("main")).toContainText("邮箱格式不对");
    await clean(staff, "where I am told, refused");
    await staff.getByLabel("邮箱").fill("wang@lianxin.example.gov.cn");
    await staff.getByRole("button", { name: "保存" }).click();
    await expect(staff.locator(".flash")).toContainText("已保存");

    // A resident raises something and leaves a number.
    const resident = await fresh();
    const receipt = await report(resident, { text: "水管爆了，小区门口一直在冒水。", community: people.community.unit, phone: "13800001234" });

    // It is dispatched, and the mail server has the message: a number and a link, nothing of what was said.
    const desk = await fresh();
    await enter(desk, people.desk);
    await open(desk, "/work/desk", receipt.no);
    await dispatch(desk, people.department.unit);
    const link = `https://lianxin.example.gov.cn/work/c/${receipt.no}`;
    const told = () => post.got.find((mail) => words(mail.raw).includes(link));
    await expect.poll(() => told()?.to, { timeout: 30_000 }).toEqual(["wang@lianxin.example.gov.cn"]);
    expect(post.got.map((mail) => words(mail.raw)).join()).not.toContain("水管");
    await staff.goto("/notices");
    await expect(staff.locator("main")).toContainText("派到本单位");
    await clean(staff, "notices");

    // The resident signs in with the number, by the code that came.
    await resident.goto("/track");
    await resident.getByRole("link", { name: "登录，查看我的诉求" }).click();
    await clean(resident, "sign in by telephone");
    await resident.getByLabel("手机号").fill("13800001234");
    await resident.getByRole("button", { name: "发送验证码" }).click();
    await expect.poll(() => sms.got.length, { timeout: 30_000 }).toBe(1);
    expect(sms.got[0]?.to).toBe("13800001234");
    const code = /\d{6}/.exec(sms.got[0]?.text ?? "")?.[0] ?? "";
    await clean(resident, "the code");
    await resident.getByLabel("6 位验证码").fill(code === "000000" ? "111111" : "000000");
    await resident.getByRole("button", { name: "登录" }).click();
    await expect(resident.locator("main")).toContainText("验证码不对或已失效");
    await resident.getByLabel("6 位验证码").fill(code);
    await resident.getByRole("button", { name: "登录" }).click();
    await expect(resident.getByRole("heading", { level: 1 })).toHaveText("我的诉求");
    await clean(resident, "my concerns");
    await resident.getByRole("button", { name: /水管爆了/ }).click();
    await expect(resident.locator("main")).toContainText(receipt.number);
    await resident.getByRole("link", { name: "我的信息" }).click();
    await resident.getByRole("button", { name: "有答复时短信提醒我" }).click();
    await expect(resident.locator(".flash")).toContainText("已同意");
    await clean(resident, "my information");

    // Whoever runs the machine sees that things left, and no number.
    const admin = await fresh();
    await enterAs(admin, "系统管理员");
    await admin.goto("/admin/outbox");
    await expect(admin.locator("main")).toContainText("已送出");
    await expect(admin.locator("main")).not.toContainText("1380000");
    await clean(admin, "outbox");

    await resident.goto("/my");
    await resident.getByRole("button", { name: "退出登录" }).click();
    await resident.goto("/my");
    await expect(resident).toHaveURL(/sign-in/);
  } finally {
    await program.stop();
    await post.stop();
    await sms.stop();
  }
});
