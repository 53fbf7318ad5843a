/* The palette: Ctrl+K (Command+K) or "/" asks where to go, on every page of portal and workspace. The link that is
   marked with data-search="ADDRESS" opens it; without a script that link leads to the page of the search.
   ADDRESS?format=json&q= answers {groups: [{title, rows: [[text, address], …]}, …]}. Combobox with a list of options
   as the ARIA practices describe it: focus stays in the field, arrows choose, Enter goes, Escape closes. */
"use strict";

{
const begin = () => {
  const link = document.querySelector("[data-search]");
  if (!link || typeof HTMLDialogElement === "undefined") return;
  const WAIT_MS = 150;
  let dialog, field, list, none, options = [], current = -1, timer, asked = 0;

  const made = (name, attributes = {}, text = "") => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text) element.textContent = text;
    return element;
  };

  const build = () => {
    const label = link.dataset.textLabel;
    dialog = made("dialog", { class: "palette", "aria-label": label });
    field = made("input", {
      class: "palette__field", type: "text", role: "combobox", placeholder: label, "aria-label": label, maxlength: "100",
      "aria-expanded": "true", "aria-controls": "palette-list", "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false",
    });
    list = made("div", { class: "palette__list", id: "palette-list", role: "listbox", "aria-label": label });
    none = made("p", { class: "palette__none", role: "status" });
    dialog.append(field, list, none);
    document.body.append(dialog);
    field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, WAIT_MS); });
    field.addEventListener("keydown", onKey);
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    dialog.addEventListener("close", () => link.focus());
  };

  const choose = (number) => {
    if (!options.length) return;
    if (options[current]) options[current].setAttribute("aria-selected", "false");
    current = (number + options.length) % options.length;
    options[current].setAttribute("aria-selected", "true");
    field.setAttribute("aria-activedescendant", options[current].id);
    options[current].scrollIntoView({ block: "nearest" });
  };

  const show = (groups) => {
    options = [];
    current = -1;
    field.removeAttribute("aria-activedescendant");
    list.replaceChildren(...groups.map((group, number) => {
      const part = made("div", { role: "group", "aria-labelledby": `palette-group-${number}` });
      part.append(made("div", { class: "palette__group", id: `palette-group-${number}` }, group.title));
      for (const [text, address] of group.rows) {
        const option = made("a", { class: "palette__option", role: "option", tabindex: "-1", href: address, "aria-selected": "false", id: `palette-${options.length}`, dir: "auto" }, text);
        options.push(option);
        part.append(option);
      }
      return part;
    }));
    none.textContent = options.length ? "" : link.dataset.textNone;
    choose(0);
  };

  const ask = async () => {
    const turn = ++asked;
    try {
      const answer = await fetch(`${link.dataset.search}?${new URLSearchParams({ format: "json", q: field.value })}`, { headers: { Accept: "application/json" } });
      // Whoever was signed out meanwhile gets the sign-in page, which is no JSON.
      const found = await answer.json();
      if (turn === asked) show(found.groups);
    } catch { if (turn === asked) location.assign(link.href); }
  };

  const onKey = (event) => {
    if (event.key === "ArrowDown") choose(current + 1);
    else if (event.key === "ArrowUp") choose(current - 1);
    else if (event.key === "Enter" && options[current]) options[current].click();
    else return;
    event.preventDefault();
  };

  const open = () => {
    if (!dialog) build();
    if (dialog.open) return;
    field.value = "";
    show([]);
    none.textContent = "";
    dialog.showModal();
    field.focus();
    ask();
  };

  const types = (target) => target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  const keysOff = () => { try { return localStorage.getItem("practicum:keys") === "false"; } catch { return false; } };

  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
  document.addEventListener("keydown", (event) => {
    const withControl = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k";
    // A list of the workspace has a search of its own under this key.
    const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !types(event.target)
      && !document.getElementById("searchbar") && !keysOff();
    if (!withControl && !slash) return;
    event.preventDefault();
    open();
  });
};
// The workspace loads scripts before the page is there.
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
else begin();
}
