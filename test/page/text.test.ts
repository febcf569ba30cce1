import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'uvu'
import { isShort, matchTerms, searchTerms } from '../../web/src/search-terms.ts'
import { fold, pieces, webUrl } from '../../web/src/text.ts'

const links = (text: string) => pieces(text).flatMap((piece) => (piece.href ? [[piece.text, piece.href]] : []))

// Any text, and texts made of the parts of links.
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

test('the visible text is always the whole text and nothing else', () => {
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

test('every link is http or https', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      for (const [, href] of links(text)) assert.match(href!, /^https?:\/\/[^/]/)
    }),
    { numRuns: 2000 },
  )
})

test('a fold never splits a character', () => {
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

test('URLs, handles and tags are linked', () => {
  assert.deepEqual(links('See https://example.org/a?b=c#d, @Some_One and #späte_Äpfel2!'), [
    ['https://example.org/a?b=c#d', 'https://example.org/a?b=c#d'],
    ['@Some_One', 'https://x.com/Some_One'],
    ['#späte_Äpfel2', 'https://x.com/hashtag/sp%C3%A4te_%C3%84pfel2'],
  ])
})

test('punctuation that ends a sentence is not part of a URL, a bracket opened inside it is', () => {
  for (const [text, url] of [
    ['(https://example.org/a)', 'https://example.org/a'],
    ['https://example.org/a_(b)', 'https://example.org/a_(b)'],
    ['(see https://example.org/a_(b)).', 'https://example.org/a_(b)'],
    ['https://example.org/!?', 'https://example.org/'],
    ['“https://example.org/a”', 'https://example.org/a'],
  ])
    assert.equal(links(text!)[0]![0], url, text)
})

test('what only looks like a link is not linked', () => {
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

test('a hostile text of 200,000 characters is parsed quickly', () => {
  for (const part of ['@', '#', 'https://', 'https://a.b/(', '@a', '#a', '((((', 'https://x.y/).).', 'a@', '.'])
    for (const text of [part.repeat(200_000 / part.length), `https://a.b/${')'.repeat(200_000)}`]) {
      // The CPU time of this process, which a busy machine does not change.
      const start = process.cpuUsage()
      pieces(text)
      fold(text)
      const { user, system } = process.cpuUsage(start)
      assert.ok(user + system < 2_000_000, part)
    }
})

test('short texts are not folded; long ones fold at a space or a line', () => {
  assert.equal(fold('short'), undefined)
  assert.equal(fold('a\n'.repeat(13)), undefined)
  assert.equal(fold('a\n'.repeat(40)), 19)
  const text = 'word '.repeat(400)
  assert.equal(text.slice(0, fold(text)).at(-1), 'd')
})

test('only http and https URLs are accepted', () => {
  for (const text of ['javascript:alert(1)', 'data:text/html,x', '//example.org', 'ftp://example.org', ''])
    assert.equal(webUrl(text), undefined)
  assert.equal(webUrl('https://x.com/a/status/1'), 'https://x.com/a/status/1')
})

test('search terms are parsed as the API parses them', () => {
  assert.deepEqual(searchTerms('Fog "Paper Moth" -kites -"two words" "open'), ['fog', 'paper moth', 'open'])
  assert.deepEqual(searchTerms('  '), [])
})

test('terms are marked where the API finds them: short ones only where words begin', () => {
  const marked = (q: string, text: string) => [...text.matchAll(matchTerms(searchTerms(q)))].map(({ index }) => index)
  assert.deepEqual(marked('ai', 'rain AI #aims x_ai 雨ai ai'), [5, 9, 16, 20, 23])
  assert.deepEqual(marked('rain', 'train rain'), [1, 6])
  assert.deepEqual(marked('雨', '大雨 雨'), [1, 3])
  assert.deepEqual(marked('#a', 'b#a #ab'), [1, 4])
  assert.deepEqual(marked('"a b"', 'a b la b'), [0])
  assert.deepEqual(['ai', 'a b', 'a雨', 'абв', 'x.yz'].map(isShort), [true, true, true, false, true])
  assert.deepEqual(['rain', '2024', '雨', 'ไทย', '👩', '#a'].map(isShort), [false, false, false, false, false, false])
})

test.run()
