const apply = () => {
  const { dataset } = document.documentElement
  try {
    for (const name of ['theme', 'text', 'rows'])
      dataset[name] = localStorage.getItem(`xmonitor.${name}`) ?? dataset[name] ?? ''
  } catch {}
  for (const bar of document.querySelectorAll('meta[name=theme-color]')) {
    const own = bar.dataset.theme
    bar.media = `(prefers-color-scheme: ${own})`
    if (/light|dark/.test(dataset.theme)) bar.media = dataset.theme === own ? 'all' : 'not all'
  }
}
apply()
addEventListener('storage', apply)
