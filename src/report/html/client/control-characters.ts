// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is to go.
const SEQUENCES = /[\u001b\u009b][[\]()#;?]*(?:\d{1,4}(?:;\d{0,4})*)?[\dA-PR-TZcf-nq-uy=><~]/g

/** Stands for the function of `node:util`, which browsers have not. */
export function stripVTControlCharacters(text: string): string {
  return text.replace(SEQUENCES, '')
}
