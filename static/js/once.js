// A form is sent once, however often its button is pressed. `data-again` on the form lifts the guard.
(() => {
  const LONGEST = 60000; // the server gives no request more time; an answer that leaves the page open tells nobody
  const OVERTAKEN = 200; // a request that ends so soon after the next press was given up for it
  let sentAt = 0;
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || "again" in form.dataset) return;
    if (form.dataset.sent) {
      event.preventDefault();
      say(form, document.body.dataset.sent);
      return;
    }
    form.dataset.sent = "yes";
    sentAt = event.timeStamp;
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
  // the reader has stopped it: with Escape, or with the button of a browser that tells us
  const stop = () => {
    document.querySelectorAll("form[data-sent]").forEach(release);
    document.dispatchEvent(new Event("stopped"));
  };
  document.addEventListener("keydown", (event) => event.key === "Escape" && stop());
  window.navigation?.addEventListener("navigateerror", (event) => event.timeStamp - sentAt > OVERTAKEN && stop());
})();
