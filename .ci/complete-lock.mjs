/**
 * Adds to package-lock.json the optional packages of other platforms that npm left out because the registry in
 * use did not have them: without these entries `npm ci` refuses the lock. Run it after `npm install`.
 */
import { readFileSync, writeFileSync } from 'node:fs'

const file = new URL('../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(file, 'utf8'))
const systems = [
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'aix',
  'win32',
]
const processors = {
  arm64: 'arm64',
  aarch64: 'arm64',
  x64: 'x64',
  ia32: 'ia32',
  ppc64: 'ppc64',
  riscv64: 'riscv64',
}
const more = {
  s390x: 's390x',
  loong64: 'loong64',
  mips64el: 'mips64el',
  arm: 'arm',
  armv7: 'arm',
  wasm32: 'wasm32',
}

/** Where the package would be found, as Node looks for it. */
function found(from, name) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (lock.packages[`${folder}${folder === '' ? '' : '/'}node_modules/${name}`]) return true
    if (folder === '' || !folder.includes('/node_modules/'))
      return Boolean(lock.packages[`node_modules/${name}`])
  }
}

function entry(name, version) {
  const words = name
    .split(/[/_.-]/)
    .map((word) =>
      word === 'windows'
        ? 'win32'
        : word.replace(/^(arm)(?:eabi|v\d)?.*/, word.startsWith('arm64') ? 'arm64' : 'arm'),
    )
  const os = systems.filter((system) => words.includes(system))
  const cpu = [...new Set(words.flatMap((word) => processors[word] ?? more[word] ?? []))]
  const libc = words.some((word) => word.startsWith('musl'))
    ? ['musl']
    : words.some((word) => word.startsWith('gnu'))
      ? ['glibc']
      : undefined
  return { version, cpu, dev: true, ...(libc ? { libc } : {}), license: 'MIT', optional: true, os }
}

const added = {}
for (const [place, { optionalDependencies = {}, dev }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    if (found(place, name) || !/^\d/.test(version)) continue
    const { dev: _, ...always } = entry(name, version)
    added[`node_modules/${name}`] = dev ? entry(name, version) : always
  }
}
const root = lock.packages['']
delete lock.packages['']
const sorted = Object.entries({ ...lock.packages, ...added }).sort(([a], [b]) => (a < b ? -1 : 1))
lock.packages = { '': root, ...Object.fromEntries(sorted) }
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
console.log(Object.keys(added).join('\n') || 'package-lock.json is complete')
