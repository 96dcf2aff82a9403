// The journeys: one server for each worker, the real binary on a small demo district of its own.
// Three faces: a phone, a desk, and a phone whose browser runs no scripts (residents' journeys only).

import { defineConfig } from "@playwright/test";

const phone = { width: 390, height: 844 };
const desk = { width: 1440, height: 900 };

export default defineConfig({
  testDir: "journeys",
  outputDir: "test-results",
  fullyParallel: false,
  workers: 2,
  retries: 0,
  forbidOnly: true,
  timeout: 90_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  globalSetup: "./lib/seed.ts",
  use: {
    browserName: "chromium",
    launchOptions: {
      executablePath: process.env.LIANXIN_CHROMIUM ?? "/usr/bin/chromium",
      args: ["--disable-dev-shm-usage", "--font-render-hinting=none"],
    },
    locale: "zh-CN",
    timezoneId: "Asia/Shanghai",
    actionTimeout: 15_000,
    screenshot: "only-on-failure",
    trace: "off",
  },
  projects: [
    { name: "phone", use: { viewport: phone, hasTouch: true }, grepInvert: /@desk|@pictures/ },
    { name: "desk", use: { viewport: desk }, grepInvert: /@phone|@pictures/ },
    { name: "no-js", use: { viewport: phone, javaScriptEnabled: false }, grep: /@resident/ },
    ...(process.env.LIANXIN_PICTURES ? [{ name: "pictures", grep: /@pictures/ }] : []),
  ],
});
