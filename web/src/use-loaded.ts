import { useSignal } from '@preact/signals'
import { type Inputs, useEffect } from 'preact/hooks'
import type { ApiError } from './api-error.ts'

/** What a request answers, sent again whenever an input changes or `reload` is called. The last answer counts. */
export function useLoaded<T>(send: () => Promise<T>, inputs: Inputs) {
  const answer = useSignal<T | undefined>()
  const error = useSignal<ApiError | undefined>()
  const reload = () => {
    let current = true
    send().then(
      (found) => {
        if (!current) return
        answer.value = found
        error.value = undefined
      },
      (problem) => {
        if (current) error.value = problem
      },
    )
    return () => {
      current = false
    }
  }
  useEffect(reload, inputs)
  return { answer: answer.value, error: error.value, reload }
}
