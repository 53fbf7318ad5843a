/* The preview beside the editor of a general report follows what is typed; words and completeness are counted. The page
   works without it: then the preview shows what was kept last.

   data-report            the form; its fields have data-part="NAME", those that are needed data-needed too.
   data-preview="NAME"    shows the text of that field; data-preview-part="NAME" around it is hidden while it is empty. */
"use strict";

(() => {
  const form = document.querySelector("form[data-report]");
  if (!form) return;
  const fields = Array.from(form.querySelectorAll("[data-part]"));
  const numbers = new Intl.NumberFormat(document.documentElement.lang);
  const wordsOf = (text) => text.split(/\s+/).filter(Boolean).length;

  function count() {
    const needed = fields.filter((field) => field.dataset.part === "title" || "needed" in field.dataset);
    const written = needed.filter((field) => field.value.trim()).length;
    const share = Math.round((100 * written) / needed.length);
    form.querySelector("progress").value = share;
    form.querySelector("[data-complete]").textContent = numbers.format(share);
    const words = fields.filter((field) => field.dataset.part !== "title").reduce((sum, field) => sum + wordsOf(field.value), 0);
    form.querySelector("[data-words]").textContent = numbers.format(words);
  }

  function show(field) {
    const name = CSS.escape(field.dataset.part);
    const place = document.querySelector(`[data-preview="${name}"]`);
    if (place) place.textContent = field.value.trim();
    const part = document.querySelector(`[data-preview-part="${name}"]`);
    if (part) part.hidden = !field.value.trim();
  }

  for (const field of fields) {
    field.addEventListener("input", () => { show(field); count(); });
    field.addEventListener("focus", () => {
      const part = document.querySelector(`[data-preview-part="${CSS.escape(field.dataset.part)}"]`);
      if (part && !part.hidden) part.scrollIntoView({ block: "nearest" });
    });
    show(field);
  }
  count();
})();
