/* Forms of the workspace. django-unfold writes the name of a chosen file into a text field beside it, and fails where
   there is none: the plain fields of our own forms say the name themselves, and it is told, before it looks for them,
   that they are looked after. Where something was refused, the first such field is brought into sight. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("form.form input[type=file]").forEach((field) => { field.hasChangeListener = true; });
  const wrong = document.querySelector("[aria-invalid='true']");
  if (wrong) {
    wrong.scrollIntoView({ block: "center" });
    wrong.focus({ preventScroll: true });
  }
});
