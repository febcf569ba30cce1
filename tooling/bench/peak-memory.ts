import { writeFileSync } from 'node:fs'

// Loaded before a command that the bench measures: leaves the peak of its resident memory, in KiB.
process.once('exit', () => writeFileSync(process.env.BENCH_PEAK!, String(process.resourceUsage().maxRSS)))
