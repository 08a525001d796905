// The desk on every page: marks that there is a script, "/" finds, "t" takes the next order, "j" and "k" go through rows.
document.documentElement.classList.add("has-script");
window.addEventListener("DOMContentLoaded", () => {
  if (document.body.dataset.keys === "off") return;
  const typing = (target) => target.matches("input:not([type=radio], [type=checkbox]), textarea, select");
  const rows = [...document.querySelectorAll(".rows tbody tr")];
  let at = -1;
  const go = (step) => {
    if (!rows.length) return;
    at = Math.max(0, Math.min(rows.length - 1, at + step));
    rows.forEach((row, index) => row.classList.toggle("at", index === at));
    const link = rows[at].querySelector("th a");
    if (link) link.focus();
  };
  const keys = {
    "/": () => document.querySelector(".find input")?.focus(),
    t: () => document.querySelector("[data-key=t]")?.click(),
    j: () => go(1),
    k: () => go(-1),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || typing(event.target)) return;
    const act = keys[event.key];
    if (!act) return;
    if (["j", "k"].includes(event.key) && !rows.length) return; // the case has its own
    event.preventDefault();
    act();
  });
});
