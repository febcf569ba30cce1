import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { glob } from 'zx'
import { PROJECT } from '../project.ts'
import type { Aws } from './aws.ts'
import { runBuild } from './builds.ts'
import { zip } from './zip.ts'

/** What the runner needs of the repository; nothing else of the folder leaves this machine, least of all .env. */
const SOURCES = ['package.json', 'package-lock.json', 'tsconfig.json', 'db/**', 'tooling/**', 'infra/**']

export type Source = {
  /** Where CodeBuild finds the repository: bucket/key. */
  location: string
  /** The key of the packed dependencies. */
  dependencies: string
}

/** Puts the repository and its dependencies where the runner finds them; what is there already stays. */
export async function uploadSource(aws: Aws, outputs: Record<string, string>, folder: string): Promise<Source> {
  const bucket = outputs.Bucket!
  const archive = await packedSource()
  const key = `source/${hash(archive)}.zip`
  if (!(await exists(aws, bucket, key))) {
    mkdirSync(folder, { recursive: true })
    const file = join(folder, 'source.zip')
    writeFileSync(file, archive)
    await aws.text('s3', 'cp', file, `s3://${bucket}/${key}`, '--no-progress')
  }
  const lock = hash(readFileSync(join(PROJECT, 'package-lock.json')))
  const source = { location: `${bucket}/${key}`, dependencies: `dependencies/${lock}.tgz` }
  if (!(await exists(aws, bucket, source.dependencies)))
    await runBuild(aws, outputs.DependenciesProject!, {
      source: source.location,
      buildspec: 'infra/buildspec/dependencies.yml',
      variables: { DEPENDENCIES: source.dependencies },
    })
  return source
}

/** The repository's part of that, as one zip. */
export async function packedSource(): Promise<Buffer> {
  const names = await glob(SOURCES, { cwd: PROJECT, gitignore: true })
  return zip(new Map(names.map((name) => [name, readFileSync(join(PROJECT, name))])))
}

async function exists(aws: Aws, bucket: string, key: string): Promise<boolean> {
  return (await aws.find('s3api', 'head-object', { Bucket: bucket, Key: key })) !== undefined
}

function hash(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 32)
}
