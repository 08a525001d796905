// Moves the reader to the list of what needs changing, and closes an open menu on Escape or a press beside it.
(() => {
  const summary = document.getElementById("error-summary");
  if (summary) summary.focus();
  const close = () => document.querySelectorAll("details.menu[open]").forEach((menu) => (menu.open = false));
  document.addEventListener("click", (event) => {
    if (!event.target.closest("details.menu")) close();
  });
  document.addEventListener("keydown", (event) => {
    const menu = document.querySelector("details.menu[open]");
    if (event.key !== "Escape" || !menu) return;
    close();
    menu.querySelector("summary").focus();
  });
})();
