import { inside, section, type Template, type Value } from '../template.ts'
import { entriesOf, type Fault, type Found, type Rule, unless } from './rule.ts'

const SECRET = /password|secret|credential/i
/** Not a secret: the count of the passwords' rotations. */
const COUNTER = 'XMONITOR_CREDENTIALS'
/** Properties that hold a secret itself. */
const SECRET_PROPERTIES = ['MasterUserPassword', 'SecretString', 'Password', 'OauthToken', 'AccessToken']

/** No secret is in a template or in a plain variable; a connection to the database requires TLS. */
export const SECRET_RULES: Rule[] = [{ faults: secretFaults }]

function secretFaults({ template, properties }: Found): Fault[] {
  const parameters = section(template, 'Parameters')
  return [...entriesOf(properties)].flatMap(([path, key, value]): Fault[] => {
    if (SECRET_PROPERTIES.includes(key)) {
      const hidden = inside(parameters[String(inside(value, 'Ref'))], 'NoEcho') === true
      const resolved = JSON.stringify(value).includes('{{resolve:secretsmanager:')
      return unless(hidden || resolved, path, 'must come from Secrets Manager or a NoEcho parameter')
    }
    if (/^(Environment|EnvironmentVariables|RuntimeEnvironmentVariables)$/.test(key) && Array.isArray(value))
      return environmentFaults(value).map(([name, message]) => [`${path}.${name}`, message])
    return []
  })
}

function environmentFaults(variables: Value[]): Fault[] {
  const named = new Map(variables.map((each) => [String(inside(each, 'Name')), each]))
  const plain = [...named].filter(
    ([name, each]) => name !== COUNTER && SECRET.test(name) && inside(each, 'Type') !== 'SECRETS_MANAGER',
  )
  const mode = String(inside(named.get('PGSSLMODE'), 'Value'))
  return [
    ...plain.map(([name]): Fault => [name, 'must come from Secrets Manager']),
    ...unless(!named.has('PGHOST') || ['require', 'verify-full'].includes(mode), 'PGSSLMODE', 'must require TLS'),
  ]
}

/** Parameters that hold a secret and would be shown. */
export function parameterFaults(template: Template): Fault[] {
  return Object.entries(section(template, 'Parameters'))
    .filter(([name, parameter]) => SECRET.test(name) && inside(parameter, 'NoEcho') !== true)
    .map(([name]) => [`Parameters.${name}`, 'holds a secret and is not NoEcho'])
}
