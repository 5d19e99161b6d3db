/** How many schedules of works with so many steps there are: (Σk)! ÷ Πk!. */
export function countSchedules(steps: readonly number[]): bigint {
  let count = 1n
  let total = 0
  for (const step of steps) {
    total += step
    count *= choose(total, step)
  }
  return count
}

/**
 * How many schedules have exactly 0, 1, … `bound` preemptions: each work is cut into blocks, and blocks of one work
 * never stand side by side. Generating functions: a work of k steps in b blocks is C(k-1, b-1) ways of cutting, and
 * Σ (-1)^(b-i) C(b-1, i-1) xⁱ/i! for its arrangements; in a product xᵐ/m! stands for 1.
 */
export function countByPreemptions(steps: readonly number[], bound: number): bigint[] {
  // By preemptions, then by the exponent of xᵐ/m!.
  let product: bigint[][] = [[1n]]
  for (const k of steps) {
    if (k === 0) continue
    const own = ofWork(k, bound)
    const next: bigint[][] = Array.from({ length: bound + 1 }, () => [])
    product.forEach((left, p) => {
      own.forEach((right, q) => {
        if (p + q <= bound) addProduct(next[p + q]!, left, right)
      })
    })
    product = next
  }
  return Array.from({ length: bound + 1 }, (_, p) => (product[p] ?? []).reduce((sum, term) => sum + term, 0n))
}

/** One work: by how often it is interrupted, the coefficients of xⁱ/i!. */
function ofWork(k: number, bound: number): bigint[][] {
  return Array.from({ length: Math.min(k - 1, bound) + 1 }, (_, cuts) => {
    const blocks = cuts + 1
    const coefficients: bigint[] = [0n]
    for (let i = 1; i <= blocks; i++) {
      const sign = (blocks - i) % 2 === 0 ? 1n : -1n
      coefficients.push(sign * choose(blocks - 1, i - 1) * choose(k - 1, cuts))
    }
    return coefficients
  })
}

function addProduct(sum: bigint[], left: readonly bigint[], right: readonly bigint[]): void {
  left.forEach((a, i) => {
    right.forEach((b, j) => {
      sum[i + j] = (sum[i + j] ?? 0n) + a * b * choose(i + j, i)
    })
  })
  for (let i = 0; i < sum.length; i++) sum[i] ??= 0n
}

/** n over k. */
function choose(n: number, k: number): bigint {
  let result = 1n
  for (let i = 1; i <= k; i++) result = (result * BigInt(n - k + i)) / BigInt(i)
  return result
}

/** `184 756`. */
export function inGroups(count: bigint | number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ' ')
}
