/* Ctrl+K (Command+K) leads to the search of the workspace from every page of it. */
document.addEventListener("keydown", (event) => {
  const link = document.querySelector("[data-search]");
  if (link && (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    location.assign(link.href);
  }
});
