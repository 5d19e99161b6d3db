import fc from 'fast-check'

const end = fc.constantFrom(';', '\n', ' ;\n')
const label = fc.nat(1_000_000_000).map((n) => `label${n}`)
const braces = (body: string): string => `{ ${body} }`

const { statement, expression } = fc.letrec<{ statement: string; expression: string; body: string }>(
  (tie) => ({
    expression: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.nat(9).map((n) => `log(${n})`),
      fc.nat(9).map(String),
      tie('expression').map((e) => `(${e})`),
      tie('expression').map((e) => `await ${e}`),
      tie('expression').map((e) => `await(${e})`),
      tie('expression').map((e) => `await (async () => ${e})()`),
      tie('expression').map((e) => `await (async (x = () => log('d')) => { return(${e}, x()) })()`),
      tie('expression').map((e) => `[${e}].map((x) => x)[0]`),
      tie('expression').map((e) => `(${e} ? log('y') : ${e})`),
      tie('body').map((b) => `await (async () => { ${b} })()`),
      tie('body').map((b) => `await new (class { async m() { ${b} } })().m()`),
      tie('expression').map(
        (e) => `await (async () => { for await (const x of [1, log(2)]) { ${e}; if (x) break } return 3 })()`,
      ),
    ),
    statement: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.tuple(tie('expression'), end).map(([e, semi]) => `;${e}${semi}`),
      fc.tuple(tie('expression'), end).map(([e, semi]) => `await ${e}${semi}`),
      fc.tuple(tie('expression'), end).map(([e, semi]) => `return ${e}${semi}`),
      fc.constantFrom('return\n', 'throw log("thrown");', 'debugger\n', '{}', ';'),
      fc
        .tuple(tie('expression'), tie('body'), tie('body'))
        .map(([e, a, b]) => `if (${e}) ${braces(a)} else ${braces(b)}`),
      fc.tuple(tie('expression'), tie('statement')).map(([e, s]) => `if (${e}) ${s}`),
      fc
        .tuple(tie('expression'), tie('statement'), tie('statement'))
        .map(([e, a, b]) => `if (${e}) { ${a} } else if (log(7)) ${b}`),
      fc.tuple(tie('statement')).map(([s]) => `for (let i = 0; i < 2; i++) ${s}`),
      fc
        .tuple(tie('body'), label)
        .map(([b, l]) => `${l}: for (const x of [1, 2]) { ${b}; if (x > 1) break ${l}; else continue ${l} }`),
      fc.tuple(tie('body')).map(([b]) => `{ let i = 0; do { ${b} } while (i++ < 1) }`),
      fc
        .tuple(tie('body'), tie('body'), tie('body'))
        .map(([a, b, c]) => `try { ${a} } catch (e) { log(String(e)); ${b} } finally { ${c} }`),
      fc.tuple(tie('body')).map(([b]) => `try { ${b} } catch {}`),
      fc
        .tuple(tie('expression'), tie('body'), tie('body'))
        .map(
          ([e, a, b]) => `switch (${e}) { case 1: ${a}; case 2: { ${b}; break } default: log('default') }`,
        ),
      fc.tuple(tie('body')).map(([b]) => `{ ${b} }`),
      fc.tuple(tie('body'), label).map(([b, l]) => `${l}: { ${b}; if (log(1)) break ${l}; log('not here') }`),
      fc.tuple(tie('expression'), end).map(([e, semi]) => `var v = ${e}${semi}`),
    ) as fc.Arbitrary<string>,
    body: fc.array(tie('statement'), { maxLength: 3 }).map((list) => list.join('\n')),
  }),
)

/** A CommonJS module whose `run` is async. */
export const program: fc.Arbitrary<string> = fc
  .tuple(fc.array(statement, { minLength: 1, maxLength: 5 }), expression)
  .map(([list, last]) => `exports.run = async () => {\n${list.join('\n')}\n;return ${last}\n}`)
