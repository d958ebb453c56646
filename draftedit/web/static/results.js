// While a long task is under way, its part of the page is asked for again and put in
// place of the old one. Without this file there is the link "Look again".
const SECONDS = 2;

const lookAgain = async () => {
  const waiting = [...document.querySelectorAll("[data-again]")];
  if (!waiting.length) return;
  // Whoever does not look at the page asks nothing.
  if (!document.hidden) {
    try {
      const answer = await fetch(location.href, { credentials: "same-origin" });
      if (!answer.ok || answer.redirected) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const old of waiting) {
        const now = fresh.getElementById(old.id);
        if (now && !old.contains(document.activeElement)) old.replaceWith(now);
      }
    } catch {
      // The server is away for a moment: it is asked again.
    }
  }
  setTimeout(lookAgain, SECONDS * 1000);
};

setTimeout(lookAgain, SECONDS * 1000);
