import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { GenericContainer, getContainerRuntimeClient, Network, type StartedTestContainer, Wait } from 'testcontainers'
import { PROJECT } from '../../tooling/lib/project.ts'
import { type Compose, readCompose, type Service } from './compose.ts'
import { SECRET } from './flow.ts'

/** In the order of depends_on; each is healthy, or has succeeded, before the next one starts. */
const ORDER = ['postgres', 'dbmate', 'password', 'postgrest', 'nginx']

const POSTGREST_PORT = 3000

const ENVIRONMENT = {
  POSTGRES_PASSWORD: 'owner-of-a-throwaway',
  AUTHENTICATOR_PASSWORD: `login of a "throwaway"`,
  PGRST_JWT_SECRET: SECRET,
  GRAFANA_PASSWORD: 'not used here',
}

/** Why containers cannot run here; undefined if they can. */
export async function whyNoContainers(): Promise<string | undefined> {
  try {
    await getContainerRuntimeClient()
    return undefined
  } catch (error) {
    return `no container engine answers (${(error as Error).message})`
  }
}

/** The stack of compose.yaml without compose: the same images, settings, mounts and limits, on other ports. */
export async function startContainers() {
  const compose = readCompose(ENVIRONMENT)
  const network = await new Network().start()
  const started = new Map<string, StartedTestContainer>()
  const stop = async () => {
    for (const container of [...started.values()].reverse()) await container.stop()
    await network.stop()
  }
  try {
    for (const name of ORDER) {
      const container = new FromCompose(name, compose).withNetwork(network)
      started.set(name, await container.start())
    }
  } catch (error) {
    await stop()
    throw error
  }

  const [nginx, postgres] = [started.get('nginx')!, started.get('postgres')!]
  const owner = new URL(`postgres://postgres@${postgres.getHost()}:${postgres.getMappedPort(5432)}/xmonitor`)
  owner.password = ENVIRONMENT.POSTGRES_PASSWORD
  return {
    url: `http://${nginx.getHost()}:${nginx.getMappedPort(8080)}`,
    databaseUrl: owner.href,
    stop,
    /** Starts another PostgREST, on another database of the same server, and returns its URL. */
    async postgrestOn(database: string): Promise<string> {
      const container = await new FromCompose('postgrest', compose, database)
        .withEnvironment({ PGDATABASE: database })
        .withExposedPorts(POSTGREST_PORT)
        .withNetwork(network)
        .start()
      started.set(database, container)
      return `http://${container.getHost()}:${container.getMappedPort(POSTGREST_PORT)}`
    },
    /** Stops one container, does the work, and starts it again. */
    async without(name: string, work: () => Promise<void>) {
      const { container } = await getContainerRuntimeClient()
      const one = container.getById(started.get(name)!.getId())
      await container.stop(one, { timeout: 10_000 })
      try {
        await work()
      } finally {
        await container.start(one)
      }
    },
  }
}

/** The container for one service of compose.yaml. Exported for the test that checks what it requests from Docker. */
export class FromCompose extends GenericContainer {
  constructor(name: string, compose: Compose, alias = name) {
    const service = compose.services[name]!
    super(service.image)
    this.withNetworkAliases(alias)
    this.withEnvironment({ ...filesOf(service), ...service.environment })
    if (service.entrypoint) this.withEntrypoint(service.entrypoint)
    if (service.command) this.withCommand(service.command)
    if (service.user) this.withUser(service.user)
    this.withTmpFs(Object.fromEntries((service.tmpfs ?? []).map(split)))
    this.withBindMounts(mountsOf(service))
    this.withExposedPorts(...(service.ports ?? []).map((port) => Number(port.split(':')[2])))
    this.withDroppedCapabilities(...(service.cap_drop ?? []))
    this.hostConfig.ReadonlyRootfs = service.read_only ?? false
    this.hostConfig.SecurityOpt = service.security_opt ?? []
    this.hostConfig.Memory = bytes(service.mem_limit!)
    this.hostConfig.PidsLimit = service.pids_limit!
    if (service.shm_size) this.withSharedMemorySize(bytes(service.shm_size))
    this.withStartupTimeout(120_000)
    if (service.healthcheck) {
      // More often than in production: the test waits for it.
      const test = service.healthcheck.test as ['CMD', ...string[]]
      this.withHealthCheck({ test, interval: 500, timeout: 3000, retries: 120 })
      this.withWaitStrategy(Wait.forHealthCheck())
    } else {
      this.withWaitStrategy(Wait.forOneShotStartup())
    }
  }

  /** What is requested from Docker. */
  get request() {
    return { ...this.createOpts, HostConfig: this.hostConfig }
  }
}

function filesOf(service: Service): Record<string, string> {
  const files = (service.env_file ?? []).map((file) => parseEnv(readFileSync(join(PROJECT, file), 'utf8')))
  return Object.assign({}, ...files)
}

/** The folders of the repository; volumes are left out, so their data goes with the container. */
function mountsOf(service: Service) {
  return (service.volumes ?? [])
    .filter((volume) => volume.startsWith('.'))
    .map((volume) => {
      const [source, target, mode] = volume.split(':') as [string, string, 'ro' | undefined]
      return { source: join(PROJECT, source), target, mode: mode ?? ('rw' as const) }
    })
}

function split(mount: string): [path: string, options: string] {
  const colon = mount.indexOf(':')
  return colon < 0 ? [mount, ''] : [mount.slice(0, colon), mount.slice(colon + 1)]
}

function bytes(size: string): number {
  return Number.parseInt(size, 10) * (size.endsWith('g') ? 1024 ** 3 : 1024 ** 2)
}
