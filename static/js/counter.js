// Counts the characters of a text with a limit: to the eye at once, to screen readers politely and only near the limit.
document.querySelectorAll("[data-counter]").forEach((input) => {
  const NEAR = 20;
  const most = Number(input.dataset.counter);
  const seen = document.createElement("p");
  const heard = document.createElement("p");
  seen.className = "counter";
  seen.setAttribute("aria-hidden", "true");
  heard.className = "sr";
  heard.setAttribute("role", "status");
  input.after(seen, heard);
  let pause = 0;
  const draw = () => {
    const number = [...input.value].length;
    seen.textContent = `${number} / ${most}`;
    seen.classList.toggle("is-over", number > most);
    window.clearTimeout(pause);
    if (most - number > NEAR) return;
    pause = window.setTimeout(() => (heard.textContent = seen.textContent), 1000);
  };
  input.addEventListener("input", draw);
  draw();
});
