import type { Registry } from './registry.ts'

// biome-ignore lint/suspicious/noExplicitAny: JSON as AWS shapes it
export type Json = any

export type State = {
  /** `region/name` */
  stacks: Record<string, Json>
  builds: Record<string, { end: string; moments: number; input: Json }>
  /** The versions of objects in S3, by id. */
  versions: Record<string, { object: string; content: Uint8Array }>
  /** Whether buckets keep versions. */
  versioning: boolean
  logGroups: Record<string, { days?: number }>
  jobs: number
  /** How Amplify's next jobs end. */
  jobEnd: string
  /** What the outputs of these names are, in any stack. */
  outputs: Record<string, string>
  /** Calls that are refused once, by the beginning of `service operation subject`. */
  faults: Record<string, string>
  /** Stacks whose next change fails, with the reason. */
  failing: Record<string, string>
  /** Stacks whose next change set early validation refuses, with what describe-events tells. */
  invalid: Record<string, { ValidationPath: string; ValidationStatusReason: string }>
  /** Services whose service-linked role exists. */
  linked: string[]
  /** How the next runs of CodeBuild end. */
  failingBuilds: string[]
  /** Resources that a change replaces. */
  replaced: string[]
  configuredRegion: string
}

export type Call = { args: string[]; service: string; operation: string; input: Json }

/** What a service knows of a call. */
export type Request = Call & {
  cloud: Cloud
  /** Where the command was called. */
  cwd: string

  state: State
  region: string
  refuse: (code: string, text: string) => never
}

export type Cloud = {
  dir: string
  registry: Registry
  state: State
  calls: Call[]
  /** `service operation subject` of the calls since the last look. */
  names: () => string[]
  stop: () => Promise<void>
}

export const SECRETS = { registry: 'SECRET-of-the-registry', upload: 'SECRET-signature' }
