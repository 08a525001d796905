// Asks again for a part of the page that is still being worked on, and puts the answer in its place.
(() => {
  const STEPS = [1500, 2000, 3000, 5000, 8000];
  const MOST = 60;
  const follow = (part, tries) => {
    if (tries >= MOST) return;
    window.setTimeout(() => ask(part, tries), STEPS[Math.min(tries, STEPS.length - 1)]);
  };
  const ask = async (part, tries) => {
    let answer;
    try {
      answer = await fetch(part.dataset.poll, { headers: { "X-Requested-With": "fetch" }, credentials: "same-origin" });
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      follow(part, tries + 1); // no network just now
      return;
    }
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.id);
    if (!fresh) return;
    if (fresh.dataset.poll === part.dataset.poll) {
      follow(part, tries + 1);
      return;
    }
    const held = part.contains(document.activeElement);
    part.replaceWith(fresh);
    if ("poll" in fresh.dataset) follow(fresh, 0); // its address changes with what it shows
    if (!held) return;
    fresh.tabIndex = -1;
    fresh.focus();
  };
  document.querySelectorAll("[data-poll]").forEach((part) => follow(part, 0));
})();
