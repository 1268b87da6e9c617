(() => {
  const root = document.documentElement, sizes = document.querySelector(".sizes"), copy = document.querySelector(".copy");
  const keep = (size) => { try { localStorage.setItem("size", size); } catch { /* a private window keeps nothing */ } };
  const kept = () => { try { return localStorage.getItem("size"); } catch { return null; } };
  const show = (size) => {
    root.dataset.size = size;
    for (const one of sizes.children) one.setAttribute("aria-pressed", one.dataset.size === size);
  };
  const known = [...sizes.children].some((one) => one.dataset.size === kept());
  if (known) show(kept());
  sizes.hidden = false;
  sizes.addEventListener("click", (event) => {
    const size = event.target.dataset.size;
    if (size) { show(size); keep(size); }
  });
  if (navigator.clipboard) {
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(copy.dataset.link);
      copy.textContent = copy.dataset.done;
    });
  }
})();
