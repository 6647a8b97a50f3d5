// Put what changed into the page as it comes, and have my orders asked for when they changed;
// where nothing comes live, ask for both from time to time.
const root = document.querySelector("[data-live]");
const state = root.querySelector("[data-live-state]");
const ASK_MS = 5000;
// An address is good for ten minutes: the session must be seen again for the next.
const RENEW_MS = 480_000;
const RETRY_MS = 30_000;
let address = root.dataset.live;
let renewedAt = Date.now();
let seen = "";
let source = null;
let asking = null;
let renewing = null;
const stale = new Set();

function tell(name) {
  document.body.dispatchEvent(new CustomEvent(name));
}

function put({ book, parts }) {
  for (const [name, html] of Object.entries(parts)) {
    for (const place of root.querySelectorAll(`[data-book="${book}"] [data-part="${name}"]`)) {
      place.innerHTML = html;
    }
  }
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
  tell("orders:changed");
  for (const place of root.querySelectorAll("[data-parts]")) {
    try {
      const answer = await fetch(place.dataset.parts, { headers: { Accept: "application/json" } });
      if (answer.ok) put(await answer.json());
    } catch {
      // The network is away; the next round asks again.
    }
  }
}

async function renew() {
  if (document.hidden) return;
  try {
    const answer = await fetch(root.dataset.again, { headers: { Accept: "application/json" } });
    address = (await answer.json()).url;
    renewedAt = Date.now();
    listen();
  } catch {
    // Signed out, or the network is away: meanwhile the page asks.
    renewLater(RETRY_MS);
  }
}

function renewLater(milliseconds) {
  clearTimeout(renewing);
  renewing = setTimeout(renew, milliseconds);
}

function listen() {
  source?.close();
  source = new EventSource(seen ? `${address}?last-event-id=${seen}` : address);
  source.addEventListener("parts", (event) => {
    const told = JSON.parse(event.data);
    seen = event.lastEventId;
    stale.delete(told.book);
    put(told);
    show(!stale.size);
  });
  source.addEventListener("orders", (event) => {
    const { orders } = JSON.parse(event.data);
    seen = event.lastEventId;
    stale.delete(null);
    if (orders === null || orders.length) tell("orders:changed");
    show(!stale.size);
  });
  source.addEventListener("stale", (event) => {
    stale.add(JSON.parse(event.data).book);
    show(false);
  });
  source.onerror = () => {
    show(false);
    if (source.readyState !== EventSource.CLOSED) return;
    renewLater(Date.now() - renewedAt > RENEW_MS ? 0 : RETRY_MS);
  };
  renewLater(Math.max(0, renewedAt + RENEW_MS - Date.now()));
}

// A page nobody sees spends no data.
document.addEventListener("visibilitychange", () => {
  source?.close();
  if (!document.hidden) listen();
});
listen();
