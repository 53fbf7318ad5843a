/* The page of a day, with and without network. Needs kept.js; without script the form is sent as any other.

   form[data-day]           the form of a day; data-send where it is posted, data-place if the student has agreed to it
   [data-saved]             says what became of the last words typed
   [data-refused]           why the server did not take it
   [data-two-texts]         the panel with what is stored and what this device has
   [data-copy]              takes the text of the last day over, from template[data-copied]
   [data-day-choice]        on the page for no network: which day; [data-closed] says that it cannot be written */
"use strict";

(() => {
  const form = document.querySelector("form[data-day]");
  const words = document.body.dataset;
  const closed = document.querySelector("[data-day-closed]");
  if (closed && words.user) {
    Kept.put("seen", { id: `${words.user}:${closed.dataset.dayClosed}`, owner: words.user, day: closed.dataset.dayClosed, at: Date.now(), text: closed.querySelector(".today__text")?.textContent || "", hours: "", skills: "", version: 0, editable: false });
  }
  if (!form) return;

  const choice = document.querySelector("[data-day-choice]");
  const panel = document.querySelector("[data-two-texts]");
  const field = (name) => form.elements[name];
  const clock = () => new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }).format(new Date());
  const say = (text) => { form.querySelector("[data-saved]").textContent = text; };
  const refuse = (text) => { const place = form.querySelector("[data-refused]"); place.textContent = text; place.hidden = !text; };
  const values = () => ({ text: field("text").value, hours: field("hours").value, skills: field("skills").value });
  const base = () => Number(field("version").value || 0);
  const free = () => form.removeAttribute("aria-busy");
  let wants = "";
  let touched = false;
  let keeping = 0;
  let saving = 0;
  let sending = Promise.resolve();

  function fill(row) {
    for (const name of ["text", "hours", "skills"]) if (row[name] !== undefined) field(name).value = row[name];
    field("text").dispatchEvent(new Event("input", { bubbles: true }));
  }
  function recordOf() {
    const files = Array.from(field("photo").files, (file) => ({ name: file.name, blob: file }));
    return {
      id: field("key").value, key: field("key").value, owner: Kept.owner, day: form.dataset.day, ...values(), base: base(), wants,
      latitude: field("latitude")?.value || "", longitude: field("longitude")?.value || "",
      files: wants ? files : [], at: Date.now(), live: Date.now() + 60000, why: "", stored: null,
    };
  }
  function remember() {
    if (!words.user) return;
    Kept.put("seen", { id: `${Kept.owner}:${form.dataset.day}`, owner: Kept.owner, day: form.dataset.day, at: Date.now(), ...values(), version: base(), editable: true, least: form.dataset.least, most: form.dataset.most });
  }

  /* -- while typing ------------------------------------------------------------------------------------------- */
  async function keep() {
    clearTimeout(keeping);
    keeping = 0;
    return Kept.put("days", recordOf());
  }

  async function save() {
    const record = recordOf();
    const answer = await Kept.send({ ...record, wants: "", files: [] });
    if (answer.kind === "taken") {
      field("version").value = answer.version;
      refuse("");
      if (Kept.same(values(), record) && !wants) await Kept.drop("days", record.id);
      else await keep();
      remember();
      say(`${words.textSaved} ${answer.saved_at || clock()}`);
    } else if (answer.kind === "conflict") await compare(answer.stored);
    else if (answer.kind === "refused") { refuse(answer.error); say(""); }
    else { say(words.textLocal); await Kept.show({ done: [], stopped: answer.kind }); }
  }

  form.addEventListener("input", (event) => {
    if (!event.isTrusted || event.target === choice || event.target.type === "file") return;
    if (!touched) locate();
    touched = true;
    // What waits to be sent was sent as it was; changed words are a sending of their own.
    if (wants) { Kept.drop("days", field("key").value); field("key").value = crypto.randomUUID(); }
    keeping ||= setTimeout(keep, 150);
    clearTimeout(saving);
    if (!words.user || !navigator.onLine) { say(words.textLocal); return; }
    say(words.textSaving);
    saving = setTimeout(() => { sending = sending.then(save); }, 1200);
  });
  for (const name of ["pagehide", "visibilitychange"]) window.addEventListener(name, () => { if (keeping) keep(); });

  function locate() {
    if (!form.hasAttribute("data-place") || !navigator.geolocation) return;
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      field("latitude").value = coords.latitude.toFixed(5);
      field("longitude").value = coords.longitude.toFixed(5);
    }, () => { /* a hint only: without it every day counts the same */ }, { timeout: 8000, maximumAge: 600000 });
  }

  /* -- sending -------------------------------------------------------------------------------------------------- */
  form.addEventListener("submit", (event) => {
    // A button with an address of its own, such as for help with the text, leads to its page.
    if (event.submitter?.hasAttribute("formaction")) return;
    event.preventDefault();
    wants = event.submitter?.value === "submit" ? "submit" : "keep";
    clearTimeout(saving);
    sending = sending.then(hand);
  });

  async function hand() {
    refuse("");
    const record = recordOf();
    const isKept = await keep();
    if (!words.user || !navigator.onLine) {
      free();
      say(isKept ? words.textLocal : "");
      await Kept.show({ done: [], stopped: "offline" });
      if (choice) offerDays();
      return;
    }
    const answer = await Kept.send(record);
    if (answer.kind === "taken") {
      await Kept.drop("days", record.id);
      away({ record, ...answer });
      return;
    }
    free();
    if (answer.kind === "refused") { wants = ""; refuse(answer.error); await keep(); }
    else if (answer.kind === "conflict") { wants = ""; await compare(answer.stored); }
    else { say(words.textLocal); await Kept.show({ done: [], stopped: answer.kind }); }
  }

  // What came of it is told on the page that follows.
  function away({ record, sent, why, files }) {
    Kept.tell({ record: { day: record.day }, sent, why, files });
    window.location.assign(sent && form.dataset.today ? form.dataset.today : form.action);
  }

  /* -- the same day on two devices ------------------------------------------------------------------------------ */
  async function compare(stored, own = recordOf()) {
    const set = (name, text) => { panel.querySelector(name).textContent = text; };
    set("[data-stored-text]", stored.text);
    set("[data-stored-hours]", stored.hours);
    set("[data-own-text]", own.text);
    set("[data-own-hours]", own.hours);
    panel.querySelector("[data-own]").hidden = false;
    panel.querySelector("[data-two-texts-buttons]").hidden = false;
    for (const button of panel.querySelectorAll("[data-take]")) {
      // What is not with the student any more can only be read.
      button.hidden = !stored.editable && button.dataset.take !== "stored";
      button.onclick = () => take(button.dataset.take, stored, own);
    }
    say(words.textLocal);
    // Seen already: nobody is taken out of the text a second time.
    if (panel.hidden) { panel.hidden = false; panel.focus(); }
    await Kept.put("days", { ...own, why: "", stored: null, wants: "", live: Date.now() + 600000 });
  }

  async function take(which, stored, own) {
    panel.hidden = true;
    if (which === "stored" && !stored.editable) {
      await Kept.drop("days", own.id);
      window.location.assign(form.action);
      return;
    }
    field("version").value = stored.version;
    field("key").value = crypto.randomUUID();
    if (which === "own") fill(own);
    else if (which === "stored") fill(stored);
    else fill({ ...own, text: [stored.text.trim(), own.text.trim()].filter(Boolean).join("\n\n") });
    // Kept anew before the old words go: a page that is closed in between loses nothing.
    await keep();
    await Kept.drop("days", own.id);
    if (words.user) sending = sending.then(save);
    field("text").focus();
  }

  /* -- small help ------------------------------------------------------------------------------------------------- */
  const copy = form.querySelector("[data-copy]");
  copy?.addEventListener("click", (event) => {
    event.preventDefault();
    const text = form.querySelector("template[data-copied]").content.textContent;
    field("text").value = [field("text").value.trim(), text].filter(Boolean).join("\n");
    copy.remove();
    field("text").dispatchEvent(new Event("input", { bubbles: true }));
    touched = true;
    keep();
    say(words.textSaving);
    clearTimeout(saving);
    saving = setTimeout(() => { sending = sending.then(save); }, 400);
    field("text").focus();
  });

  // A phone's picture is several megabytes, and the network is slow: made smaller here, without the place it was taken.
  async function smaller(file) {
    if (!file.type.startsWith("image/") || file.size < 1500000) return file;
    try {
      const picture = await createImageBitmap(file);
      const scale = Math.min(1, 2560 / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.85); });
      return blob && blob.size < file.size ? new File([blob], file.name.replace(/\.\w+$/, ".jpg"), { type: "image/jpeg" }) : file;
    } catch { return file; }
  }
  field("photo").addEventListener("change", (event) => {
    const chosen = Array.from(event.target.files);
    sending = sending.then(async () => {
      const carried = new DataTransfer();
      for (const file of chosen) carried.items.add(await smaller(file));
      event.target.files = carried.files;
    });
  });

  /* -- the page for no network: any of the last days ------------------------------------------------------------ */
  const iso = (date) => `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}-${String(date.getDate()).padStart(2, "0")}`;
  async function offerDays() {
    const chosen = form.dataset.day;
    const rows = await Kept.records();
    choice.replaceChildren();
    for (let back = 0; back < 7; back += 1) {
      const date = new Date();
      date.setDate(date.getDate() - back);
      const day = iso(date);
      const waits = rows.some((row) => row.day === day && row.wants);
      choice.add(new Option(waits ? `${Kept.named(day)} ✓` : Kept.named(day), day, false, day === chosen));
    }
  }
  async function openDay(day) {
    if (keeping) await keep();
    form.dataset.day = day;
    const seen = await Kept.seen(day);
    const own = (await Kept.records()).findLast((row) => row.day === day);
    const isClosed = seen?.editable === false && !own;
    document.querySelector("[data-closed]").hidden = !isClosed;
    form.querySelector("[data-open]").hidden = isClosed;
    field("key").value = own?.key || crypto.randomUUID();
    field("version").value = own ? own.base : seen?.version || 0;
    wants = own?.wants || "";
    field("photo").value = "";
    fill({ text: "", hours: seen?.hours || "8", skills: "", ...seen, ...own });
    say(own ? words.textLocal : "");
    await offerDays();
  }
  async function withoutNetwork() {
    const nobody = document.querySelector("[data-nobody]");
    nobody.hidden = Boolean(Kept.owner);
    form.hidden = !Kept.owner;
    if (!Kept.owner) return;
    const asked = location.pathname.match(/^\/logs\/(\d{4}-\d{2}-\d{2})\//);
    await openDay(asked ? asked[1] : iso(new Date()));
    choice.addEventListener("change", () => openDay(choice.value));
    await Kept.show({ done: [], stopped: "offline" });
    form.addEventListener("input", () => { typedAt = Date.now(); });
    window.addEventListener("online", look);
    look();
  }
  // Back on the network this address is the real page again, which sends what waits; nobody is interrupted in a word.
  let typedAt = 0;
  let looking = 0;
  async function look() {
    clearTimeout(looking);
    looking = setTimeout(look, 5000);
    if (Date.now() - typedAt < 4000) return;
    try {
      const answer = await fetch("/health/live", { cache: "no-store" });
      if (!answer.ok) return;
    } catch { return; }
    if (keeping) await keep();
    window.location.reload();
  }

  /* -- at the start: what this phone has of this day ------------------------------------------------------------ */
  async function begin() {
    const shown = { ...values(), version: base() };
    const results = await Kept.ready;
    const taken = results.done.findLast((one) => one.record.day === form.dataset.day && one.record.text !== undefined);
    if (taken?.sent) { away(taken); return; }
    if (taken && !touched) { fill(taken.record); field("version").value = taken.version; }
    for (const row of (await Kept.records()).filter((one) => one.day === form.dataset.day)) {
      if (Kept.same(row, values())) { await Kept.drop("days", row.id); continue; }
      if (row.stored) { await compare(row.stored, row); continue; }
      if (row.base !== shown.version) { await compare({ ...shown, editable: true }, row); continue; }
      await Kept.drop("days", row.id);
      if (touched) continue;
      fill(row);
      await keep();
      if (row.why) refuse(row.why);
      say(words.textRestored);
      saving = setTimeout(() => { sending = sending.then(save); }, 1200);
    }
    remember();
    await Kept.show(results);
  }

  if (choice) withoutNetwork();
  else begin();
})();
