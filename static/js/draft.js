// What is typed and not saved is kept on the server every 20 seconds and whenever the page is left; nothing in the browser.
(() => {
  const EVERY = 20000;
  const AGAIN = 5000;
  const OVERTAKEN = [500, 2500];
  const LEFT = "page-left"; // in this window's memory: the address that was left with something unsaved, nothing else
  const said = document.querySelector("[data-draft-url]");
  const marks = [...document.querySelectorAll('input[name="page_draft"][data-names]')].filter((mark) => !mark.form.matches("[data-forget]"));
  if (!said || !marks.length) return;
  const names = new Set(marks[0].dataset.names.split(" ")); // no password and no one-time code is among them
  const forms = [...new Set(marks.map((mark) => mark.form))];
  const body = () => {
    const typed = new URLSearchParams();
    forms.forEach((form) =>
      new FormData(form).forEach((value, name) => {
        if (names.has(name) && typeof value === "string") typed.append(name, value);
      }),
    );
    return typed;
  };
  const whole = (typed) => {
    const sent = new URLSearchParams(typed);
    sent.append("page_draft", marks[0].value);
    sent.append("csrfmiddlewaretoken", forms[0].elements.csrfmiddlewaretoken.value);
    return sent;
  };
  let kept = body().toString();
  let timer = 0;
  let asking = null; // what can stop the request under way
  let isLost = false;
  let isSent = false;
  const say = (words) => {
    said.textContent = words;
    said.hidden = !words;
  };
  const later = (pause) => {
    window.clearTimeout(timer);
    timer = window.setTimeout(save, pause);
  };
  const save = async () => {
    const typed = body();
    if (isSent || asking || (typed.toString() === kept && !isLost)) {
      later(EVERY);
      return;
    }
    asking = new AbortController();
    const options = { method: "POST", body: whole(typed), credentials: "same-origin", keepalive: true, signal: asking.signal };
    let answer;
    try {
      answer = await fetch(said.dataset.draftUrl, options);
    } catch (error) {
      if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error;
    }
    asking = null;
    if (isSent) return;
    isLost = !answer || answer.status >= 500;
    if (isLost) {
      say(said.dataset.lost);
      later(AGAIN);
      return;
    }
    later(answer.status === 429 ? 3 * EVERY : EVERY);
    if (!answer.ok) {
      say(said.dataset.refused);
      return;
    }
    kept = typed.toString();
    say(said.dataset.saved.replace("{time}", answer.headers.get("Saved-At")));
  };
  const leave = () => {
    const typed = body();
    if (isSent || typed.toString() === kept) return;
    if (!navigator.sendBeacon(said.dataset.draftUrl, whole(typed))) return;
    kept = typed.toString();
    window.sessionStorage.setItem(LEFT, window.location.href);
  };
  // the page that was asked for again may have been drawn before what was typed had come: then it is drawn once more
  const lookAgain = async ([pause, ...pauses]) => {
    if (!pause) return;
    await new Promise((go) => window.setTimeout(go, pause));
    let answer;
    try {
      answer = await fetch(window.location.href, { headers: { "X-Requested-With": "fetch" }, credentials: "same-origin" });
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      return;
    }
    if (!answer.ok || answer.redirected) return;
    const drawn = new DOMParser().parseFromString(await answer.text(), "text/html");
    const mark = drawn.querySelector('input[name="page_draft"][data-names]');
    if (!mark || isSent || body().toString() !== kept) return;
    if (mark.dataset.version === marks[0].dataset.version) lookAgain(pauses);
    else window.location.reload();
  };
  const hide = () => {
    if (document.visibilityState === "hidden") leave();
  };
  const submit = (event) => {
    if (event.defaultPrevented || event.target.method !== "post") return;
    if (isLost || !navigator.onLine) {
      // it would be answered by an error page of the browser, and the text would be gone
      event.preventDefault();
      isLost = true;
      say(said.dataset.lost);
      later(0);
      return;
    }
    if (!forms.includes(event.target)) return; // another form of the page: this one is left
    isSent = true;
    if (asking) asking.abort();
  };
  // before the guard against a second press, which must not count a press that went nowhere
  window.addEventListener("submit", submit, true);
  document.addEventListener("visibilitychange", hide);
  window.addEventListener("beforeunload", leave); // before the next page is asked for, which may be this one again
  window.addEventListener("pagehide", leave);
  window.addEventListener("online", () => isLost && later(0));
  const goOn = () => {
    isSent = false;
    later(AGAIN);
  };
  window.addEventListener("pageshow", (event) => event.persisted && goOn()); // shown again from the browser's memory
  document.addEventListener("stopped", goOn);
  if (window.sessionStorage.getItem(LEFT) === window.location.href) lookAgain(OVERTAKEN);
  window.sessionStorage.removeItem(LEFT);
  later(EVERY);
})();
