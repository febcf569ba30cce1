import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { glob } from 'zx'
import { Failure } from '../errors.ts'
import { makeFolder, readJson, writeJson } from '../files.ts'
import { PROJECT } from '../project.ts'
import type { Aws } from './aws.ts'
import { runBuild, type Source } from './builds.ts'
import { zipFiles } from './zip.ts'

/** The files the runner needs. Nothing else leaves this machine, least of all .env. */
const SOURCES = ['package.json', 'package-lock.json', 'tsconfig.json', 'db/**', 'tooling/**', 'infra/**']

/** Uploads the repository, and packs its dependencies for the runner unless they are there already. The folder remembers which. */
export async function uploadSource(
  aws: Aws,
  outputs: Record<string, string>,
  folder: string,
): Promise<{ source: Source; dependencies: string }> {
  const bucket = outputs.Bucket!
  const archive = await packedSource()
  const key = `source/${hash(archive)}.zip`
  makeFolder(folder)
  const file = join(folder, 'source.zip')
  writeFileSync(file, archive)
  const put = await aws.call<{ VersionId?: string }>(
    's3api',
    'put-object',
    { Bucket: bucket, Key: key },
    '--body',
    file,
  )
  if (!put.VersionId)
    throw new Failure(
      `The bucket ${bucket} does not keep versions of its objects.`,
      'Restore its versioning: npm run deploy -- --only runner',
    )
  const source = { location: `${bucket}/${key}`, version: put.VersionId }
  return { source, dependencies: await packDependencies(aws, outputs, source, folder) }
}

/**
 * The key of the packed dependencies, which are packed unless this machine has done it before and they are still there. The
 * key ends with their digest, which the runner compares: who can write to the bucket cannot have it run something else.
 */
async function packDependencies(
  aws: Aws,
  outputs: Record<string, string>,
  source: Source,
  folder: string,
): Promise<string> {
  // Binaries among them fit the image they were installed on.
  const image = outputs.Image!.replace(/[^\w.]+/g, '-')
  const place = `dependencies/${image}/${hash(readFileSync(join(PROJECT, 'package-lock.json')))}`
  const record = join(folder, 'dependencies.json')
  const known = existsSync(record) ? readJson<{ key: string }>(record, 'deploy').key : ''
  if (known.startsWith(`${place}/`) && (await exists(aws, outputs.Bucket!, known))) return known

  const { exported } = await runBuild(aws, outputs.DependenciesProject!, {
    source,
    buildspec: 'infra/buildspec/dependencies.yml',
    variables: { DEPENDENCIES: place },
  })
  if (!/^[0-9a-f]{64}$/.test(exported.DIGEST ?? ''))
    throw new Failure(
      'The build that packed the dependencies did not report their digest.',
      'Run the command again; the log of the build says what it packed.',
    )
  const packed = `${place}/${exported.DIGEST}.tgz`
  makeFolder(folder)
  writeJson(record, { key: packed })
  return packed
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
