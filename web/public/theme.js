// Runs before the first paint: a light or dark theme the reader chose; without one, the system's counts.
try {
  const theme = localStorage.getItem('xmonitor.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {}
