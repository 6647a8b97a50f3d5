// Put the market's changed parts into the page as they come; where nothing comes live, ask for them.
const root = document.querySelector("[data-live]");
const state = root.querySelector("[data-live-state]");
const ASK_MS = 5000;
let source = null;
let asking = null;
const stale = new Set();

function put({ book, parts }) {
  for (const [name, html] of Object.entries(parts)) {
    for (const place of root.querySelectorAll(`[data-book="${book}"] [data-part="${name}"]`)) {
      place.innerHTML = html;
    }
  }
  document.body.dispatchEvent(new CustomEvent("market:changed"));
}

function show(isLive) {
  state.textContent = isLive ? state.dataset.on : state.dataset.off;
  state.classList.toggle("on", isLive);
  if (isLive) {
    clearInterval(asking);
    asking = null;
  } else if (!asking) {
    asking = setInterval(ask, ASK_MS);
  }
}

async function ask() {
  if (document.hidden) return;
  for (const place of root.querySelectorAll("[data-parts]")) {
    try {
      const answer = await fetch(place.dataset.parts, { headers: { Accept: "application/json" } });
      if (answer.ok) put(await answer.json());
    } catch {
      // The network is away; the next round asks again.
    }
  }
}

function listen() {
  source = new EventSource(root.dataset.live);
  source.addEventListener("parts", (event) => {
    const told = JSON.parse(event.data);
    stale.delete(told.book);
    put(told);
    show(!stale.size);
  });
  source.addEventListener("stale", (event) => {
    stale.add(JSON.parse(event.data).book);
    show(false);
  });
  source.onerror = () => show(false);
}

// A page nobody sees spends no data.
document.addEventListener("visibilitychange", () => {
  source?.close();
  if (!document.hidden) listen();
});
listen();
