// What was built must run in Chrome 90 and in WeChat's web view of that age. The builders lower syntax; what
// they cannot lower is a property, a selector or a function that such a browser does not have. Those that
// people reach for are listed here, with the version that brought them and a line that uses them, by which the
// list itself is tried. A use of one stops the build, unless what was built asks first whether it is there.

import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

const style = [
  [/:has\(/, "the selector :has (105)", "p:has(a){}"],
  [/@container\b/, "container queries (105)", "@container (width>1px){}"],
  [/@layer\b/, "cascade layers (99)", "@layer base{}"],
  [/@scope\b/, "scopes (118)", "@scope (a){}"],
  [/@starting-style\b/, "starting styles (117)", "@starting-style{}"],
  [/\bsubgrid\b/, "subgrid (117)", "a{grid-template-rows:subgrid}"],
  [/\bcolor-mix\(/, "color-mix (111)", "a{color:color-mix(in srgb,red,blue)}"],
  [/\boklch\(|\boklab\(|\blab\(|\blch\(/, "colour spaces (111)", "a{color:oklch(1 0 0)}"],
  [/\blight-dark\(/, "light-dark (123)", "a{color:light-dark(red,blue)}"],
  [/\d(?:dvh|svh|lvh|dvw)\b/, "units of the visible window (108)", "a{height:100dvh}"],
  [/[;{](?:field-sizing|text-box|anchor-name|position-anchor|scroll-timeline|animation-timeline):/, "a property of after 90 that a layout would lean on", "a{anchor-name:--x}"],
  [/[^-]\bview-transition-name:/, "view transitions (111)", "a{view-transition-name:x}"],
  [/:user-valid|:user-invalid|:popover-open|:open\b/, "a selector of after 90", "a:open{}"],
];

const script = [
  [/\bstructuredClone\(/, "structuredClone (98)", "structuredClone(a)"],
  [/\bObject\.(?:hasOwn|groupBy)\(/, "Object.hasOwn, Object.groupBy (93, 117)", "Object.hasOwn(a,b)"],
  [/\.(?:findLast|findLastIndex|toSorted|toReversed|toSpliced)\(/, "functions of lists of after 90", "a.findLast(b)"],
  [/[\w)\]]\.at\(-?\d+\)/, ".at (92)", "a.at(-1)"],
  [/\bcrypto\.randomUUID\b/, "randomUUID (92)", "crypto.randomUUID()"],
  [/\bAbortSignal\.(?:timeout|any)\b/, "AbortSignal.timeout (103)", "AbortSignal.timeout(1)"],
  [/\bPromise\.withResolvers\b|\bArray\.fromAsync\b/, "functions of after 90", "Promise.withResolvers()"],
  [/\bshowPopover\(|\bstartViewTransition\(/, "popovers and view transitions (114, 111)", "a.showPopover()"],
  [/\bnew CompressionStream\b|\bURL\.(?:canParse|parse)\(/, "functions of after 90", "URL.canParse(a)"],
  [/\/[dgimsuy]*v[dgimsuy]*\.test\(/, "the v flag of patterns (112)", "/a/v.test(b)"],
];

/** What a file uses though such a browser has it not, and by what in the same file it is made sure of. */
const asked = [
  ["verify.js", /\bObject\.(?:hasOwn|groupBy)\(/, /\.hasOwn\?\?=/, "src/floor.ts adds it before the libraries of the proof run"],
  ["staff.js", /\bshowPopover\(|\bstartViewTransition\(/, /&&document\.startViewTransition\)/, "htmx asks first"],
];

function uses(name, text) {
  const found = [];
  for (const [pattern, words] of name.endsWith(".css") ? style : script) {
    const at = text.search(pattern);
    const sure = asked.some(([file, use, first]) => file === name && String(use) === String(pattern) && first.test(text));
    if (at >= 0 && !sure) found.push(`${name}: ${words}: …${text.slice(Math.max(0, at - 40), at + 40)}…`);
  }
  return found;
}

/** What the files that were built use and Chrome 90 has not, one line each. */
export async function missing(out) {
  const found = [];
  for (const [list, name] of [[style, "planted.css"], [script, "planted.js"]]) {
    for (const [, words, line] of list) if (uses(name, line).length === 0) found.push(`floor.mjs does not find ${words} in ${line}`);
  }
  const files = (await readdir(out)).filter((name) => /\.(?:css|js)$/.test(name)).sort();
  for (const name of files) found.push(...uses(name, await readFile(join(out, name), "utf8")));
  return found;
}
