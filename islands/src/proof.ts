// Checks a receipt in the browser: nothing that a server says is taken for true but what its signature
// and the tree of RFC 9162 prove. The same is done by `record::receipt` in the program; keep them alike.
//
// Ed25519 and SHA-256 come from @noble, not from WebCrypto: that has no Ed25519 in the browsers we
// promise, and nothing at all on a page without TLS or in a saved file of some browsers.

import { hashes, verify } from "@noble/ed25519";
import { sha256, sha512 } from "@noble/hashes/sha2.js";

hashes.sha512 = sha512;

export interface Text { at: string; salt: string; text: string; sealed?: boolean }
export interface Step { title: string; event: string; index: number | null; path: string[]; texts: Text[] }
export interface Receipt {
  lianxin_receipt: number;
  no: string;
  district: string;
  log: string | null;
  checkpoint: string | null;
  witnesses: string[];
  steps: Step[];
  /** What the page showed otherwise than the record had it, in words: missing where all agreed. */
  differs?: string[];
}

export type Standing = "good" | "waits" | "event" | "log" | "text";
export interface CheckedStep {
  title: string;
  at: number | null;
  index: number | null;
  standing: Standing;
  sealed: boolean;
  /** What was said with it: only where its digest stands in the event. */
  texts: string[];
}
export interface Checked { signed: boolean; origin: string; size: number; witnesses: { name: string; at: number }[]; steps: CheckedStep[]; differs: string[] }

const utf8 = new TextEncoder();

function bytes64(text: string): Uint8Array {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) throw new Error("base 64");
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

function bytesHex(text: string): Uint8Array {
  if (!/^([0-9a-f]{2})*$/.test(text)) throw new Error("hexadecimal");
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function join(...parts: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

// ── Notes (C2SP signed-note, tlog-checkpoint, tlog-cosignature) ──

interface Key { name: string; id: Uint8Array; kind: number; key: Uint8Array }
interface Line { name: string; id: Uint8Array; signature: Uint8Array }
interface Note { text: string; origin: string; size: number; root: Uint8Array; lines: Line[] }

const ED25519 = 1;
const COSIGNATURE = 4;

export function parseKey(text: string): Key {
  const first = text.indexOf("+");
  const second = text.indexOf("+", first + 1);
  if (first < 1 || second < 0) throw new Error("key");
  const name = text.slice(0, first);
  const id = bytesHex(text.slice(first + 1, second));
  const whole = bytes64(text.slice(second + 1));
  const kind = whole[0] ?? 0;
  if (whole.length !== 33 || (kind !== ED25519 && kind !== COSIGNATURE)) throw new Error("key");
  if (!same(id, sha256(join(utf8.encode(`${name}\n`), whole)).slice(0, 4))) throw new Error("key");
  return { name, id, kind, key: whole.slice(1) };
}

export function parseNote(note: string): Note {
  const cut = note.indexOf("\n\n");
  if (cut < 0 || !note.endsWith("\n")) throw new Error("note");
  const text = note.slice(0, cut + 1);
  const [origin = "", count = "", root = ""] = text.split("\n");
  if (!origin || !/^(0|[1-9][0-9]{0,15})$/.test(count)) throw new Error("note");
  const lines = note
    .slice(cut + 2, -1)
    .split("\n")
    .map((line) => {
      const found = /^\u2014 (\S+) (\S+)$/.exec(line);
      if (!found) throw new Error("note");
      const signature = bytes64(found[2] ?? "");
      if (signature.length < 5) throw new Error("note");
      return { name: found[1] ?? "", id: signature.slice(0, 4), signature: signature.slice(4) };
    });
  const hash = bytes64(root);
  if (hash.length !== 32) throw new Error("note");
  return { text, origin, size: Number(count), root: hash, lines };
}

/** When the key's signature under the note fits: the seconds a witness says, or 0; nothing where it does not. */
export function signedBy(note: Note, key: Key): number | null {
  const line = note.lines.find((line) => line.name === key.name && same(line.id, key.id));
  if (!line) return null;
  if (key.kind === ED25519) return ed25519(line.signature, utf8.encode(note.text), key.key) ? 0 : null;
  if (line.signature.length !== 72) return null;
  const at = line.signature.slice(0, 8).reduce((sum, byte) => sum * 256 + byte, 0);
  const text = utf8.encode(`cosignature/v1\ntime ${at}\n${note.text}`);
  return ed25519(line.signature.slice(8), text, key.key) ? at : null;
}

function ed25519(signature: Uint8Array, text: Uint8Array, key: Uint8Array): boolean {
  try {
    return verify(signature, text, key, { zip215: false });
  } catch {
    return false;
  }
}

// ── The tree (RFC 9162, section 2.1.3.2) ──

/** Whether the way leads from the leaf to the root. Numbers stay below 2^53; halving is by division. */
export function includes(path: Uint8Array[], size: number, root: Uint8Array, index: number, leaf: Uint8Array): boolean {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) return false;
  let [fn, sn, hash] = [index, size - 1, leaf];
  for (const other of path) {
    if (sn === 0 || other.length !== 32) return false;
    if (fn % 2 === 1 || fn === sn) {
      hash = node(other, hash);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, Math.floor(sn / 2)];
    } else {
      hash = node(hash, other);
    }
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  return sn === 0 && same(hash, root);
}

function node(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(join(Uint8Array.of(1), left, right));
}

// ── The event as it was hashed ──

const COLUMNS = 13;

interface Event { at: number; facts: unknown; leaf: Uint8Array }

/** `version ‖ columns`, each `0`, or `1 ‖ length in four bytes ‖ bytes`; the salt is the last. */
export function parseEvent(bytes: Uint8Array): Event {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes[0] !== 1) throw new Error("event");
  const columns: (Uint8Array | null)[] = [];
  let at = 1;
  let salt = 1;
  // An event has so many columns; a file that goes on is none, and is not read to its end.
  while (at < bytes.length && columns.length < COLUMNS) {
    salt = at;
    if (bytes[at] === 0) {
      columns.push(null);
      at += 1;
    } else if (bytes[at] === 1 && at + 5 <= bytes.length && at + 5 + view.getUint32(at + 1) <= bytes.length) {
      const length = view.getUint32(at + 1);
      columns.push(bytes.slice(at + 5, at + 5 + length));
      at += 5 + length;
    } else {
      throw new Error("event");
    }
  }
  const [recorded, facts, last] = [columns[3], columns[11], columns[12]];
  if (columns.length !== COLUMNS || at !== bytes.length || !recorded || recorded.length !== 8 || !facts || !last || last.length !== 16) throw new Error("event");
  const micros = new DataView(recorded.buffer, recorded.byteOffset, 8).getBigInt64(0);
  const commitment = sha256(join(last, bytes.slice(0, salt)));
  return {
    at: Number(micros / BigInt(1000)),
    facts: JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(facts)),
    leaf: sha256(join(Uint8Array.of(0), commitment)),
  };
}

