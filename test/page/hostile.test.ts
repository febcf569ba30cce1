import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { decodeEntities } from '../../web/src/entities.ts'
import { eventually, pageSuite, SIZES, stableScroll } from './stage.ts'

const { test, run } = pageSuite('hostile posts')

const HTML = `<script>window.pwned = 1</script><img src=x onerror="window.pwned = 1"><b>bold</b> &amp; <svg onload=pwned=1>`
const BODIES: [name: string, body: string | null][] = [
  ['html', `${HTML} javascript:alert(1) [a](javascript:alert(1)) data:text/html,<script>pwned=1</script>`],
  ['long', 'All work and no play. '.repeat(9091).slice(0, 200_000)],
  ['endless', 'w'.repeat(5000)],
  ['rtl', 'مرحبا بالعالم https://example.org/مسار و @someone\nשלום עולם #שלום'],
  ['override', '\u202Egnp.exe\u202C ends here \u2066 and here'],
  ['emoji', '👩‍👩‍👧‍👦🏳️‍🌈🎉'.repeat(60)],
  ['accents', `Z${'\u0338\u0321\u0322\u0348\u032b'.repeat(20)}`.repeat(10)],
  ['lines', 'line\n'.repeat(400)],
  ['empty', ''],
  ['none', null],
  ['links', `https://example.org/${'a'.repeat(1900)} http://[bad https://user:pass@example.org/ HTTPS://EXAMPLE.ORG/x`],
]

test('they run no script, break no layout, and show every character', async (stage) => {
  for (const [i, [name, body]] of BODIES.entries())
    await stage.db.query(
      `insert into posts (status_id, url, author_handle, author_display, body_text, is_significant, significance_reason, likes, views, discovered_at, last_seen_at)
       values ($1, $2, $3, $4, $5, true, $6, 9223372036854775807, 999999999, now() + make_interval(secs => $7), now())`,
      [
        `hostile-${name}/?&#%<"'>`,
        i % 2 ? 'javascript:window.pwned=1' : 'https://x.com/a/status/1',
        name === 'endless' ? 'h'.repeat(400) : `hostile_${name}`,
        name === 'html' ? HTML : name === 'override' ? '\u202Eevil' : 'N'.repeat(name === 'endless' ? 500 : 3),
        body,
        name === 'endless' ? 'r'.repeat(3000) : HTML,
        i,
      ],
    )
  for (const size of ['phone', 'desktop'] as const) {
    const page = await stage.visit('/', { viewport: SIZES[size] })
    for (const [name, body] of BODIES) {
      const post = page.locator(`[id='post-hostile-${name}/?&#%<"\\'>']`)
      await post.scrollIntoViewIfNeeded()
      await stableScroll(page)
      const box = (await post.boundingBox())!
      assert.ok(box.width <= SIZES[size].width && box.height < 1400, `${name}: ${JSON.stringify(box)}`)
      const unfold = post.getByRole('button', { name: /^Show all/ })
      if (size === 'phone' && (await unfold.count())) await unfold.click()
      if (size === 'phone')
        await eventually(async () =>
          assert.equal((await post.locator('.text').allTextContents()).join(), decodeEntities(body ?? '')),
        )
      await post.locator('.when').click()
      await page.locator('.side-panel .facts dd', { hasText: `hostile-${name}/` }).waitFor()
      assert.ok(
        (await page.evaluate(
          () => document.querySelector('.side-panel')!.scrollWidth - document.querySelector('.side-panel')!.clientWidth,
        )) <= 0,
        name,
      )
      await page.keyboard.press('Escape')
      await page.waitForURL((url) => !url.search.includes('post='))
    }
    assert.ok(
      await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
      `${size}: the page scrolls sideways`,
    )
    assert.equal(
      await page.locator('.text', { hasText: 'مرحبا' }).evaluate((text) => getComputedStyle(text).direction),
      'rtl',
    )
    await eventually(async () => assert.equal(await page.locator('.side-panel[aria-label=Post]').count(), 0))
    const hrefs = await page.$$eval('.text a, a.on-x', (links) => links.map((link) => (link as HTMLAnchorElement).href))
    assert.ok(hrefs.length > 5)
    for (const href of hrefs) assert.match(href, /^https?:\/\//)
    assert.equal(await page.evaluate(() => (window as unknown as { pwned?: number }).pwned), undefined)
  }
})

test('no text becomes a script, even if the page tried', async (stage) => {
  const page = await stage.visit('/')
  // Once the page's own policy is in place, no other one can take its name.
  await page.waitForFunction('trustedTypes.defaultPolicy !== null')
  const run = await page.evaluate(async () => {
    const here = globalThis as unknown as {
      pwned?: number
      trustedTypes: { createPolicy(name: string, rules: object): object }
    }
    const script = () => document.head.appendChild(document.createElement('script'))
    const attempts: Record<string, () => unknown> = {
      html: () => {
        document.body.appendChild(document.createElement('div')).innerHTML = '<img src=x onerror="pwned=1">'
      },
      text: () => {
        script().text = 'pwned=1'
      },
      frame: () => {
        document.body.appendChild(document.createElement('iframe')).srcdoc = '<script>parent.pwned=1</script>'
      },
      policy: () => here.trustedTypes.createPolicy('other', {}),
      'the same policy': () => here.trustedTypes.createPolicy('default', { createHTML: (html: string) => html }),
    }
    const done = Object.entries(attempts).filter(([, attempt]) => {
      try {
        attempt()
        return true
      } catch (error) {
        return !(error instanceof TypeError)
      }
    })
    // The page's policy knows one address, whatever is asked for.
    const source = script()
    source.src = 'data:text/javascript,pwned=1'
    // Without Trusted Types: what the Content-Security-Policy refuses by itself.
    document.body.appendChild(document.createElement('a')).setAttribute('href', 'javascript:pwned=1')
    document.querySelector<HTMLAnchorElement>('a[href^=javascript]')!.click()
    script().append('pwned=1')
    await new Promise((done) => setTimeout(done, 100))
    return { done: done.map(([name]) => name), source: source.getAttribute('src'), pwned: here.pwned }
  })
  assert.deepEqual(run, { done: [], source: '/sw.js', pwned: undefined })
  await eventually(async () => assert.ok(stage.complaints.length >= 6, stage.complaints.join('\n')))
  stage.complaints.splice(0)
})

test('no cell of the CSV is a formula for a spreadsheet, and nothing else in it is changed', async (stage) => {
  const texts = ['=1+1', '+1', '-1', '@someone hi', '=HYPERLINK("https://example.org", "a")', 'a,=1\n=2 "=3"', "'"]
  for (const [at, text] of texts.entries())
    await stage.db.query(
      `insert into posts (status_id, url, author_handle, body_text, discovered_at, last_seen_at)
       values ($1, 'u', 'formula', $2, now(), now())`,
      [`formula-${at}`, text],
    )
  const page = await stage.visit('/?handle=formula')
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download as CSV' }).click()
  const csv = readFileSync(await (await download).path(), 'utf8')
  const cells = Array.from(csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(?:,|\n|$)/g), ([, quoted, plain]) =>
    quoted === undefined ? plain! : quoted.replaceAll('""', '"'),
  )
  for (const text of texts) assert.ok(cells.includes(/^[=+@-]/.test(text) ? `'${text}` : text), `${text}\n${csv}`)
  assert.ok(!cells.some((cell) => /^[=+@-]/.test(cell)), csv)
})

run()
