// Photos: thumbnails of what is chosen, removal, and smaller copies, so that a resident on a slow
// network sends hundreds of kilobytes and not tens of megabytes. The server checks and re-encodes
// whatever comes; without this script the plain file input does the same work.

import { all, fill, icon, make } from "./dom";

const LONGEST_SIDE = 2560;
const SMALL_ENOUGH = 1024 * 1024;
const LIMIT = 12 * 1024 * 1024;

/** A copy with at most 2,560 pixels a side; the file itself when it is small or cannot be read here. */
async function smaller(file: File): Promise<File> {
  if (file.size <= SMALL_ENOUGH || typeof createImageBitmap !== "function") return file;
  try {
    const bitmap = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
    const canvas = make("canvas");
    canvas.width = Math.round(bitmap.width * scale);
    canvas.height = Math.round(bitmap.height * scale);
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    if (!blob || blob.size >= file.size) return file;
    return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg", lastModified: file.lastModified });
  } catch {
    // A format that this browser cannot draw, as HEIC: the server says what to do about it.
    return file;
  }
}

function picker(input: HTMLInputElement): void {
  const words = input.dataset;
  const max = Number(words["photos"]);
  const sprite = words["icons"] ?? "";
  const chosen: { file: File; url: string }[] = [];
  const grid = make("div", { class: "photo-grid" });
  const note = make("p", { class: "photo-note", role: "status" });
  const add = make("button", { type: "button", class: "photo-add" });
  input.hidden = true;
  input.after(grid, note);
  // The label named the input; now it is the button that is pressed.
  add.id = input.id;
  add.setAttribute("aria-describedby", input.getAttribute("aria-describedby") ?? "");
  input.removeAttribute("id");
  add.addEventListener("click", () => input.click());

  const give = (): void => {
    const data = new DataTransfer();
    for (const { file } of chosen) data.items.add(file);
    input.files = data.files;
  };
  const draw = (): void => {
    const cells = chosen.map(({ url }, index) => {
      const name = fill(words["photo"] ?? "", { n: index + 1 });
      const remove = make("button", { type: "button", class: "photo-remove", "aria-label": `${words["remove"] ?? ""} (${name})` }, icon(sprite, "x"));
      remove.addEventListener("click", () => {
        URL.revokeObjectURL(url);
        chosen.splice(index, 1);
        give();
        note.textContent = chosen.length ? fill(words["countText"] ?? "", { n: chosen.length }) : "";
        draw();
        add.focus();
      });
      return make("div", { class: "photo-cell" }, make("img", { src: url, alt: name }), remove);
    });
    add.replaceChildren(icon(sprite, chosen.length ? "plus" : "camera"), (chosen.length ? words["add"] : words["choose"]) ?? "");
    add.hidden = chosen.length >= max;
    grid.replaceChildren(...cells, add);
  };
  input.addEventListener("change", async () => {
    const fresh = Array.from(input.files ?? []);
    let said = "";
    for (const file of fresh) {
      if (chosen.length >= max) {
        said = fill(words["many"] ?? "", { n: max });
        break;
      }
      const copy = await smaller(file);
      if (copy.size > LIMIT) {
        said = words["large"] ?? "";
        continue;
      }
      chosen.push({ file: copy, url: URL.createObjectURL(copy) });
    }
    give();
    draw();
    note.textContent = said || fill(words["countText"] ?? "", { n: chosen.length });
  });
  draw();
}

export function photos(under: ParentNode): void {
  // Browsers that cannot put files into an input keep the plain one.
  try {
    new DataTransfer();
  } catch {
    return;
  }
  for (const input of all<HTMLInputElement>("input[type=file][data-photos]", under)) picker(input);
}
