/* Keys on the lists of the workspace: j and k go down and up, x ticks, o looks into the row, Enter opens, ? tells the
   keys. Without a script nothing is missing but speed. Panels that open below a button close by Escape and by a press
   elsewhere. */
"use strict";

{
/* A button in each row that opens a quick look at the object below it: what the server answers at the object's address
   with look/ in the place of change/. Returns what opens and closes it for a row. */
const lookInto = (table, rows) => {
  const told = document.querySelector("[data-list-look]");
  if (!told) return undefined;
  const label = told.dataset.listLook;
  let number = 0;

  const open = async (row, button) => {
    const line = document.createElement("tr");
    const cell = line.insertCell();
    line.className = "lookrow";
    line.id = button.getAttribute("aria-controls");
    cell.colSpan = row.cells.length;
    cell.setAttribute("aria-live", "polite");
    row.after(line);
    button.setAttribute("aria-expanded", "true");
    let found = [];
    try {
      const answer = await fetch(button.dataset.address, { headers: { Accept: "text/html" }, redirect: "manual" });
      if (answer.ok) found = new DOMParser().parseFromString(await answer.text(), "text/html").body.childNodes;
    } catch { /* said below */ }
    if (found.length) cell.append(...found);
    else cell.textContent = told.dataset.listLookFailed;
  };

  const toggle = (row) => {
    const button = row?.querySelector(".lookbutton");
    if (!button) return;
    const line = document.getElementById(button.getAttribute("aria-controls"));
    if (!line) { open(row, button); return; }
    const inside = line.contains(document.activeElement);
    line.remove();
    button.setAttribute("aria-expanded", "false");
    if (inside) button.focus();
  };

  for (const row of rows) {
    const link = row.querySelector("th a, td a");
    const found = link && /^(.*\/)change\/(\?.*)?$/.exec(link.getAttribute("href"));
    if (!found) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "lookbutton";
    button.dataset.address = `${found[1]}look/`;
    button.title = label;
    button.setAttribute("aria-label", `${label}: ${link.textContent.trim()}`);
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-controls", `look-${number += 1}`);
    button.addEventListener("click", () => toggle(row));
    link.after(button);
  }
  table.addEventListener("keydown", (event) => {
    const line = event.key === "Escape" && event.target.closest(".lookrow");
    if (line) toggle(line.previousElementSibling);
  });
  return toggle;
};

const begin = () => {
  const drops = () => document.querySelectorAll("details.drop[open]");
  document.addEventListener("click", (event) => { for (const drop of drops()) if (!drop.contains(event.target)) drop.open = false; });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const drop of drops()) { drop.open = false; drop.querySelector("summary").focus(); }
  });

  const table = document.getElementById("result_list");
  if (!table) return;
  const rows = Array.from(table.querySelectorAll("tr.data-row"));
  const help = document.querySelector("[data-list-keys]");
  let current = -1;

  const go = (number) => {
    rows[current]?.classList.remove("row--current");
    current = Math.max(0, Math.min(rows.length - 1, number));
    const row = rows[current];
    row?.classList.add("row--current");
    row?.querySelector("th a, td a")?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "nearest" });
  };
  const look = lookInto(table, rows);
  const keys = {
    ...(look ? { o: () => look(rows[current]) } : {}),
    j: () => go(current + 1),
    k: () => go(current - 1),
    x: () => rows[current]?.querySelector("input.action-select")?.click(),
    "?": () => { if (help) { help.open = !help.open; help.scrollIntoView({ block: "nearest" }); } },
  };
  // Enter needs no key of its own: the focus is on the row's link.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
    const act = Object.hasOwn(keys, event.key) ? keys[event.key] : undefined;
    let off = false;
    try { off = localStorage.getItem("practicum:keys") === "false"; } catch { /* keys are on */ }
    if (!act || off) return;
    event.preventDefault();
    act();
  });
};
// The workspace loads scripts before the page is there.
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
else begin();
}
