// What was built must run in Chrome 90 and in WeChat's web view of that age. The builders lower syntax; what
// they cannot lower is a property, a selector or a function that such a browser does not have. Those that
// people reach for are listed here, with the version that brought them; a use of one stops the build unless
// the line before asks whether it is there.

import { readFile } from "node:fs/promises";
import { join } from "node:path";

const style = [
  [/:has\(/, "the selector :has (105)"],
  [/@container\b/, "container queries (105)"],
  [/@layer\b/, "cascade layers (99)"],
  [/@scope\b/, "scopes (118)"],
  [/@starting-style\b/, "starting styles (117)"],
  [/\bsubgrid\b/, "subgrid (117)"],
  [/\bcolor-mix\(/, "color-mix (111)"],
  [/\boklch\(|\boklab\(|\blab\(|\blch\(/, "colour spaces (111)"],
  [/\blight-dark\(/, "light-dark (123)"],
  [/\d(?:dvh|svh|lvh|dvw)\b/, "units of the visible window (108)"],
  [/[;{](?:field-sizing|text-box|anchor-name|position-anchor|scroll-timeline|animation-timeline):/, "a property of after 90 that a layout would lean on"],
  [/[^-]\bview-transition-name:/, "view transitions (111)"],
  [/:user-valid|:user-invalid|:popover-open|:open\b/, "a selector of after 90"],
];

const script = [
  [/\bstructuredClone\(/, "structuredClone (98)"],
  [/\bObject\.(?:hasOwn|groupBy)\(/, "Object.hasOwn, Object.groupBy (93, 117)"],
  [/\.(?:findLast|findLastIndex|toSorted|toReversed|toSpliced)\(/, "functions of lists of after 90"],
  [/[\w)\]]\.at\(-?\d+\)/, ".at (92)"],
  [/\bcrypto\.randomUUID\b/, "randomUUID (92)"],
  [/\bAbortSignal\.(?:timeout|any)\b/, "AbortSignal.timeout (103)"],
  [/\bPromise\.withResolvers\b|\bArray\.fromAsync\b/, "functions of after 90"],
  [/\bshowPopover\(|\bstartViewTransition\(/, "popovers and view transitions (114, 111)"],
  [/\bnew CompressionStream\b|\bURL\.(?:canParse|parse)\(/, "functions of after 90"],
  [/\/[dgimsuy]*v[dgimsuy]*\.test\(/, "the v flag of patterns (112)"],
];

/** What the files that were built use and Chrome 90 has not, one line each. */
export async function missing(out) {
  const found = [];
  for (const [name, list] of [["app.css", style], ["resident.js", script]]) {
    const text = await readFile(join(out, name), "utf8");
    for (const [pattern, words] of list) {
      const at = text.search(pattern);
      if (at >= 0) found.push(`${name}: ${words}: …${text.slice(Math.max(0, at - 40), at + 40)}…`);
    }
  }
  return found;
}
