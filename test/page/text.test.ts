import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'uvu'
import { searchTerms } from '../../web/src/highlight.ts'
import { fold, pieces, webAddress } from '../../web/src/text.ts'

const links = (text: string) => pieces(text).flatMap((piece) => (piece.href ? [[piece.text, piece.href]] : []))

// Any text, and texts of the parts that links are made of.
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc
    .array(
      fc.oneof(
        fc.constantFrom(
          'https://',
          'http://',
          '@',
          '#',
          '/',
          '.',
          ')',
          '(',
          ' ',
          '\n',
          'x.com',
          '&amp;',
          '<b>',
          'javascript:',
          '\u202e',
          '👩‍👩‍👧',
          '\ud800',
        ),
        fc.string({ maxLength: 8 }),
      ),
      { maxLength: 40 },
    )
    .map((parts) => parts.join('')),
)

test('the visible text is always the whole text, and only it', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      assert.equal(
        pieces(text)
          .map((piece) => piece.text)
          .join(''),
        text,
      )
    }),
    { numRuns: 2000 },
  )
})

test('no link leads anywhere but to the web', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      for (const [, href] of links(text)) assert.match(href!, /^https?:\/\/[^/]/)
    }),
    { numRuns: 2000 },
  )
})

test('a fold is a beginning of the text that cuts no character apart', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 0, maxLength: 2000 }), (text) => {
      const cut = fold(text)
      if (cut === undefined) return
      assert.ok(cut > 0 && cut < text.length)
      assert.doesNotMatch(text.slice(0, cut), /[\ud800-\udbff]$/)
    }),
    { numRuns: 300 },
  )
})

test('addresses, handles and tags are found', () => {
  assert.deepEqual(links('See https://example.org/a?b=c#d, @Some_One and #späte_Äpfel2!'), [
    ['https://example.org/a?b=c#d', 'https://example.org/a?b=c#d'],
    ['@Some_One', 'https://x.com/Some_One'],
    ['#späte_Äpfel2', 'https://x.com/hashtag/sp%C3%A4te_%C3%84pfel2'],
  ])
})

test('the end of a sentence is not part of an address, a bracket of its own is', () => {
  for (const [text, address] of [
    ['(https://example.org/a)', 'https://example.org/a'],
    ['https://example.org/a_(b)', 'https://example.org/a_(b)'],
    ['(see https://example.org/a_(b)).', 'https://example.org/a_(b)'],
    ['https://example.org/!?', 'https://example.org/'],
    ['“https://example.org/a”', 'https://example.org/a'],
  ])
    assert.equal(links(text!)[0]![0], address, text)
})

test('what only looks like a link is none', () => {
  for (const text of [
    'me@example.org',
    'a#b',
    '#1',
    '@',
    '#',
    'javascript:alert(1)',
    'https://',
    'http://[',
    'x&#39;s',
    '@a@b.example',
    'example.org',
  ])
    assert.deepEqual(links(text), [], text)
})

test('a hostile text of 200,000 characters is read in a moment', () => {
  for (const part of ['@', '#', 'https://', 'https://a.b/(', '@a', '#a', '((((', 'https://x.y/).).', 'a@', '.'])
    for (const text of [part.repeat(200_000 / part.length), `https://a.b/${')'.repeat(200_000)}`]) {
      // The time of this process alone: a busy machine adds none.
      const start = process.cpuUsage()
      pieces(text)
      fold(text)
      const { user, system } = process.cpuUsage(start)
      assert.ok(user + system < 2_000_000, part)
    }
})

test('short texts stay whole; long ones and those of many lines fold at a space or a line', () => {
  assert.equal(fold('short'), undefined)
  assert.equal(fold('a\n'.repeat(13)), undefined)
  assert.equal(fold('a\n'.repeat(40)), 19)
  const text = 'word '.repeat(400)
  assert.equal(text.slice(0, fold(text)).at(-1), 'd')
})

test('only addresses of the web are addresses', () => {
  for (const text of ['javascript:alert(1)', 'data:text/html,x', '//example.org', 'ftp://example.org', ''])
    assert.equal(webAddress(text), undefined)
  assert.equal(webAddress('https://x.com/a/status/1'), 'https://x.com/a/status/1')
})

test('the terms of a search are read as the API reads them', () => {
  assert.deepEqual(searchTerms('Fog "Paper Moth" -kites -"two words" "open'), ['fog', 'paper moth', 'open'])
  assert.deepEqual(searchTerms('  '), [])
})

test.run()
