import type { PlaceDraft } from '../places.ts'
import type { Visit } from '../probe.ts'

type Parts = (string | PlaceDraft)[]

/** The arguments `place, activation` of a probe; what follows them needs a filler for a missing activation. */
export function placeAndActivation(place: PlaceDraft, { scope }: Visit, more: boolean): Parts {
  if (scope.activation !== undefined) return [place, `,${scope.activation}`]
  return more ? [place, ',void 0'] : [place]
}

/** A statement that reaches the place; async code can be held there. */
export function lineProbe(place: PlaceDraft, visit: Visit): Parts {
  const call = [`${visit.file.use('p')}(`, ...placeAndActivation(place, visit, false), ')']
  return place.pausable ? ['if(', ...call, `)await ${visit.scope.activation}.w;`] : [...call, ';']
}
