// Sets the theme before the first paint, so that no page flashes white, and tells the stylesheets that scripts run.
// Choice: "auto" (default), "light" or "dark".
(() => {
  const key = "regulars-theme";
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    try {
      return localStorage.getItem(key) || "auto";
    } catch {
      return "auto"; // storage is blocked: follow the system
    }
  };
  const apply = () => {
    const choice = chosen();
    const shown = choice === "auto" ? (dark.matches ? "dark" : "light") : choice;
    document.documentElement.dataset.bsTheme = shown;
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
    }
  };
  const choose = (choice) => {
    try {
      localStorage.setItem(key, choice);
    } catch {
      document.documentElement.dataset.bsTheme = choice;
    }
    apply();
  };
  document.documentElement.dataset.scripts = "on";
  apply();
  dark.addEventListener("change", apply);
  document.addEventListener("DOMContentLoaded", apply);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice]");
    if (button) choose(button.dataset.themeChoice);
  });
})();
