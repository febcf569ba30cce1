import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { glob } from 'zx'
import { makeFolder } from '../files.ts'
import { PROJECT } from '../project.ts'
import type { Aws } from './aws.ts'
import { runBuild } from './builds.ts'
import { zipFiles } from './zip.ts'

/** The files the runner needs. Nothing else leaves this machine, least of all .env. */
const SOURCES = ['package.json', 'package-lock.json', 'tsconfig.json', 'db/**', 'tooling/**', 'infra/**']

export type Source = {
  /** Where CodeBuild finds the repository: bucket/key. */
  location: string
  /** The key of the packed dependencies. */
  dependencies: string
}

/** Uploads the repository and packs its dependencies for the runner, unless they are there already. */
export async function uploadSource(aws: Aws, outputs: Record<string, string>, folder: string): Promise<Source> {
  const bucket = outputs.Bucket!
  const archive = await packedSource()
  const key = `source/${hash(archive)}.zip`
  if (!(await exists(aws, bucket, key))) {
    makeFolder(folder)
    const file = join(folder, 'source.zip')
    writeFileSync(file, archive)
    await aws.text('s3', 'cp', file, `s3://${bucket}/${key}`, '--no-progress')
  }
  // Binaries among them fit the image they were installed on.
  const lock = hash(readFileSync(join(PROJECT, 'package-lock.json')))
  const image = outputs.Image!.replace(/[^\w.]+/g, '-')
  const source = { location: `${bucket}/${key}`, dependencies: `dependencies/${image}/${lock}.tgz` }
  if (!(await exists(aws, bucket, source.dependencies)))
    await runBuild(aws, outputs.DependenciesProject!, {
      source: source.location,
      buildspec: 'infra/buildspec/dependencies.yml',
      variables: { DEPENDENCIES: source.dependencies },
    })
  return source
}

/** The repository's files for the runner, as one zip. */
export async function packedSource(): Promise<Uint8Array> {
  const names = await glob(SOURCES, { cwd: PROJECT, gitignore: true })
  return zipFiles(PROJECT, names)
}

async function exists(aws: Aws, bucket: string, key: string): Promise<boolean> {
  return (await aws.find('s3api', 'head-object', { Bucket: bucket, Key: key })) !== undefined
}

function hash(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 32)
}
