// A form is sent once, however often its button is pressed. `data-again` on the form lifts the guard.
(() => {
  const LONGEST = 60000; // the server gives no request more time; an answer that leaves the page open tells nobody
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || "again" in form.dataset) return;
    if (form.dataset.sent) {
      event.preventDefault();
      say(form, document.body.dataset.sent);
      return;
    }
    form.dataset.sent = "yes";
    const button = event.submitter;
    if (button) button.setAttribute("aria-busy", "true");
    window.setTimeout(() => release(form), LONGEST);
  });
  const say = (form, words) => {
    let said = form.querySelector("[data-said-once]");
    if (!said) {
      said = document.createElement("p");
      said.className = "small muted";
      said.dataset.saidOnce = "";
      said.setAttribute("role", "status");
      form.append(said);
    }
    said.textContent = words;
  };
  const release = (form) => {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
    form.querySelectorAll("[data-said-once]").forEach((said) => said.remove());
  };
  // the page may come back from the browser's memory
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));
  // the reader has stopped it
  document.addEventListener("keydown", (event) => event.key === "Escape" && document.querySelectorAll("form[data-sent]").forEach(release));
})();
