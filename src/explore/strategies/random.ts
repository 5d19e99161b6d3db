import { seededRandom } from '../../clock/index.ts'
import type { Chooser } from './strategy.ts'

/** At each step any of those that can go on, all alike. */
export function randomly(seed: number, run: number): Chooser {
  const random = seededRandom(`${seed}/random/${run}`)
  return (ready) => {
    const bits: number[] = []
    for (let index = 0; ready >> index > 0; index++) if (ready & (1 << index)) bits.push(index)
    return bits[Math.floor(random() * bits.length)]!
  }
}
