// Another day for the program: its clock is told by libfaketime, and goes on from there.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** The library, where this machine has it. */
export function faketime(): string | undefined {
  const folders = readdirSync("/usr/lib").map((name) => join("/usr/lib", name, "faketime", "libfaketimeMT.so.1"));
  return folders.find((path) => existsSync(path));
}

/** What a program started with it takes for the present: a moment in China, as `2026-09-30 17:29:30`. */
export function at(moment: string): Record<string, string> {
  return { LD_PRELOAD: faketime() ?? "", FAKETIME: `@${moment}`, FAKETIME_DONT_FAKE_MONOTONIC: "1", TZ: "Asia/Shanghai" };
}
