/* The navigation of the workspace. django-unfold takes a window of 1280 px for narrow and its style sheet takes it for
   wide, so that there the navigation was gone and its button did nothing; and that button is for mice only. Loaded after
   the package's own script and before Alpine reads the page; data-label names the button. */
"use strict";

{
  const label = document.currentScript.dataset.label;
  const isWide = () => window.innerWidth >= 1280;
  const isWanted = () => localStorage.getItem("sidebarOpen") !== "0";
  // One in the head of the page and, where the window is narrow, one in the navigation itself.
  const buttons = () => document.querySelectorAll("[x-on\\:click='sidebarToggle()']");
  const say = (open) => buttons().forEach((one) => one.setAttribute("aria-expanded", String(open)));
  const made = window.theme;

  window.theme = (...given) => {
    const state = made(...given);
    state.sidebarOpen = isWide() && isWanted();
    state.sidebarToggle = function toggle() {
      this.sidebarOpen = !this.sidebarOpen;
      if (isWide()) localStorage.setItem("sidebarOpen", this.sidebarOpen ? "1" : "0");
      say(this.sidebarOpen);
    };
    state.themeBindings["x-resize.window"] = function resize() {
      this.sidebarOpen = isWide() && isWanted();
      say(this.sidebarOpen);
    };
    return state;
  };

  document.addEventListener("DOMContentLoaded", () => {
    buttons().forEach((one) => {
      one.setAttribute("role", "button");
      one.setAttribute("aria-label", label);
      one.tabIndex = 0;
      one.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        one.click();
      });
    });
    say(isWide() && isWanted());
  });
}
