// The desk on every page: marks that there is a script, "/" finds, "j" and "k" go through rows, and a button that names
// a key (data-key) is pressed by it while it can be seen: "t" takes the next order, "a" and "b" open Accept and Return.
document.documentElement.classList.add("has-script");
window.addEventListener("DOMContentLoaded", () => {
  const all = document.querySelector("[data-all]");
  all?.addEventListener("change", () => all.form.querySelectorAll("tbody [type=checkbox]").forEach((each) => (each.checked = all.checked)));
  // a file answers this form, and the page stays: its old errors go
  document.querySelector("[data-file]")?.addEventListener("submit", () => document.querySelectorAll(".errorlist").forEach((each) => each.remove()));
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
    "/": () => document.querySelector(".find input[type=search]")?.focus(),
    j: () => go(1),
    k: () => go(-1),
  };
  const buttonOf = (key) => [...document.querySelectorAll("[data-key]")].find((each) => each.dataset.key === key && !each.hidden);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || typing(event.target)) return;
    const button = event.repeat ? undefined : buttonOf(event.key); // a key held down must not reach the next page
    const act = keys[event.key] || (button && (() => button.click()));
    if (!act) return;
    if (["j", "k"].includes(event.key) && !rows.length) return; // the case has its own
    event.preventDefault();
    act();
  });
});