function fits(text: Text, event: Event): boolean {
  let said: unknown = event.facts;
  for (const name of text.at.split(".")) {
    said = said && typeof said === "object" && Object.prototype.hasOwnProperty.call(said, name) ? (said as Record<string, unknown>)[name] : null;
  }
  const digest = sha256(join(utf8.encode("lianxin text\n"), bytesHex(text.salt), utf8.encode(text.text)));
  return said === hex(digest);
}

// ── The receipt ──

export const BEGIN = '<script type="application/json" id="receipt">';

export function parseReceipt(text: string): Receipt {
  const at = text.indexOf(BEGIN);
  const json = at < 0 ? text : (text.slice(at + BEGIN.length).split("</script>")[0] ?? "");
  const receipt = JSON.parse(json) as Receipt | null;
  if (receipt?.lianxin_receipt !== 1 || !Array.isArray(receipt.steps)) throw new Error("receipt");
  return receipt;
}

function checkStep(step: Step, note: Note | null): CheckedStep {
  const checked: CheckedStep = { title: String(step?.title ?? ""), at: null, index: null, standing: "event", sealed: false, texts: [] };
  try {
    const event = parseEvent(bytes64(step.event));
    const texts = step.texts ?? [];
    checked.at = event.at;
    checked.sealed = texts.some((text) => text.sealed);
    if (!texts.every((text) => fits(text, event))) return { ...checked, standing: "text" };
    checked.texts = texts.filter((text) => !text.sealed).map((text) => text.text);
    if (step.index === null || step.index === undefined || !note) return { ...checked, standing: "waits" };
    checked.index = step.index;
    const held = includes(step.path.map(bytes64), note.size, note.root, step.index, event.leaf);
    return { ...checked, standing: held ? "good" : "log" };
  } catch {
    return checked;
  }
}

/** Checks everything. `log` is the log's key where it is known from elsewhere. */
export function check(receipt: Receipt, log: string | null = null): Checked {
  let note: Note | null = null;
  let signed = true;
  const witnesses: { name: string; at: number }[] = [];
  if (receipt.checkpoint) {
    try {
      note = parseNote(receipt.checkpoint);
      signed = signedBy(note, parseKey(log ?? receipt.log ?? "")) !== null;
      for (const text of receipt.witnesses ?? []) {
        const key = parseKey(text);
        const at = signedBy(note, key);
        if (at === null) signed = false;
        else if (key.kind === COSIGNATURE) witnesses.push({ name: key.name, at });
      }
    } catch {
      signed = false;
    }
  }
  // Under a head that the log did not sign nothing is proved, and of no step can more be said.
  const steps = signed ? receipt.steps.map((step) => checkStep(step, note)) : [];
  return { signed, origin: note?.origin ?? "", size: note?.size ?? 0, witnesses, steps, differs: (receipt.differs ?? []).map(String) };
}
