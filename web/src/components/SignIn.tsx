import { useSignal } from '@preact/signals'
import { useApp } from '../app-context.ts'
import { shortAbsolute } from '../format.ts'
import { access, endOf, signIn, signOut } from '../sign-in.ts'

/** In place of the posts of a private feed: asks for a token. */
export function SignIn({ message }: { message: string }) {
  const state = useApp()
  const wrong = useSignal(false)
  const { token } = access.value
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = event.currentTarget as HTMLFormElement
    wrong.value = !signIn((form.elements.namedItem('token') as HTMLInputElement).value)
  }
  return (
    <form class="notice sign-in" onSubmit={submit}>
      <p role="alert">
        {wrong.value
          ? 'That is neither a link that signs in nor a token.'
          : whyRefused(token, message, state.now.value)}
      </p>
      <label>
        Link or token
        <input name="token" type="password" autoComplete="current-password" required />
      </label>
      <div>
        <button>Sign in</button>
        {token && (
          <button type="button" onClick={signOut}>
            Sign out
          </button>
        )}
      </div>
    </form>
  )
}

function whyRefused(token: string | undefined, message: string, now: number): string {
  if (!token) return 'This feed is private. Open the link you were given, or paste it here.'
  const end = endOf(token)
  if (end !== undefined && end <= now) return `Your access ended ${shortAbsolute(end)}. Ask for a new link.`
  return `You are signed in, but the server says: ${message}.`
}
