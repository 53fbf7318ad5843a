/* What makes the pages quicker; each works without it. No framework, no inline script, nothing is evaluated.

   data-autosave="URL"      on a form: its text is kept on the device as it is typed, and sent to URL (POST, answers
                            JSON {saved_at}); [data-saved] inside says so. data-autosave="" keeps it on the device only.
   data-count               after a textarea with maxlength: how many characters are left.
   data-poll="URL"          the element is replaced by URL's answer every two seconds while the answer polls, too;
                            an answer with data-goes-on="URL" leads there.
   data-key="j"             the key presses (or focuses) the element; can be switched off in the foot.
   data-check-all="NAME"    a checkbox that ticks all of that name; data-count-of="NAME" shows how many are ticked.
   data-toast, data-close   a message that can be closed; a toast leaves by itself when nobody points at it.
   The page of a day has scripts of its own: kept.js and day.js. */
"use strict";

(() => {
  const body = document.body;
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const words = body.dataset;
  const clock = () => new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }).format(new Date());

  // The device's store may be full or forbidden (private windows): then typing simply is not kept here.
  const store = {
    get(key) { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
    set(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); return true; } catch { return false; } },
    drop(key) { try { localStorage.removeItem(key); } catch { /* nothing was kept */ } },
  };
  const owner = words.user || store.get("practicum:owner") || "";
  if (words.user) store.set("practicum:owner", words.user);

  /* -- never lose typing -------------------------------------------------------------------------------- */
  const textsOf = (form) => all("textarea, input:not([type=hidden], [type=file], [type=password]), select", form).filter((field) => field.name);
  const valuesOf = (form) => Object.fromEntries(textsOf(form).map((field) => [field.name, field.type === "checkbox" ? field.checked : field.value]));

  function autosave(form) {
    const key = `practicum:draft:${owner}:${form.dataset.draft || form.action}`;
    const line = form.querySelector("[data-saved]");
    const say = (text) => { if (line) line.textContent = text; };
    const atStart = JSON.stringify(valuesOf(form));
    let timer = 0;
    let sending = Promise.resolve();
    let sent = false;

    // A draft is kept with the text that the server had when it was written: if the server's text has changed
    // since (another device), the device's copy must not overwrite it.
    const kept = store.get(key);
    if (kept && kept.from === atStart && JSON.stringify(kept.values) !== atStart) {
      for (const field of textsOf(form)) {
        if (!(field.name in kept.values)) continue;
        if (field.type === "checkbox") field.checked = kept.values[field.name];
        else if (field.type !== "radio") field.value = kept.values[field.name];
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }
      say(words.textRestored);
    } else if (kept) store.drop(key);

    async function send() {
      const written = JSON.stringify(valuesOf(form));
      try {
        const answer = await fetch(form.dataset.autosave, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
        if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
        const facts = await answer.json();
        if (facts.version !== undefined && form.elements.version) form.elements.version.value = facts.version;
        if (JSON.stringify(valuesOf(form)) === written) store.drop(key);
        say(`${words.textSaved} ${facts.saved_at || clock()}`);
      } catch {
        say(words.textLocal);
      }
    }

    form.addEventListener("input", (event) => {
      if (!event.isTrusted) return;
      const isKept = store.set(key, { from: atStart, values: valuesOf(form) });
      say(form.dataset.autosave ? words.textSaving : isKept ? `${words.textSaved} ${clock()}` : "");
      clearTimeout(timer);
      if (form.dataset.autosave) timer = setTimeout(() => { if (!sent) sending = sending.then(send); }, 1200);
    });
    form.addEventListener("submit", () => { sent = true; clearTimeout(timer); });
    window.addEventListener("online", () => { if (store.get(key) && form.dataset.autosave) sending = sending.then(send); });
  }

  /* -- small help while writing ------------------------------------------------------------------------- */
  function count(line) {
    const field = document.getElementById(line.dataset.count);
    if (!field || field.maxLength < 0) return;
    const numbers = new Intl.NumberFormat(document.documentElement.lang);
    const show = () => {
      const left = field.maxLength - field.value.length;
      line.hidden = left > field.maxLength * 0.2;
      line.querySelector("[data-left]").textContent = numbers.format(left);
    };
    field.addEventListener("input", show);
    show();
  }

  function checkAll(box) {
    const name = box.dataset.checkAll;
    const boxes = () => all(`input[type=checkbox][name="${CSS.escape(name)}"]`).filter((one) => !one.disabled);
    const show = () => {
      const ticked = boxes().filter((one) => one.checked).length;
      box.checked = ticked > 0 && ticked === boxes().length;
      box.indeterminate = ticked > 0 && ticked < boxes().length;
      for (const place of all(`[data-count-of="${CSS.escape(name)}"]`)) {
        place.textContent = new Intl.NumberFormat(document.documentElement.lang).format(ticked);
        const button = place.closest("button");
        if (button) button.disabled = ticked === 0;
      }
    };
    box.closest("[hidden]")?.removeAttribute("hidden");
    box.addEventListener("change", () => { for (const one of boxes()) one.checked = box.checked; show(); });
    document.addEventListener("change", (event) => { if (event.target.name === name) show(); });
    show();
  }

  /* -- what has just been done --------------------------------------------------------------------------- */
  function toast(element) {
    let timer = 0;
    const wait = () => { timer = setTimeout(() => element.remove(), 12000); };
    const stay = () => clearTimeout(timer);
    for (const name of ["pointerenter", "focusin"]) element.addEventListener(name, stay);
    for (const name of ["pointerleave", "focusout"]) element.addEventListener(name, wait);
    wait();
  }

  function closer(button) {
    button.hidden = false;
    button.addEventListener("click", () => button.closest(".message").remove());
  }

  /* -- long tasks ------------------------------------------------------------------------------------------ */
  function poll(element) {
    for (const link of all("[data-poll-link]", element)) link.hidden = true;
    setTimeout(async () => {
      if (!element.isConnected) return;
      let next = null;
      try {
        const answer = await fetch(element.dataset.poll, { headers: { Accept: "text/html" } });
        if (answer.ok) {
          const page = new DOMParser().parseFromString(await answer.text(), "text/html");
          next = page.getElementById(element.id);
        }
      } catch { /* no network: ask again */ }
      if (next) element.replaceWith(next);
      const now = next || element;
      if (now.dataset.goesOn) location.replace(now.dataset.goesOn);
      else if (now.dataset.poll) poll(now);
    }, document.hidden ? 10000 : 2000);
  }

  /* -- keyboard --------------------------------------------------------------------------------------------- */
  function keys() {
    const places = all("[data-key]");
    const button = document.querySelector("[data-keys-switch]");
    if (!places.length) return;
    let on = store.get("practicum:keys") !== false;
    const show = () => { if (button) { button.hidden = false; button.textContent = on ? button.dataset.textOff : button.dataset.textOn; } };
    button?.addEventListener("click", () => { on = !on; store.set("practicum:keys", on); show(); });
    show();
    document.addEventListener("keydown", (event) => {
      if (!on || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      if (event.target.closest("input, textarea, select, [contenteditable]")) return;
      const place = all("[data-key]").find((one) => one.dataset.key === event.key && one.offsetParent !== null);
      if (!place) return;
      event.preventDefault();
      if (place.matches("input:not([type=checkbox], [type=submit]), textarea, select")) place.focus();
      else place.click();
    });
  }

  /* -- everywhere -------------------------------------------------------------------------------------------- */
  // A second press on a slow line must not send twice; the page that comes back by the back button works again.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.getAttribute("aria-busy") === "true") { event.preventDefault(); return; }
    if (form.method === "post") form.setAttribute("aria-busy", "true");
  });
  window.addEventListener("pageshow", () => { for (const form of all("form[aria-busy]")) form.removeAttribute("aria-busy"); });

  // One open menu at a time; a press elsewhere and Escape close it.
  document.addEventListener("click", (event) => { for (const menu of all("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false; });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of all("details.menu[open]")) { menu.open = false; menu.querySelector("summary").focus(); }
  });

  all("form[data-autosave]").forEach(autosave);
  all("[data-count]").forEach(count);
  all("[data-check-all]").forEach(checkAll);
  all("[data-toast]").forEach(toast);
  all("[data-close]").forEach(closer);
  all("[data-poll]").forEach(poll);
  keys();

  const worker = document.querySelector("script[data-worker]")?.dataset.worker;
  if (worker && "serviceWorker" in navigator) {
    navigator.serviceWorker.register(worker).catch(() => { /* http without TLS */ });
    const language = document.documentElement.lang;
    if (store.get("practicum:language") !== language) {
      navigator.serviceWorker.ready.then((registered) => registered.active.postMessage("language"));
      store.set("practicum:language", language);
    }
  }
})();
