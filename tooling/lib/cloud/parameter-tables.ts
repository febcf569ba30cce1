import { isSection, type Section, section, type Template } from './template.ts'

// The README of the templates lists their parameters and outputs between two comments; npm run templates writes the lists.
//
//     <!-- From network.yaml (npm run templates) -->
//     <!-- End of network.yaml -->

const TABLE = /^<!-- From ([\w-]+)\.yaml \(npm run templates\) -->\n[\s\S]*?^<!-- End of \1\.yaml -->$/gm

/** The README's text with the tables of the templates as they are now. */
export function refreshTables(text: string, templates: Template[]): string {
  return text.replace(TABLE, (_, name: string) => {
    const template = templates.find((each) => each.name === name)
    if (!template) throw new Error(`there is no template ${name}`)
    const lines = [...parameterTable(template), ...outputTable(template)]
    return [`<!-- From ${name}.yaml (npm run templates) -->`, ...lines, `<!-- End of ${name}.yaml -->`].join('\n')
  })
}

function parameterTable(template: Template): string[] {
  const rows = entries(template, 'Parameters').map(([name, { Default, Description }]) => {
    const shown = Default === undefined ? '' : Default === '' ? 'empty' : `\`${Default}\``
    return `| \`${name}\` | ${shown} | ${Description} |`
  })
  return ['| parameter | default | |', '| --- | --- | --- |', ...rows]
}

function outputTable(template: Template): string[] {
  const rows = entries(template, 'Outputs').map(
    ([name, { Description, Export }]) => `| \`${name}\` | ${Export ? 'exported' : ''} | ${Description} |`,
  )
  return ['', '| output | | |', '| --- | --- | --- |', ...rows]
}

function entries(template: Template, name: string): [string, Section][] {
  return Object.entries(section(template, name)).flatMap(([id, value]) => (isSection(value) ? [[id, value]] : []))
}
