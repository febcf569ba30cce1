import { createHash } from 'node:crypto'
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { type Cloud, type Json, type Request, SECRETS } from './types.ts'

// The other services, each as much as tooling/ asks of it. S3 is a folder.

/** What the dependencies build packs. */
const PACKED = 'packed'
const DIGEST = createHash('sha256').update(PACKED).digest('hex')

const fileOf = ({ dir }: Cloud, address: string) => join(dir, address.replace('s3://', 's3/'))

export function s3({ args, operation, cloud, cwd }: Request): void {
  const [source, target] = args
    .slice(2, 4)
    .map((each) => (each.startsWith('s3://') ? fileOf(cloud, each) : resolve(cwd, each)))
  if (operation === 'sync' || args.includes('--recursive')) {
    if (existsSync(source!)) cpSync(source!, target!, { recursive: true })
    return
  }
  mkdirSync(dirname(target!), { recursive: true })
  copyFileSync(source!, target!)
}

export function s3api({ operation, input, args, cloud, cwd, state, refuse }: Request): Json {
  if (operation === 'put-object') {
    const content = readFileSync(resolve(cwd, args[args.indexOf('--body') + 1]!))
    const file = fileOf(cloud, `s3://${input.Bucket}/${input.Key}`)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
    if (!state.versioning) return {}
    const VersionId = `version-${Object.keys(state.versions).length + 1}`
    state.versions[VersionId] = { object: `${input.Bucket}/${input.Key}`, content }
    return { VersionId }
  }
  if (!existsSync(fileOf(cloud, `s3://${input.Bucket}/${input.Key}`))) refuse('404', 'Not Found')
  return { ContentLength: 1 }
}

export function codebuild({ input, operation, state, cloud }: Request): Json {
  if (operation === 'list-builds-for-project') {
    const ids = Object.keys(state.builds).filter((id) => id.startsWith(`${input.projectName}:`))
    return { ids: ids.reverse() }
  }
  if (operation === 'start-build') {
    const id = `${input.projectName}:${Object.keys(state.builds).length + 1}`
    state.builds[id] = { moments: 1, end: state.failingBuilds.shift() ?? 'SUCCEEDED', input }
    return { build: { id, buildStatus: 'IN_PROGRESS' } }
  }
  const [id] = input.ids
  const build = state.builds[id]
  if (!build) return { builds: [] }
  const done = build.moments-- <= 0
  if (done) leave(build, cloud)
  const logs = { groupName: 'group', streamName: 'stream' }
  const exportedEnvironmentVariables = [{ name: 'DIGEST', value: DIGEST }]
  return { builds: [{ id, buildStatus: done ? build.end : 'IN_PROGRESS', logs, exportedEnvironmentVariables }] }
}

/** What a run leaves in the bucket; a move its reports also when it failed. */
function leave({ input, end }: { input: Json; end: string }, cloud: Cloud): void {
  const variables = Object.fromEntries(input.environmentVariablesOverride.map((each: Json) => [each.name, each.value]))
  const write = (key: string, text: string) => {
    const file = fileOf(cloud, `s3://${cloud.state.outputs.Bucket}/${key}`)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  if (end === 'SUCCEEDED' && input.buildspecOverride.endsWith('dependencies.yml'))
    write(`${variables.DEPENDENCIES}/${DIGEST}.tgz`, PACKED)
  if (input.buildspecOverride.endsWith('move.yml') && end !== 'FAULT')
    write(`moves/${variables.MOVE}/reports/validate.json`, JSON.stringify({ end }))
}

export function logs({ operation, input, state, refuse }: Request): Json {
  if (operation === 'get-log-events') return { events: [{ message: 'error: the last line of the run\n' }] }
  const group = state.logGroups[input.logGroupName]
  if (operation === 'put-retention-policy') {
    if (!group) refuse('ResourceNotFoundException', 'The specified log group does not exist.')
    group!.days = input.retentionInDays
    return
  }
  if (group) refuse('ResourceAlreadyExistsException', 'The specified log group already exists')
  state.logGroups[input.logGroupName] = {}
}

export function ecr({ operation, input, cloud, refuse }: Request): Json {
  if (operation === 'get-login-password') return `${SECRETS.registry}\n`
  const [{ imageTag }] = input.imageIds
  const text = cloud.registry.pushed.manifests.get(imageTag)
  if (!text) return refuse('ImageNotFoundException', `The image with imageId ${imageTag} does not exist`)
  const imageDigest = `sha256:${createHash('sha256').update(text).digest('hex')}`
  return { imageDetails: [{ imageDigest, imageTags: [imageTag] }] }
}

export function iam({ input, state, refuse }: Request): Json {
  const { AWSServiceName } = input
  if (state.linked.includes(AWSServiceName))
    refuse(
      'InvalidInput',
      `Service role name AWSServiceRoleFor ${AWSServiceName} has been taken in this account, please try a different suffix.`,
    )
  state.linked.push(AWSServiceName)
  return { Role: { RoleName: AWSServiceName } }
}

export function amplify({ operation, state, input, cloud }: Request): Json {
  if (operation === 'create-deployment') {
    const jobId = String(++state.jobs)
    const zipUploadUrl = `http://${cloud.registry.host}/upload/${jobId}?signature=${SECRETS.upload}`
    return { jobId, fileUploadUrls: {}, zipUploadUrl }
  }
  if (operation === 'start-deployment') return { jobSummary: { jobId: input.jobId, status: 'PENDING' } }
  return { job: { summary: { jobId: input.jobId, status: state.jobEnd }, steps: [] } }
}

export function rds({ operation }: Request): Json {
  const ids = (key: string, ...names: string[]) => names.map((name) => ({ [key]: name }))
  switch (operation) {
    case 'describe-db-snapshots':
      return {
        DBSnapshots: ids(
          'DBSnapshotIdentifier',
          'xmonitor-staging-database-snapshot-instance-1a2b',
          'xmonitor-other-database-snapshot-instance-3c4d',
        ),
      }
    case 'describe-db-cluster-snapshots':
      return { DBClusterSnapshots: [] }
    case 'describe-db-instance-automated-backups':
      return {
        DBInstanceAutomatedBackups: ids('DBInstanceIdentifier', 'xmonitor-staging-database-instance-1a2b', 'mine'),
      }
    case 'describe-db-cluster-automated-backups':
      return { DBClusterAutomatedBackups: [] }
    default:
      throw new Error(`the fake knows no rds ${operation}`)
  }
}
