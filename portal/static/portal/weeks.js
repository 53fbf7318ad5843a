/* The lines of operations move, go and come without a round trip; the same buttons work without this through the server.

   data-steps             the list; data-step="up|down|drop|more" the buttons, the first three inside a line. */
"use strict";

(() => {
  const list = document.querySelector("[data-steps]");
  if (!list) return;
  const lines = () => Array.from(list.children);

  function renumber() {
    const all = lines();
    all.forEach((line, place) => {
      for (const button of line.querySelectorAll("[data-step]")) {
        button.value = `${button.dataset.step}:${place}`;
        button.disabled = (button.dataset.step === "up" && place === 0) || (button.dataset.step === "down" && place === all.length - 1);
      }
      for (const input of line.querySelectorAll("input")) {
        input.setAttribute("aria-label", input.getAttribute("aria-label").replace(/[0-9\u0660-\u0669]+/, String(place + 1)));
      }
    });
  }

  function emptied(line) {
    const fresh = line.cloneNode(true);
    for (const input of fresh.querySelectorAll("input")) { input.value = ""; input.removeAttribute("placeholder"); }
    return fresh;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-step]");
    if (!button) return;
    event.preventDefault();
    const line = button.closest("li");
    const step = button.dataset.step;
    let focus = button;
    if (step === "more") {
      list.append(emptied(list.lastElementChild));
      focus = list.lastElementChild.querySelector("input");
    } else if (step === "up") line.previousElementSibling?.before(line);
    else if (step === "down") line.nextElementSibling?.after(line);
    else {
      const next = line.nextElementSibling || line.previousElementSibling;
      if (next) { line.remove(); focus = next.querySelector("[data-step=drop]"); }
      else for (const input of line.querySelectorAll("input")) input.value = "";
    }
    renumber();
    focus.focus();
  });
})();
