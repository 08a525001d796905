// The case: one part in focus beside its paper, verdicts by key or mouse, a viewer.
// What is typed is saved as it is given; Enter in a text saves too, without leaving the page.
const saveTyped = (form) => {
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
  // who signed in again, in another tab, has a new token: the page that refuses the old one has it
  const renewed = async (refusal) => {
    const field = "[name=csrfmiddlewaretoken]";
    const fresh = new DOMParser().parseFromString(await refusal.text(), "text/html").querySelector(field);
    if (fresh) document.querySelectorAll(field).forEach((each) => (each.value = fresh.value));
    return fresh;
  };
  const save = async (isAgain = false) => {
    const options = { method: "POST", body: body(), headers: { Accept: "application/json" } };
    const answer = await fetch(form.action, options).catch(() => ({})); // no network just now
    if (answer.status === 403 && !isAgain && (await renewed(answer))) return save(true);
    // the role was taken: from one who is no longer staff the page itself is hidden
    if (answer.status === 404 || (answer.status === 403 && isAgain)) return say(form.dataset.closed);
    if (answer.redirected || answer.status === 403) return say(form.dataset.signedOut, true);
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
      // one after the other: each says what the next must know
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
    navigator.sendBeacon(form.action, body());
  });
};

window.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("[data-signed-out]");
  if (form) saveTyped(form);
  const stage = document.querySelector(".stage");
  const find = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const links = all(".parts-nav ol a");
  const parts = links.map((link) => document.getElementById(link.hash.slice(1)));
  if (!stage && !links.length) return;

  const live = document.createElement("p");
  live.className = "sr";
  live.setAttribute("role", "status");
  document.body.append(live);
  const { stop, colon } = document.querySelector(".focus")?.dataset || {};

  // --- papers ---
  const strip = all(".strip a");
  const panes = all(".pane");
  let zoom = 0;
  let turn = 0;
  const STEPS = [1, 1.5, 2.2, 4];
  const current = (pane) => strip.find((link) => link.dataset.paper === pane.dataset.paper);
  const inUse = () => panes.find((pane) => pane.classList.contains("at") && !pane.hidden) || panes[0];

  const fit = (pane) => {
    const pic = find(".pic", pane);
    const img = find("img", pic);
    const box = pane.getBoundingClientRect();
    const { naturalWidth: width, naturalHeight: height } = img;
    if (!width || !box.width) return;
    const sides = turn % 180 ? [height, width] : [width, height];
    const scale = Math.min((box.width - 16) / sides[0], (box.height - 16) / sides[1]);
    img.width = width * scale;
    img.height = height * scale;
    pic.style.setProperty("--k", STEPS[zoom]);
    pic.style.setProperty("--turn", `${turn}deg`);
    if (!zoom) ["--dx", "--dy"].forEach((name) => pic.style.setProperty(name, "0px"));
  };
  const draw = () => {
    if (!stage) return;
    const shown = panes.filter((pane) => !pane.hidden);
    const wide = shown.every((pane) => find("img", pane).naturalWidth > find("img", pane).naturalHeight);
    stage.classList.toggle("stacked", wide);
    shown.forEach(fit);
  };
  const put = (pane, key) => {
    const link = strip.find((each) => each.dataset.paper === key);
    if (!link || pane.dataset.paper === key) return;
    pane.dataset.paper = key;
    const img = find("img", pane);
    img.src = link.href;
    img.alt = find("span", link).textContent;
    find(".pane-name", pane).textContent = img.alt;
    turn = 0;
    img.decode().then(draw, () => undefined);
    mark();
  };
  // the strip alone is scrolled, never the page
  const reach = (link) => {
    const row = link.closest(".strip");
    const [a, b] = [link.getBoundingClientRect(), row.getBoundingClientRect()];
    row.scrollLeft += Math.max(0, a.right + 8 - b.right) - Math.max(0, b.left + 8 - a.left);
  };
  const mark = () => {
    const chosen = current(inUse());
    strip.forEach((link) => {
      if (link === chosen) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
    const name = find(".v-name");
    if (chosen && name) {
      name.textContent = find("span", chosen).textContent;
      find(".v-count").textContent = `${strip.indexOf(chosen) + 1} / ${strip.length}`;
    }
    if (chosen) reach(chosen);
  };
  strip.forEach((link) =>
    link.addEventListener("click", (event) => {
      event.preventDefault();
      put(inUse(), link.dataset.paper);
    }),
  );
  const nextPaper = (step) => {
    const here = strip.indexOf(current(inUse()));
    if (strip.length) put(inUse(), strip[(here + step + strip.length) % strip.length].dataset.paper);
  };
  const MOVES = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
  const shift = (pane, x, y) => {
    const pic = find(".pic", pane);
    [["--dx", x], ["--dy", y]].forEach(([name, by]) => {
      pic.style.setProperty(name, `${parseFloat(pic.style.getPropertyValue(name) || "0") + by}px`);
    });
  };
  panes.forEach((pane) => {
    pane.addEventListener("focus", () => {
      panes.forEach((each) => each.classList.toggle("at", each === pane));
      mark();
    });
    pane.addEventListener("keydown", (event) => {
      const by = MOVES[event.key];
      if (!by) return;
      event.preventDefault();
      shift(pane, ...by);
    });
    let from = null;
    pane.addEventListener("pointerdown", (event) => {
      from = [event.clientX, event.clientY];
      pane.setPointerCapture(event.pointerId);
    });
    pane.addEventListener("pointermove", (event) => {
      if (!from || !zoom) return;
      shift(pane, event.clientX - from[0], event.clientY - from[1]);
      from = [event.clientX, event.clientY];
    });
    pane.addEventListener("pointerup", () => (from = null));
  });

  // a replaced document stands beside the judged part; a pane that opened by itself closes by itself
  let byItself = false;
  const pair = (on) => {
    stage.classList.toggle("two", on);
    panes[1].hidden = !on;
    find("[data-act=two]").setAttribute("aria-pressed", String(on));
  };
  const beside = (paper) => {
    const before = paper && current(panes[0])?.dataset.before;
    if (before && panes[1].hidden) [byItself] = [true, pair(true)];
    else if (!before && byItself) [byItself] = [false, pair(false)];
    if (before) put(panes[1], before);
  };

  // --- the parts ---
  let at = Math.max(0, parts.findIndex((part) => `#${part.id}` === window.location.hash));
  const chosen = (part) => find(".verdicts input:checked", part)?.value || (find(".verdicts .ask.is-on", part) ? "ask" : "");
  const judged = all(".part[data-judged]"); // also behind a photo, where no list leads to them
  const rules = all(".rules li"); // of a photo
  const met = (rule) => find("input:checked", rule)?.value || "";
  const show = (index, say = true) => {
    if (!parts.length) return draw();
    at = Math.max(0, Math.min(parts.length - 1, index));
    links.forEach((link, n) => {
      if (n === at) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
    parts.forEach((part, n) => part.classList.toggle("on", n === at));
    links[at].scrollIntoView({ block: "nearest" });
    const part = parts[at];
    if (part.dataset.paper && panes.length) put(panes[0], part.dataset.paper);
    if (panes.length) beside(part.dataset.part.startsWith("paper.") && part.dataset.paper);
    draw();
    if (say) {
      window.history.replaceState(null, "", `${window.location.search}#${part.id}`);
      live.textContent = find("h3", part).textContent + stop + find("header p", part).textContent;
    }
  };
  const visible = (index) => !links[index].closest("li").hidden;
  const step = (by) => {
    let index = at + by;
    while (index >= 0 && index < parts.length && !visible(index)) index += by;
    if (index >= 0 && index < parts.length) show(index);
  };
  const needs = (part) => "judged" in part.dataset && !("optional" in part.dataset) && !chosen(part);
  const nextOpen = () => {
    const order = [...parts.keys()];
    return [...order.slice(at + 1), ...order.slice(0, at)].find((index) => needs(parts[index]));
  };
  links.forEach((link, index) =>
    link.addEventListener("click", (event) => {
      event.preventDefault();
      show(index);
      find("h3", parts[index]).focus({ preventScroll: true });
    }),
  );

  // --- the counts ---
  const AROUND = 2 * Math.PI * 13;
  // why nothing can be accepted yet
  const lacking = (words, amounts) => {
    const told = Object.entries(amounts).filter(([word, amount]) => amount && word in words);
    const counted = ([word, amount]) => words[word].split("|")[amount === 1 ? 0 : 1].replace(/\d+/, amount);
    return told.map(counted).join(words.between);
  };
  const count = () => {
    const own = judged.filter((part) => !("optional" in part.dataset) || chosen(part));
    const said = [...own.map(chosen), ...rules.map(met)];
    const n = (word) => said.filter((each) => each === word).length;
    const amounts = { ok: n("ok"), return: n("return"), ask: n("ask") };
    let before = 0;
    Object.entries(amounts).forEach(([word, amount]) => {
      const arc = find(`.r-${word}`);
      if (arc) {
        arc.setAttribute("stroke-dasharray", `${(AROUND * amount) / said.length} ${AROUND}`);
        arc.setAttribute("stroke-dashoffset", `${(-AROUND * before) / said.length}`);
      }
      const figure = find(`.n-${word}`);
      if (figure) figure.textContent = amount;
      before += amount;
    });
    const whole = amounts.ok === said.length;
    find(".ring")?.classList.toggle("closed", whole);
    const words = find(".judged");
    const figures = [before, said.length]; // a part that needs no verdict counts once it has one
    if (words) words.textContent = words.textContent.replace(/\d+/g, () => figures.shift());
    const open = find(".n-open");
    if (open) open.textContent = said.length - before;
    const accept = find(".accept");
    if (accept) {
      accept.hidden = !whole;
      find(".not-yet").hidden = whole;
      const lack = find(".lacking");
      lack.textContent = lacking(lack.dataset, { open: said.length - before, returned: amounts.return, asked: amounts.ask });
    }
    all(".parts-nav .sec span").forEach((figure) => {
      const own = all("a", figure.closest(".sec").nextElementSibling).map((link) => document.getElementById(link.hash.slice(1)));
      const counted = own.filter((part) => "judged" in part.dataset && (!("optional" in part.dataset) || chosen(part)));
      figure.textContent = `${counted.filter(chosen).length} / ${counted.length}`;
    });
  };
  const marked = (part) => {
    const mark = find(".v", links[parts.indexOf(part)]);
    if (mark) mark.dataset.v = chosen(part) || "none";
  };
  const judge = (word, index = at) => {
    const radio = find(`.verdicts input[value=${word}]`, parts[index]);
    if (!radio) return false;
    radio.checked = true;
    radio.dispatchEvent(new Event("input", { bubbles: true }));
    radio.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  };
  let pressed; // OK by mouse leads on as the key 1 does
  form?.addEventListener("pointerdown", (event) => (pressed = event.target.closest(".verdicts .ok")));
  form?.addEventListener("change", (event) => {
    if (!event.target.matches(".verdicts input")) return;
    marked(event.target.closest(".part"));
    count();
    if (pressed?.contains(event.target) && parts[at].contains(pressed)) acts.open();
    pressed = undefined;
  });

  // words without a reason are words of one's own
  form?.addEventListener("input", (event) => {
    const why = event.target.closest(".why");
    if (!why || !event.target.matches(".in") || !event.target.value || find(".reasons input:checked", why)) return;
    find(".reasons input[value=own]", why).checked = true;
  });

  const toggle = (button, on) => button?.setAttribute("aria-pressed", String(on));
  const acts = {
    in: () => ((zoom = Math.min(STEPS.length - 1, zoom + 1)), draw()),
    out: () => ((zoom = Math.max(0, zoom - 1)), draw()),
    turn: () => ((turn = (turn + 90) % 360), draw()),
    fit: () => ((zoom = turn = 0), draw()),
    high: () => toggle(find("[data-act=high]"), all(".pic").map((pic) => pic.classList.toggle("high"))[0]),
    two: () => {
      const on = panes[1].hidden;
      byItself = false;
      pair(on);
      const before = current(panes[0])?.dataset.before;
      const other = strip.find((link) => link !== current(panes[0]))?.dataset.paper;
      if (on && (before || !panes[1].dataset.paper)) put(panes[1], before || other);
      draw();
    },
    next: () => step(1),
    prev: () => step(-1),
    open: () => {
      const index = nextOpen();
      if (index !== undefined) show(index);
    },
    ask: () => {
      const link = find(".verdicts .ask", parts[at]);
      if (link) window.location.assign(link.href);
    },
    legend: () => {
      const legend = document.getElementById("legend");
      if (legend) legend.hidden = !legend.hidden;
    },
    together: () => {
      parts.forEach((part, index) => {
        if ("equal" in part.dataset && !chosen(part)) judge("ok", index);
      });
      find(".together")?.remove();
    },
    ok: () => {
      if (!judge("ok")) return step(1);
      const index = nextOpen();
      return index === undefined ? undefined : show(index);
    },
    back: () => {
      if (judge("return")) find(".reasons input", parts[at])?.focus();
    },
    // accepting is not open: say what lacks, and lead there
    lacks: () => {
      const lack = find(".not-yet");
      if (!lack || lack.hidden) return;
      live.textContent = lack.textContent.replace(/\s+/g, " ").trim();
      find("button", lack)?.focus();
    },
    undo: () => {
      all(".verdicts input", parts[at]).forEach((radio) => (radio.checked = false));
      parts[at].dispatchEvent(new Event("input", { bubbles: true }));
      marked(parts[at]);
      count();
    },
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (!button || !acts[button.dataset.act]) return;
    if (button.matches(".ask")) return; // a page of its own
    if (button.matches("a")) event.preventDefault();
    acts[button.dataset.act]();
  });

  // --- which parts the list shows ---
  const SHOWN = {
    all: () => true,
    open: (link, part) => needs(part),
    looks: (link) => "looks" in link.dataset,
    changed: (link) => "changed" in link.dataset,
  };
  const only = (name) => {
    all("[data-show]").forEach((button) => toggle(button, button.dataset.show === name));
    links.forEach((link, index) => (link.closest("li").hidden = !SHOWN[name](link, parts[index])));
    const first = links.findIndex((link) => !link.closest("li").hidden);
    if (first >= 0 && !visible(at)) show(first);
  };
  all("[data-show]").forEach((button) => button.addEventListener("click", () => only(button.dataset.show)));

  const KEYS = {
    1: acts.ok, 2: acts.back, 3: acts.ask, u: acts.undo, e: acts.together, j: acts.next, k: acts.prev, g: acts.open,
    n: () => nextPaper(1), p: () => nextPaper(-1), z: acts.in, x: acts.out, r: acts.turn, c: acts.high, v: acts.two, 0: acts.fit,
    "?": acts.legend, a: acts.lacks,
  };
  const typing = (target) => target.matches("input:not([type=radio], [type=checkbox]), textarea, select");
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      document.getElementById("legend")?.setAttribute("hidden", "");
      if (typing(event.target) && !event.isComposing) event.target.blur(); // keys act again
    }
    if (document.body.dataset.keys === "off" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.defaultPrevented || typing(event.target) || !KEYS[event.key]) return;
    event.preventDefault();
    KEYS[event.key]();
  });
  window.addEventListener("resize", draw);
  if (panes.length && strip.length) put(panes[0], strip[0].dataset.paper);
  if (panes.length && document.body.classList.contains("desk-photo")) {
    const beside = strip.find((link) => link.dataset.paper.startsWith("admin_id") || link.dataset.paper.startsWith("lead_id"));
    const photo = strip.find((link) => link.dataset.paper.startsWith("photo"));
    if (photo) put(panes[0], photo.dataset.paper);
    if (beside) put(panes[1], beside.dataset.paper);
    acts.two();
  }
  // --- the rules of a photo ---
  let ruled = Math.max(0, rules.findIndex((rule) => !met(rule)));
  const atRule = (index) => {
    ruled = Math.max(0, Math.min(rules.length - 1, index));
    rules.forEach((rule, n) => rule.classList.toggle("now", n === ruled));
    rules[ruled].scrollIntoView({ block: "nearest" });
  };
  const judgeRule = (word) => {
    const radio = find(`input[value=${word}]`, rules[ruled]);
    radio.checked = true;
    radio.dispatchEvent(new Event("input", { bubbles: true }));
    radio.dispatchEvent(new Event("change", { bubbles: true }));
    live.textContent = find(".rule", rules[ruled]).textContent + colon + radio.closest("label").textContent.trim();
    atRule(ruled + 1);
  };
  if (rules.length && form) {
    Object.assign(KEYS, { 1: () => judgeRule("ok"), 2: () => judgeRule("return"), j: () => atRule(ruled + 1), k: () => atRule(ruled - 1) });
    form.addEventListener("change", (event) => {
      const rule = event.target.closest(".rules li");
      if (!rule) return;
      atRule(rules.indexOf(rule));
      count();
    });
    atRule(ruled);
  }

  const first = window.location.hash ? at : parts.findIndex(needs);
  show(first < 0 ? 0 : first, false);
});
