/* The page of a week, quicker by keyboard; all of it works without. No framework, nothing is evaluated.

   j k o b Esc              move between the days, open one, point at it, leave a field. The keys of buttons are
                            data-key in portal.js; both are switched off in the foot and do nothing in fields.
   data-mark                a box that marks something to go back: shows [data-marked] and hides [data-unmarked].
   data-sentence="ID"       a list whose chosen line is put into the field with this id.
   data-keys-help           the list of keys, shown where there is a script to obey them.
   data-copy="ID"           a button that copies the field with this id. */
"use strict";

(() => {
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const isOn = () => { try { return JSON.parse(localStorage.getItem("practicum:keys")) !== false; } catch { return true; } };

  /* -- what is marked decides which buttons there are ------------------------------------------------------- */
  const marks = all("[data-mark]");
  function showMarks() {
    const some = marks.some((box) => box.checked);
    for (const button of all("[data-marked]")) button.hidden = !some;
    for (const button of all("[data-unmarked]")) button.hidden = some;
  }
  if (marks.length) {
    for (const box of marks) box.addEventListener("change", showMarks);
    for (const field of all(".days textarea, details.card textarea")) {
      // Who says what should be different means that it shall go back.
      field.addEventListener("input", (event) => {
        const box = field.closest(".day__body, details")?.querySelector("[data-mark]");
        if (!box || !event.isTrusted) return;
        if (!box.checked && field.value.trim()) { box.checked = true; showMarks(); }
      });
    }
    window.addEventListener("pageshow", showMarks);
    showMarks();
  }

  /* -- sentences ------------------------------------------------------------------------------------------- */
  for (const list of all("[data-sentence]")) {
    list.addEventListener("change", () => {
      const field = document.getElementById(list.dataset.sentence);
      if (!list.value || !field) return;
      const text = list.selectedOptions[0].text;
      field.value = [field.value.trim(), text].filter(Boolean).join("\n");
      list.value = "";
      const box = field.closest(".day__body, details")?.querySelector("[data-mark]");
      if (box) { box.checked = true; showMarks(); }
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.focus();
    });
  }

  /* -- days by keyboard ------------------------------------------------------------------------------------- */
  const days = all(".days details.day");
  const current = () => days.findIndex((day) => day.contains(document.activeElement));
  const go = (index) => days[Math.max(0, Math.min(days.length - 1, index))]?.querySelector("summary").focus();

  function point() {
    const day = days[Math.max(0, current())];
    if (!day) return;
    day.open = true;
    const box = day.querySelector("[data-mark]");
    if (box) { box.checked = true; showMarks(); }
    day.querySelector("textarea")?.focus();
  }

  const moves = {
    j: () => go(current() + 1),
    k: () => go(current() < 0 ? days.length - 1 : current() - 1),
    o: () => { const day = days[Math.max(0, current())]; if (day) { day.open = !day.open; day.querySelector("summary").focus(); } },
    b: point,
  };
  document.addEventListener("keydown", (event) => {
    const field = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key === "Escape" && field) {
      (field.closest("details")?.querySelector("summary") || field).focus();
      return;
    }
    if (field || !days.length || !isOn() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  });
  for (const help of all("[data-keys-help]")) help.hidden = false;

  /* -- copying ---------------------------------------------------------------------------------------------- */
  for (const button of all("[data-copy]")) {
    const field = document.getElementById(button.dataset.copy);
    if (!field) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      field.select();
      try { await navigator.clipboard.writeText(field.value); } catch { document.execCommand("copy"); }
      button.textContent = button.dataset.copied;
    });
  }
})();
