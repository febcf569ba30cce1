const SYNTAX = /[\^$\\.*+?()[\]{}|/]/g

/** Finds any of these texts, whatever their case. */
export const anyOf = (texts: readonly string[], before = '', after = '') =>
  new RegExp(`${before}(?:${texts.map((text) => text.replace(SYNTAX, '\\$&')).join('|')})${after}`, 'giu')
