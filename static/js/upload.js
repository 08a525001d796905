// A picture before it is sent: taken, chosen, dropped or pasted; seen, turned and made smaller on this device; sent with
// its progress, and again when the line breaks. Without script the file field and its button do it all.
(() => {
  const ui = document.getElementById("upload-ui");
  if (!ui) return;
  const LARGE = 1500000; // bytes; below that a picture travels as it is
  const QUALITIES = [0.85, 0.75, 0.6]; // small print stays readable; the next one only where the server's limit asks for it
  const SEEN = 900;
  const STALLED = 30000;
  const WAITS = [2, 5, 10, 20, 30]; // seconds
  const MEGABYTE = 1048576;
  const words = ui.dataset;
  const unsent = new Set();
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const megabytes = (bytes) => Math.max(bytes / MEGABYTE, 0.1).toFixed(1);
  const pageOf = (text) => new DOMParser().parseFromString(text, "text/html");

  const opened = async (file) => {
    try {
      return await createImageBitmap(file, { imageOrientation: "from-image" });
    } catch (error) {
      return null; // a kind of picture that this browser does not show
    }
  };
  // turned by quarters, on white, at most `longest` on its longer side and never larger than it is
  const draw = (bitmap, turns, longest, canvas) => {
    const scale = Math.min(1, longest / Math.max(bitmap.width, bitmap.height));
    const [wide, high] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * scale)));
    [canvas.width, canvas.height] = turns % 2 ? [high, wide] : [wide, high];
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.imageSmoothingQuality = "high";
    pen.translate(canvas.width / 2, canvas.height / 2);
    pen.rotate((turns * Math.PI) / 2);
    pen.drawImage(bitmap, -wide / 2, -high / 2, wide, high);
    return canvas;
  };
  // some browsers give back noise for what was drawn: then nothing drawn here is sent
  const isTrue = () => {
    const pen = document.createElement("canvas").getContext("2d");
    pen.fillStyle = "#3c78b4";
    pen.fillRect(0, 0, 4, 4);
    const seen = pen.getImageData(1, 1, 1, 1).data;
    return [60, 120, 180].every((level, at) => Math.abs(seen[at] - level) < 4);
  };
  const encoded = (canvas, quality) => new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
  const smaller = async ({ file, bitmap, turns }, input) => {
    const longest = Number(input.dataset.longest);
    const isLarge = file.size > LARGE || Math.max(bitmap?.width, bitmap?.height) > longest;
    if (!bitmap || !(turns || isLarge) || !isTrue()) return file;
    const canvas = draw(bitmap, turns, longest, document.createElement("canvas"));
    for (const quality of QUALITIES) {
      const made = await encoded(canvas, quality);
      if (!made || (!turns && made.size >= file.size)) return file;
      if (made.size <= Number(input.dataset.bytes)) return new File([made], file.name.replace(/\.\w+$/, "") + ".jpg", { type: made.type });
    }
    return file;
  };

  // what an answer brings besides the slot itself: further sides, what is left, the form that comes next
  const renew = (page, fresh) => {
    let last = [...fresh.parentElement.querySelectorAll(":scope > .slot[id]")].pop();
    page.getElementById(fresh.id).parentElement.querySelectorAll(".slot[id]").forEach((part) => {
      if (document.getElementById(part.id)) return;
      last.after(part);
      last = part;
      part.dispatchEvent(new Event("renewed", { bubbles: true }));
    });
    document.querySelectorAll("[data-renewed]").forEach((part) => {
      const now = page.getElementById(part.id);
      if (now) part.replaceWith(now);
    });
  };

  // the further ones of several pictures go to the places that still wait for one, in their order; returns what is left
  const spread = (form, files) => {
    const all = [...document.querySelectorAll("form[data-upload].is-live")];
    const at = all.indexOf(form);
    const open = [...all.slice(at + 1), ...all.slice(0, at)].filter((each) => each.dataset.state === "choose" && !each.closest("details"));
    open.slice(0, files.length).forEach((each, index) => each.dispatchEvent(new CustomEvent("picture", { detail: files[index] })));
    return files.slice(open.length);
  };

  const enhance = (form) => {
    const input = form.querySelector("input[data-longest]");
    if (!input || "again" in form.dataset) return;
    form.dataset.again = ""; // this script sends it: the guard against a second press does not count it
    const slot = form.closest(".slot");
    const row = form.dataset.upload; // in a row of the hub: the slot on the page of the document
    const submit = form.querySelector("button:not([type])");
    form.prepend(ui.content.cloneNode(true));
    const part = (name) => form.querySelector(`[data-${name}]`);
    const act = (name) => form.querySelector(`[data-act="${name}"]`);
    const [seen, progress] = [form.querySelector("canvas"), form.querySelector("progress")];
    let chosen = null;
    let request = null;
    let silence = 0;
    let later = 0;

    const say = (text) => (part("said").textContent = text);
    const show = (state) => {
      form.dataset.state = state;
      form.querySelectorAll("[data-for]").forEach((each) => (each.hidden = !each.dataset.for.split(" ").includes(state)));
      submit.hidden = state !== "look";
      if (row) form.hidden = state === "choose" && !part("said").textContent;
      slot.toggleAttribute("data-busy", state !== "choose");
      unsent[state === "choose" ? "delete" : "add"](form);
    };
    const look = () => {
      seen.hidden = act("turn").hidden = !chosen.bitmap;
      if (chosen.bitmap) draw(chosen.bitmap, chosen.turns, SEEN, seen);
      part("facts").textContent = `${chosen.file.name} · ${megabytes(chosen.file.size)} MB`;
    };
    const most = Number(input.dataset.bytes);
    const tooLarge = () => fill(words.large, { max: Math.floor(most / MEGABYTE) });
    // what the server would refuse; some browsers know no kind of some pictures
    const refusal = (file, bitmap) => {
      if (!file.size) return words.empty;
      if (file.type && !file.type.startsWith("image/")) return words.kind;
      return !bitmap && file.size > most ? tooLarge() : "";
    };
    const take = async ([file, ...others], isFirst = true) => {
      if (!file || request || later) return;
      const left = row ? [] : spread(form, others);
      const bitmap = await opened(file);
      const why = refusal(file, bitmap);
      slot.querySelectorAll("details").forEach((fold) => (fold.open = true));
      const rest = left.length ? fill(words.left, { names: left.map((each) => each.name).join(", ") }) : "";
      if (why) {
        say([why, rest].filter(Boolean).join(". "));
        show(form.dataset.state);
        return;
      }
      chosen = { file, bitmap, turns: 0 };
      look();
      say((row && others.length ? words.several : rest) || (bitmap ? "" : words.blind));
      show("look");
      if (isFirst) submit.focus();
    };
    const halt = () => {
      window.clearTimeout(silence);
      window.clearTimeout(later);
      later = 0;
      if (request) request.abort();
      request = null;
    };
    const lost = (file, tries, text) => {
      halt();
      const pause = WAITS[Math.min(tries, WAITS.length - 1)];
      say(fill(text, { n: pause }));
      show("waiting");
      later = window.setTimeout(() => post(file, tries + 1), pause * 1000);
      act("now").onclick = () => post(file, tries);
    };
    const leave = (address) => {
      unsent.clear();
      window.location.assign(address);
    };
    const answered = (answer, file, tries) => {
      if (answer.status >= 500 || answer.status === 429) {
        lost(file, tries, words.busy);
        return;
      }
      const page = pageOf(answer.responseText);
      const fresh = page.getElementById(row || slot.id);
      if (answer.status !== 200) {
        halt();
        say(answer.status === 413 ? tooLarge() : words.refused);
        show("look");
      } else if (!fresh) {
        leave(answer.responseURL); // signed out, or the order has moved on
      } else if (row) {
        const why = fresh.matches(".slot-again") ? fresh.querySelector(".slot-reason") : null;
        halt();
        say(why ? why.textContent.trim() : "");
        show("choose");
        if (!why) slot.dispatchEvent(new Event("renew", { bubbles: true }));
      } else {
        unsent.delete(form);
        const now = document.importNode(fresh, true);
        slot.replaceWith(now);
        renew(page, now);
        now.tabIndex = -1;
        now.focus();
        now.dispatchEvent(new Event("renewed", { bubbles: true }));
      }
    };
    const post = (file, tries) => {
      halt();
      show("sending");
      const mine = new XMLHttpRequest();
      request = mine;
      const listen = () => {
        window.clearTimeout(silence);
        silence = window.setTimeout(() => lost(file, tries, words.lost), STALLED);
      };
      const grow = (done, all) => {
        listen();
        const percent = all ? Math.round((100 * done) / all) : 0;
        progress.value = percent;
        part("amount").textContent = `${percent} % · ${fill(words.amount, { done: megabytes(done), all: megabytes(all) })}`;
      };
      mine.upload.onprogress = (event) => grow(event.loaded, event.total);
      mine.onprogress = listen;
      mine.onload = () => {
        window.clearTimeout(silence);
        answered(mine, file, tries);
      };
      mine.onerror = () => lost(file, tries, words.lost);
      const body = new FormData(form);
      body.set("file", file, file.name);
      mine.open("POST", form.action);
      mine.setRequestHeader("X-Requested-With", "fetch"); // messages stay for the page to which this leads
      grow(0, file.size);
      mine.send(body);
    };

    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (form.dataset.state !== "look") return;
      say(words.making);
      show("sending");
      const file = await smaller(chosen, input).catch(() => chosen.file);
      if (form.dataset.state !== "sending") return; // stopped meanwhile
      if (file.size > most) {
        say(tooLarge());
        show("look");
        return;
      }
      say(file === chosen.file ? "" : fill(words.smaller, { all: megabytes(file.size) }));
      post(file, 0);
    });
    input.addEventListener("change", () => {
      take(input.files);
      input.value = ""; // so that the same file can be chosen again
    });
    const choose = (isTaken) => {
      input.toggleAttribute("capture", isTaken);
      if (isTaken) input.setAttribute("capture", "environment");
      input.click();
    };
    act("take").hidden = !window.matchMedia("(pointer: coarse)").matches;
    const first = act(act("take").hidden ? "pick" : "take");
    first.classList.toggle("button-secondary", submit.matches(".button-secondary"));
    if (row) submit.classList.remove("button-secondary"); // once a picture is dropped, this is what is next
    act("take").onclick = () => choose(true);
    act("pick").onclick = () => choose(false);
    act("other").onclick = () => choose(false);
    act("turn").onclick = () => {
      chosen.turns = (chosen.turns + 1) % 4;
      look();
    };
    act("stop").onclick = () => {
      halt();
      say(words.stopped);
      show("look");
    };
    window.addEventListener("online", () => later && act("now").click());
    const over = (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      slot.classList.add("is-over");
    };
    slot.addEventListener("dragenter", over);
    slot.addEventListener("dragover", over);
    slot.addEventListener("dragleave", (event) => slot.contains(event.relatedTarget) || slot.classList.remove("is-over"));
    slot.addEventListener("drop", (event) => {
      slot.classList.remove("is-over");
      take(event.dataTransfer.files);
    });
    slot.addEventListener("paste", (event) => take(event.clipboardData.files));
    form.addEventListener("picture", (event) => take([event.detail], false));
    form.classList.add("is-live"); // the plain field goes out of sight
    show("choose");
    if (input.files.length) input.dispatchEvent(new Event("change")); // chosen while this was still loading
  };

  const enhanceAll = (part) => part.querySelectorAll("form[data-upload]").forEach(enhance);
  // a picture dropped beside its place must not take the page away
  const holdsFiles = (event) => event.dataTransfer.types.includes("Files");
  ["dragover", "drop"].forEach((name) => window.addEventListener(name, (event) => holdsFiles(event) && event.preventDefault()));
  window.addEventListener("beforeunload", (event) => unsent.size && event.preventDefault());
  // the page's own form would leave a chosen picture behind
  const holdUnsent = (event) => {
    const forms = [...unsent].filter((each) => each.isConnected);
    const [form] = forms;
    if (!form || event.defaultPrevented || event.target.id !== "page-form") return;
    const said = forms.map((each) => each.querySelector("[data-said]"));
    if (said.every((each) => each.textContent === words.unsent)) {
      unsent.clear(); // pressed again: without the pictures
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation(); // nothing was sent
    document.dispatchEvent(new Event("stopped"));
    forms.forEach((each) => each.closest("details")?.setAttribute("open", "")); // closed since
    said.forEach((each) => (each.textContent = words.unsent));
    (form.querySelector("button:not([type]):not([hidden])") || form.querySelector('[data-act="stop"]')).focus();
  };
  window.addEventListener("submit", holdUnsent, true);
  document.addEventListener("renewed", (event) => enhanceAll(event.target));
  document.querySelectorAll("[data-with-script]").forEach((part) => (part.hidden = false));
  enhanceAll(document);
})();
