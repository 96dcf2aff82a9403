// What several islands need: finding, making, announcing.

export function all<T extends Element>(selector: string, under: ParentNode = document): T[] {
  return Array.from(under.querySelectorAll<T>(selector));
}

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export function icon(sprite: string, name: string): SVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

/** A text with `{name}` replaced, as `fill` on the server does it. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Whether a key press belongs to what is being typed. */
export function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** A short message at the foot of the window that goes by itself and is read aloud. */
export function toast(text: string): void {
  const element = make("div", { class: "toast", role: "status" });
  document.body.append(element);
  // The text comes after the element, so that screen readers notice the change.
  requestAnimationFrame(() => (element.textContent = text));
  setTimeout(() => element.remove(), 4000);
}
