// Asks again for a part of the page that is still being worked on, and puts the answer in its place.
(() => {
  const STEPS = [1500, 2000, 3000, 5000, 8000];
  const MANY = 60; // questions, after some eight minutes
  const SELDOM = 30000;
  const PATIENCE = 2; // unanswered questions before the reader is told
  const follow = (part, tries, unheard = 0) => {
    const pause = tries < MANY ? STEPS[Math.min(tries, STEPS.length - 1)] : SELDOM;
    window.setTimeout(() => ask(part, tries, unheard), pause);
  };
  const say = (part, words) => {
    let said = part.querySelector("[data-poll-said]");
    if (!said && words) {
      said = document.createElement("p");
      said.className = "small muted";
      said.dataset.pollSaid = "";
      said.setAttribute("role", "status");
      part.append(said);
    }
    if (said && said.textContent !== words) said.textContent = words;
  };
  const fetched = async (address) => {
    try {
      return await fetch(address, { headers: { "X-Requested-With": "fetch" }, credentials: "same-origin" });
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      return null; // no network just now
    }
  };
  const ask = async (part, tries, unheard) => {
    if (!part.isConnected) return;
    const answer = await fetched(part.dataset.poll || part.dataset.renew);
    if (!answer || answer.status >= 500 || answer.status === 429) {
      if (unheard + 1 >= PATIENCE) say(part, document.body.dataset.unheard);
      follow(part, tries + 1, unheard + 1);
      return;
    }
    say(part, "");
    if (!answer.ok || answer.redirected) {
      say(part, document.body.dataset.stale); // signed out, or the page is about something that has moved on
      return;
    }
    if (answer.status === 204) {
      follow(part, tries + 1); // still waiting
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(part.id);
    if (!fresh) return;
    const isSame = "poll" in fresh.dataset && fresh.dataset.poll === part.dataset.poll;
    if (isSame || part.hasAttribute("data-busy")) {
      follow(part, tries + 1); // still waiting, or the reader has another picture in hand
      return;
    }
    const held = part.contains(document.activeElement);
    part.replaceWith(fresh);
    document.querySelectorAll("[data-renewed]").forEach((other) => {
      const now = page.getElementById(other.id);
      if (now) other.replaceWith(now);
    });
    fresh.dispatchEvent(new Event("renewed", { bubbles: true }));
    if (!held) return;
    fresh.tabIndex = -1;
    fresh.focus();
  };
  document.addEventListener("renew", (event) => ask(event.target, 0, 0));
  // its address changes with what it shows
  document.addEventListener("renewed", (event) => "poll" in event.target.dataset && follow(event.target, 0));
  document.querySelectorAll("[data-poll]").forEach((part) => follow(part, 0));
})();
