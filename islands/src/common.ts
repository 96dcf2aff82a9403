// What both sides of the product do when a page has come.

import { counters, drafts, filters, focusErrors, once, reveal, rows } from "./forms";
import { network } from "./network";
import { copies, dialogues, menus, prints } from "./parts";
import { photos } from "./photos";
import { pickers } from "./picker";

/** Readies a part of a page that has just come. */
export function ready(under: ParentNode): void {
  counters(under);
  rows(under);
  reveal(under);
  photos(under);
  pickers(under);
}

export function start(): void {
  document.documentElement.classList.add("js");
  ready(document);
  network();
  once();
  drafts();
  filters();
  menus();
  dialogues();
  copies();
  prints();
  focusErrors();
}
