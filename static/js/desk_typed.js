// What is typed into the case page is saved as it is given; Enter in a text saves too, without leaving the page.
window.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("judge");
  if (!form) return;
  const said = document.querySelector("[data-saved]");
  const signIn = document.querySelector("[data-sign-in]");
  const whose = document.querySelector(".case-bar .lease");
  const PAUSE = 400;
  let timer = 0;
  let saving = null;
  const body = () => {
    const data = new FormData(form);
    data.set("move", "keep");
    return data;
  };
  const say = (words, isSignedOut = false) => {
    said.textContent = words;
    signIn.hidden = !isSignedOut;
  };
  // who signed in again, in another tab, has a new token
  const renewed = async () => {
    const page = await fetch(window.location.href, { credentials: "same-origin" }).catch(() => ({}));
    if (!page.ok || page.redirected) return false;
    const field = "[name=csrfmiddlewaretoken]";
    const fresh = new DOMParser().parseFromString(await page.text(), "text/html").querySelector(field);
    document.querySelectorAll(field).forEach((each) => (each.value = fresh.value));
    return true;
  };
  const save = async (isAgain = false) => {
    const options = { method: "POST", body: body(), headers: { Accept: "application/json" }, credentials: "same-origin" };
    const answer = await fetch(window.location.href, options).catch(() => ({})); // no network just now
    if (answer.redirected || answer.status === 403) {
      if (!isAgain && (await renewed())) return save(true);
      return say(form.dataset.signedOut, true);
    }
    if (!answer.ok) return say(form.dataset.notSaved);
    const { kept, words, lease } = await answer.json();
    if (kept) form.elements.kept.value = kept;
    say(words);
    if (whose && lease !== undefined) {
      whose.hidden = !lease;
      whose.lastElementChild.textContent = lease; // it was taken, or the half hour begins again
    }
  };
  const soon = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => {
      timer = 0;
      // one after the other: each says what the next one has to know
      saving = (saving || Promise.resolve()).then(() => save());
      const mine = saving;
      mine.finally(() => {
        if (saving === mine) saving = null;
      });
    }, PAUSE);
  };
  form.addEventListener("input", soon);
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !event.target.matches("input")) return;
    event.preventDefault();
    soon();
  });
  form.addEventListener("submit", (event) => {
    window.clearTimeout(timer);
    timer = 0; // everything goes with the form
    if (!saving && signIn.hidden) return;
    event.preventDefault();
    if (!signIn.hidden) return soon(); // the sign-in page would lose it
    const button = event.submitter;
    saving.then(() => form.requestSubmit(button));
  });
  window.addEventListener("focus", () => {
    if (!signIn.hidden) soon();
  });
  window.addEventListener("pagehide", () => {
    if (!timer) return;
    window.clearTimeout(timer);
    navigator.sendBeacon(window.location.href, body());
  });
});
