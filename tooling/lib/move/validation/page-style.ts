/** The style of validation.html, for screens in light and dark, and for print. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --text: light-dark(#1b1f24, #e6e8eb);
  --muted: light-dark(#59636e, #9aa4af);
  --line: light-dark(#d5dae0, #3a424b);
  --ok: light-dark(#1a6b38, #6fd08c);
  --fail: light-dark(#b3261e, #ff8a80);
  font: 15px/1.5 system-ui, sans-serif;
}
body { max-width: 75rem; margin: 0 auto; padding: 1.5rem; color: var(--text); background: light-dark(#fff, #15191e); }
header { border-left: 0.4rem solid; padding-left: 1rem; }
header.ok { border-color: var(--ok); }
header.fail { border-color: var(--fail); }
h1 { margin: 0 0 0.5rem; font-size: 1.6rem; line-height: 1.25; }
h2 { margin: 2.5rem 0 0.75rem; font-size: 1.2rem; }
h3 { margin: 1.25rem 0 0.25rem; font-size: 1rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.15rem 1rem; margin: 0; }
dt { color: var(--muted); }
dd { margin: 0; overflow-wrap: anywhere; }
ul { margin: 0; padding-left: 1.25rem; }
.mark { font-weight: 700; }
.mark.ok { color: var(--ok); }
.mark.fail { color: #fff; background: #b3261e; padding: 0 0.35em; border-radius: 0.2em; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 1.25rem 0.3rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; color: var(--muted); }
td:first-child { white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.value { white-space: pre-wrap; overflow-wrap: anywhere; min-width: 14rem; }
footer { margin-top: 3rem; font-size: 0.85rem; color: var(--muted); overflow-wrap: anywhere; }
@media print {
  :root { color-scheme: light; font-size: 9pt; }
  body { max-width: none; padding: 0; }
  .wide { overflow: visible; }
  th, td { padding-right: 0.75rem; }
  td.value { min-width: 9rem; }
  tr, section { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  .mark { print-color-adjust: exact; }
}
`
