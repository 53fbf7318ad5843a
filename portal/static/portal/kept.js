/* What a student has written and the server has not taken yet, kept on the phone (IndexedDB) and sent when it can be.

   A record: { id, owner, day, text, hours, skills, base, key, wants, files, at, why, stored }
     owner   who wrote it; nobody else's page shows or sends it, on a phone that several people use
     base    version of the day on the server when it was written, 0 for none
     key     of this sending; the server takes it once, however often it comes
     wants   "submit" to send it on, "keep" to keep it with its files, "" while it is being typed
     why, stored   what the server answered: a reason in words, or the day as it is stored meanwhile
   What the server had of the last days stands beside it ("seen"), so that the page for no network can show it.
   Signing out deletes everything of this phone; what is not sent yet is named first. */
"use strict";

const Kept = (() => {
  const words = document.body.dataset;
  const DAY_MS = 86400000;
  const KEEP_SEEN = 10 * DAY_MS;
  const KEEP_RECORDS = 60 * DAY_MS;

  function remembered(name, value) {
    try {
      if (value !== undefined) localStorage.setItem(name, value);
      return localStorage.getItem(name) || "";
    } catch { return ""; }
  }
  // The page for no network knows nobody: there it is who signed in last on this phone and has not signed out.
  const owner = words.user ? remembered("practicum:owner:days", words.user) : remembered("practicum:owner:days");

  /* -- the store; a phone that forbids it (private windows) just keeps nothing -------------------------------- */
  const asked = (request) => new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
  let opened = null;
  function open() {
    opened ??= new Promise((done, fail) => {
      const request = indexedDB.open("practicum", 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("days", { keyPath: "id" });
        request.result.createObjectStore("seen", { keyPath: "id" });
      };
      request.onsuccess = () => done(request.result);
      request.onerror = () => fail(request.error);
    });
    return opened;
  }
  async function on(store, mode, act) {
    try {
      const base = await open();
      const transaction = base.transaction(store, mode);
      const result = await asked(act(transaction.objectStore(store)));
      return result;
    } catch { return undefined; }
  }
  const put = async (store, row) => (await on(store, "readwrite", (rows) => rows.put(row))) !== undefined;
  const drop = (store, id) => on(store, "readwrite", (rows) => rows.delete(id));
  const all = async (store) => (await on(store, "readonly", (rows) => rows.getAll())) || [];

  async function records() {
    const rows = (await all("days")).filter((row) => row.owner === owner && owner);
    return rows.sort((one, other) => one.at - other.at);
  }
  const seen = async (day) => on("seen", "readonly", (rows) => rows.get(`${owner}:${day}`));

  async function tidy() {
    const now = Date.now();
    for (const row of await all("seen")) if (row.owner !== owner || now - row.at > KEEP_SEEN) await drop("seen", row.id);
    for (const row of await all("days")) if (now - row.at > KEEP_RECORDS) await drop("days", row.id);
  }

  /* -- sending -------------------------------------------------------------------------------------------------- */
  const token = () => document.querySelector("input[name=csrfmiddlewaretoken]")?.value;
  const same = (one, other) => one.text.trim() === other.text.trim() && Number(one.hours) === Number(other.hours)
    && one.skills.trim() === other.skills.trim();

  // Answers { kind: "taken", … } | { kind: "conflict", error, stored } | "refused" | "signed-out" | "offline".
  async function send(record) {
    const body = new FormData();
    const pairs = { csrfmiddlewaretoken: token() || "", text: record.text, hours: record.hours, skills: record.skills, version: record.base || "" };
    for (const [name, value] of Object.entries(pairs)) body.append(name, value);
    for (const name of ["latitude", "longitude"]) if (record[name]) body.append(name, record[name]);
    if (record.wants) body.append("key", record.key);
    if (record.wants === "submit") body.append("move", "submit");
    for (const file of record.files || []) body.append("photo", file.blob, file.name);
    let answer;
    try {
      answer = await fetch(`/logs/${record.day}/autosave/`, { method: "POST", body, redirect: "manual", headers: { Accept: "application/json" } });
    } catch { return { kind: "offline" }; }
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) return { kind: "signed-out" };
    let facts;
    try { facts = await answer.json(); } catch { return { kind: "offline" }; }
    if (answer.ok) return { kind: "taken", ...facts };
    if (answer.status === 409 && facts.stored?.text !== undefined) {
      // The answer to an earlier try was lost on the way: what is stored is this very text.
      if (same(facts.stored, record) && !(record.wants === "submit" && facts.stored.editable)) return { kind: "taken", version: facts.stored.version, sent: !facts.stored.editable, why: "", files: [] };
      return { kind: "conflict", error: facts.error, stored: facts.stored };
    }
    return { kind: "refused", error: facts.error || "" };
  }

  async function work(results) {
    for (const record of await records()) {
      if (record.why || record.stored || !record.wants && record.live > Date.now()) continue;
      const answer = await send(record);
      if (answer.kind === "offline" || answer.kind === "signed-out") { results.stopped = answer.kind; return; }
      const now = await on("days", "readonly", (rows) => rows.get(record.id));
      if (!now || now.at !== record.at) continue;
      if (answer.kind === "taken") {
        await drop("days", record.id);
        results.done.push({ record, ...answer });
      } else await put("days", { ...record, why: answer.error, stored: answer.stored });
    }
  }

  // One tab at a time: two tabs of one phone must not send the same record at once.
  async function sync() {
    const results = { done: told(), stopped: "" };
    if (words.user && token()) {
      if (navigator.locks) await navigator.locks.request("practicum-days", () => work(results));
      else await work(results);
    }
    await show(results);
    return results;
  }

  /* -- the bar ---------------------------------------------------------------------------------------------------- */
  // The portal's English writes the day before the month.
  const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
  const bar = () => document.querySelector("[data-kept]");
  const named = (day) => new Intl.DateTimeFormat(language, { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" }).format(new Date(`${day}T00:00:00Z`));

  function line(place, text, parts = []) {
    const row = document.createElement("p");
    row.append(text, ...parts.flatMap((part) => [" ", part]));
    place.append(row);
  }
  function link(text, href) {
    const anchor = document.createElement("a");
    anchor.href = href;
    anchor.textContent = text;
    return anchor;
  }
  function button(text, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "button--text";
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  }

  async function show(results = { done: [], stopped: "" }) {
    const place = bar();
    if (!place) return;
    const says = place.dataset;
    const rows = await records();
    place.replaceChildren();
    if (!navigator.onLine || results.stopped === "offline") line(place, says.textOffline);
    if (results.stopped === "signed-out") line(place, says.textSignedOut, [link(says.textSignIn, `/accounts/login/?next=${encodeURIComponent(location.pathname)}`)]);
    const waiting = [...new Set(rows.filter((row) => row.wants && !row.why).map((row) => row.day))];
    if (waiting.length) line(place, says.textWaiting, [waiting.map(named).join(" · ")]);
    for (const done of results.done) {
      const text = done.sent ? says.textSent : done.why ? says.textUnsent : says.textSaved;
      line(place, text, [link(named(done.record.day), `/logs/${done.record.day}/`), done.why || "", ...(done.files || [])]);
    }
    for (const row of rows.filter((one) => one.why)) {
      const away = button(says.textDrop, async () => { await drop("days", row.id); await show(); });
      line(place, row.stored ? says.textConflict : says.textRefused, [named(row.day), row.stored ? "" : row.why, link(says.textOpen, `/logs/${row.day}/`), away]);
    }
    place.hidden = !place.childElementCount;
  }

  /* -- signing out ------------------------------------------------------------------------------------------------- */
  async function forget() {
    for (const store of ["days", "seen"]) for (const row of await all(store)) if (row.owner === owner) await drop(store, row.id);
    try {
      for (const name of Object.keys(localStorage)) if (name.startsWith("practicum:") && name !== "practicum:keys") localStorage.removeItem(name);
    } catch { /* nothing was kept */ }
  }

  function ask(form) {
    const place = bar() || document.querySelector("main").appendChild(document.createElement("section"));
    place.classList.add("kept");
    form.closest("details")?.removeAttribute("open");
    place.replaceChildren();
    line(place, words.textLeave, [
      button(words.textLeaveAnyway, async () => { await forget(); form.submit(); }),
      button(words.textStay, () => { place.replaceChildren(); place.hidden = true; form.removeAttribute("aria-busy"); show(); }),
    ]);
    place.hidden = false;
    place.scrollIntoView({ block: "center" });
    place.querySelector("button").focus();
  }

  for (const form of document.querySelectorAll("form[data-sign-out]")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      await sync();
      if ((await records()).length) { ask(form); return; }
      await forget();
      form.submit();
    });
  }

  // What was done just before this page: told once, here.
  function told() {
    try {
      const row = JSON.parse(sessionStorage.getItem("practicum:done"));
      sessionStorage.removeItem("practicum:done");
      return row ? [row] : [];
    } catch { return []; }
  }
  function tell(row) {
    try { sessionStorage.setItem("practicum:done", JSON.stringify(row)); } catch { /* the badge of the day says it too */ }
  }

  window.addEventListener("online", () => { if (words.user) sync(); });
  window.addEventListener("offline", () => show());
  const ready = tidy().then(() => sync());

  return { owner, put, drop, records, seen, send, sync, show, tell, same, named, ready };
})();
