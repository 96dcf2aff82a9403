// Starting the program that people use: the real binary, on a directory of its own, on a port that the
// system chooses. It is told to stop as an administrator would, and must say so.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

export function binary(): string {
  const found = [process.env.LIANXIN_BIN, `${root}target/debug/lianxin`, `${root}target/release/lianxin`].find((path) => path && existsSync(path));
  if (!found) throw new Error("There is no program to test. Run ./dev e2e, which builds it, or name it by LIANXIN_BIN.");
  return found;
}

export interface Running {
  /** Such as http://127.0.0.1:41234, without a slash at the end. */
  address: string;
  stop(): Promise<void>;
}

/** Runs `lianxin` with these arguments until it says where it listens. */
export async function run(arguments_: string[], env: Record<string, string> = {}): Promise<Running> {
  const child = spawn(binary(), [...arguments_, "--listen", "127.0.0.1:0", "--lang", "en"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, LIANXIN_LOG: process.env.LIANXIN_LOG ?? "warn", ...env },
  });
  let said = "";
  let out = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk));
  const address = await new Promise<string>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk;
      const found = /http:\/\/[^\s/]+/.exec(out);
      if (found) resolve(found[0]);
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`lianxin ${arguments_.join(" ")} ended with ${code}\n${out}${said}`)));
  });
  return { address, stop: () => stop(child, () => said) };
}

async function stop(child: ChildProcess, said: () => string): Promise<void> {
  if (child.exitCode !== null) throw new Error(`lianxin ended by itself with ${child.exitCode}\n${said()}`);
  const ended = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  child.kill("SIGTERM");
  const code = await ended;
  if (code !== 0) throw new Error(`lianxin ended with ${code}\n${said()}`);
}

/** Runs a command of the program to its end; what it said comes back. */
export function command(arguments_: string[]): { code: number | null; said: string } {
  const done = spawnSync(binary(), [...arguments_, "--lang", "en"], { encoding: "utf8", env: { ...process.env, LIANXIN_LOG: "warn" }, timeout: 300_000 });
  return { code: done.status, said: `${done.stdout}${done.stderr}` };
}
