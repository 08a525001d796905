// Ticks by the minute in the last hour, by the server's clock; before that the page's own words stand.
document.querySelectorAll("[data-countdown]").forEach((place) => {
  const HOUR = 3600000;
  const ends = Date.parse(place.dataset.countdown);
  const ahead = Date.parse(place.dataset.now) - Date.now();
  const draw = () => {
    const left = ends - (Date.now() + ahead);
    if (left > HOUR) return;
    const minutes = Math.floor(left / 60000);
    if (left <= 0) {
      place.textContent = place.dataset.over;
      window.clearInterval(timer);
      return;
    }
    if (minutes === 0) {
      place.textContent = place.dataset.less;
      return;
    }
    place.textContent = minutes === 1 ? place.dataset.one : place.dataset.many.replace("{n}", String(minutes));
  };
  const timer = window.setInterval(draw, 15000);
  draw();
});
// The reader's own time beside Beijing time, for readers whose clock differs.
const [OPENS, CLOSES] = document.documentElement.lang.startsWith("zh") ? ["（", "）"] : [" (", ")"];
document.querySelectorAll("time[data-local]").forEach((time) => {
  const at = new Date(time.dateTime);
  const own = { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short" };
  if (at.getTimezoneOffset() !== -480) time.after(OPENS + at.toLocaleString(document.documentElement.lang, own) + CLOSES);
});
