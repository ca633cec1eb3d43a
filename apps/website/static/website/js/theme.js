// Applies the chosen theme before the page is drawn. Without a choice the system's applies.
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch { /* storage is blocked: the system's theme applies */ }
