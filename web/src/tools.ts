// What stands in the rail or comes in a sheet: loaded together.
export { Shortcuts } from './components/Shortcuts.tsx'
export { Tools } from './components/Tools.tsx'
export { ToolsSheet } from './components/ToolsSheet.tsx'
