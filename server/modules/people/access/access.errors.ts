/** The refusals of signing in. */
import { DomainError } from '../../../kit/errors.ts';

/** Email, password or code do not fit; which of them is not said. */
export class WrongCredentialsError extends DomainError {
  readonly code = 'WRONG_CREDENTIALS';
  constructor(what: string) {
    super(`${what} not right. Check it and try again.`);
  }
}

export class TooManyAttemptsError extends DomainError {
  readonly code = 'TOO_MANY_ATTEMPTS';
  readonly retryAfterS: number;
  constructor(retryAfterS: number) {
    super(`Too many attempts. Try again in ${retryAfterS} s.`);
    this.retryAfterS = retryAfterS;
  }
}
