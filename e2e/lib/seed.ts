// Before all journeys: one small demo district, which each worker then copies. The same seed gives the
// same district, so that a failure can be seen again.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "./program.ts";

export default async function seed(): Promise<() => void> {
  const directory = mkdtempSync(join(tmpdir(), "lianxin-e2e-"));
  process.env.LIANXIN_E2E = directory;
  // Pictures show the whole district; journeys need only a corner of it.
  const size = process.env.LIANXIN_PICTURES ? [] : ["--small"];
  const program = await run(["demo", ...size, "--seed", "7", "--data", join(directory, "seed")]);
  await program.stop();
  return () => rmSync(directory, { recursive: true, force: true });
}
