// Keeps the page true: hears the ledger's pulse, fetches what has changed, and lays only that over what is shown.
"use strict";

(() => {
  const live = document.getElementById("live");
  const known = new Map([...live.children].map((child) => [child.id, child.outerHTML]));
  let heard = live.dataset.pulse;
  let busy = false;
  let events = null;

  async function refresh() {
    if (busy || heard === live.dataset.pulse) return;
    busy = true;
    try {
      const address = new URL(location.href);
      address.searchParams.set("fragment", "1");
      address.hash = "";
      const answer = await fetch(address, { cache: "no-store" });
      if (!answer.ok) throw new Error(answer.status);
      lay(new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live"));
      setTimeout(again, 700);
    } catch {
      setTimeout(again, 2000);
    }
  }

  function again() {
    busy = false;
    refresh();
  }

  // Children are known by their id; one whose markup is the same stays, with whatever its reader has opened in it.
  function lay(news) {
    const gone = new Map([...live.children].map((child) => [child.id, child]));
    let place = live.firstElementChild;
    for (const child of [...news.children]) {
      const markup = child.outerHTML;
      let shown = gone.get(child.id);
      gone.delete(child.id);
      if (!shown || known.get(child.id) !== markup) {
        const next = document.importNode(child, true);
        if (shown) {
          keepOpen(shown, next);
          if (shown === place) place = place.nextElementSibling;
          shown.remove();
        }
        next.classList.add("changed");
        known.set(child.id, markup);
        shown = next;
      }
      if (shown === place) place = place.nextElementSibling;
      else live.insertBefore(shown, place);
    }
    for (const [id, child] of gone) {
      known.delete(id);
      child.remove();
    }
    live.dataset.pulse = news.dataset.pulse;
  }

  function keepOpen(before, after) {
    const opened = [...before.querySelectorAll("details")].map((one) => one.open);
    after.querySelectorAll("details").forEach((one, number) => {
      one.open = opened[number] ?? one.open;
    });
  }

  // A browser allows one house few connections at once: a tab that nobody sees gives its own back.
  function listen() {
    if (events || document.hidden) return;
    events = new EventSource("/events");
    events.onopen = () => {
      document.documentElement.dataset.pulse = "on";
    };
    events.onmessage = (event) => {
      heard = event.data;
      refresh();
    };
    events.onerror = () => {
      document.documentElement.dataset.pulse = "off";
      if (events.readyState !== EventSource.CLOSED) return;
      events = null;
      setTimeout(listen, 3000);
    };
  }

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) return listen();
    events?.close();
    events = null;
  });
  listen();
})();
