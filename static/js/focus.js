// Moves the reader to the list of what needs changing and to the chosen tab; closes an open menu on Escape or a press beside it.
(() => {
  const summary = document.getElementById("error-summary");
  if (summary) summary.focus();
  document.querySelectorAll(":is(.tabs, .nav) [aria-current]").forEach((here) => {
    const row = here.closest(".tabs, .nav");
    const [around, inside] = [row.getBoundingClientRect(), here.getBoundingClientRect()];
    row.scrollLeft += inside.left - around.left - (around.width - inside.width) / 2;
  });
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
